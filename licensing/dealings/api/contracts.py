"""Contracts over HTTP: templates, the text, signatures, the seal, and the recordal."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.dealings import clauses, selectors, services
from licensing.dealings.api.dealings import whole
from licensing.dealings.api.serializers import DealingDetailSerializer
from licensing.dealings.models import ContractTemplate, RecordalResult, SignatureForm
from licensing.dealings.papers import recordal_paper
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, document_answer
from platform_core.access.log import log_access
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent, idempotent_after
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.signatures.services import Verified


class ContractClauseSerializer(serializers.Serializer[Any]):
    """One clause in both languages; fields are written `{{name}}`."""

    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in clauses.KINDS])
    heading_zh = serializers.CharField(max_length=200)
    text_zh = serializers.CharField(max_length=20_000)
    heading_en = serializers.CharField(max_length=200)
    text_en = serializers.CharField(max_length=20_000)
    exclusive = serializers.BooleanField(required=False, help_text="of a grant-back, which is never exclusive")
    grounds = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        help_text=f"of a termination, for what the licence can be ended: {', '.join(clauses.GROUNDS)}",
    )


class ContractTemplateSerializer(serializers.ModelSerializer[ContractTemplate]):
    """The clauses of a programme's contracts, as published."""

    programme_code = serializers.CharField(source="programme.code")
    published_by_name = serializers.CharField(source="published_by.name")
    clauses = ContractClauseSerializer(many=True)
    fields_needed = serializers.SerializerMethodField(help_text="fields that its clauses name")

    class Meta:
        model = ContractTemplate
        fields = (
            "id",
            "programme_id",
            "programme_code",
            "number",
            "title_zh",
            "title_en",
            "clauses",
            "fields_needed",
            "published_at",
            "published_by_name",
        )

    def get_fields_needed(self, template: ContractTemplate) -> list[str]:
        """List the fields that its clauses name."""
        return clauses.fields_in(template.clauses)


class NewContractTemplateSerializer(serializers.Serializer[Any]):
    """The clauses of a programme's contracts."""

    programme_id = serializers.UUIDField()
    title_zh = serializers.CharField(max_length=200)
    title_en = serializers.CharField(max_length=200)
    clauses = ContractClauseSerializer(many=True)


class DrawingUpSerializer(serializers.Serializer[Any]):
    """From which template a contract is drawn up, and what the platform does not know of its parties."""

    template_id = serializers.UUIDField()
    licence_code = serializers.CharField(max_length=200, help_text="the number of the licence, unless it has one")
    licensor_address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    licensor_representative = serializers.CharField(max_length=200, required=False, allow_blank=True)
    licensee_address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    licensee_representative = serializers.CharField(max_length=200, required=False, allow_blank=True)


class SignedSerializer(serializers.Serializer[Any]):
    """A side's signature on a version of the text, and the file that proves it."""

    number = serializers.IntegerField(min_value=1, help_text="the version of the text that was signed")
    text_sha256 = serializers.RegexField(
        "^[0-9a-fA-F]{64}$", help_text="of the file that was read and signed, in either language"
    )
    document_id = serializers.UUIDField()
    form = serializers.ChoiceField(choices=SignatureForm.choices)
    signed_on = serializers.DateField()
    signatory = serializers.CharField(max_length=200)

    def validate_form(self, value: str) -> SignatureForm:
        """Read the kind of file."""
        return SignatureForm(value)


class OriginalSerializer(serializers.Serializer[Any]):
    """The day on which the sealed original came in."""

    received_on = serializers.DateField()


class SealDecisionSerializer(serializers.Serializer[Any]):
    """Whether a contract is to be sealed."""

    is_approved = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class RecordalFilingSerializer(serializers.Serializer[Any]):
    """When a recordal was filed, and its result once that is there."""

    filed_on = serializers.DateField()
    office_answer = serializers.ChoiceField(choices=RecordalResult.choices, required=False, allow_null=True)
    result_on = serializers.DateField(required=False, allow_null=True)
    number = serializers.CharField(max_length=40, required=False, allow_blank=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Read what the office answered."""
        answer = given.pop("office_answer", None)
        return {**given, "result": None if answer is None else RecordalResult(answer)}


_IDS = {"programme": "programme"}


class ContractTemplatesView(HouseView):
    """Templates of contracts."""

    orders = {"published": "published_at"}

    @extend_schema(
        operation_id="contract_templates_list",
        parameters=parameters_of(ids=_IDS),
        responses=page_of(ContractTemplateSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the published templates of contracts you may read, the latest first."""
        rows = filtered(selectors.contract_templates(actor=self.actor), request, ids=_IDS)
        return self.page(rows, ContractTemplateSerializer, default="-published")

    @extend_schema(
        operation_id="contract_templates_publish",
        request=NewContractTemplateSerializer,
        responses={201: ContractTemplateSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Publish the clauses of a programme's contracts under the next number; they are fixed from then on."""
        given = self.read(NewContractTemplateSerializer, request)
        template = services.publish_template(actor=self.actor, **given)
        return Response(ContractTemplateSerializer(template).data, status=201)


class ContractView(HouseView):
    """The text of a contract."""

    @extend_schema(
        operation_id="dealings_draw_up", request=DrawingUpSerializer, responses={201: DealingDetailSerializer}
    )
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Merge the contract from a template and the accepted offer; what is missing is named."""
        given = self.read(DrawingUpSerializer, request)
        parties = services.Parties(
            **{
                name: given.get(name, "")
                for name in (
                    "licensor_address",
                    "licensor_representative",
                    "licensee_address",
                    "licensee_representative",
                )
            }
        )
        services.draw_up_contract(
            actor=self.actor,
            dealing_id=dealing_id,
            template_id=given["template_id"],
            licence_code=given["licence_code"],
            parties=parties,
        )
        return Response(whole(dealing_id, self.actor), status=201)


class SignatureView(HouseView):
    """The licensee's signature."""

    def verified(self, request: Request, dealing_id: UUID) -> Verified | None:
        """Find out what the file is worth if it is signed electronically, which may take its time."""
        signature = services.NewSignature(**self.read(SignedSerializer, request))
        return services.verified_before(actor=self.actor, dealing_id=dealing_id, signature=signature)

    @extend_schema(operation_id="dealings_sign", request=SignedSerializer, responses=DealingDetailSerializer)
    @idempotent_after(verified)
    def post(self, request: Request, verified: Verified | None, dealing_id: UUID) -> Response:
        """Record that the licensee signed, with the file that proves it."""
        signature = services.NewSignature(**self.read(SignedSerializer, request))
        services.record_signature(actor=self.actor, dealing_id=dealing_id, signature=signature, verified=verified)
        return Response(whole(dealing_id, self.actor))


class SignatureCheckView(HouseView):
    """The verification of electronic signatures."""

    def verified(self, _: Request, dealing_id: UUID) -> services.VerifiedAnew:
        """Find out once more what the signatures are worth."""
        return services.verified_anew(actor=self.actor, dealing_id=dealing_id)

    @extend_schema(operation_id="dealings_verify_signatures", request=None, responses=DealingDetailSerializer)
    @idempotent_after(verified)
    def post(self, request: Request, anew: services.VerifiedAnew, dealing_id: UUID) -> Response:
        """Verify the electronic signatures on the contract anew; what was found earlier stays."""
        services.keep_verified_anew(actor=self.actor, dealing_id=dealing_id, anew=anew)
        return Response(whole(dealing_id, self.actor))


class OriginalView(HouseView):
    """The sealed original."""

    @extend_schema(operation_id="dealings_note_original", request=OriginalSerializer, responses=DealingDetailSerializer)
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Note when the licensee's sealed original came in."""
        services.note_original(actor=self.actor, dealing_id=dealing_id, **self.read(OriginalSerializer, request))
        return Response(whole(dealing_id, self.actor))


class SealRequestView(HouseView):
    """The asking for the seal."""

    @extend_schema(operation_id="dealings_ask_for_seal", request=None, responses=DealingDetailSerializer)
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Ask that the operating entity's seal be put on the contract; another person decides."""
        services.request_seal(actor=self.actor, dealing_id=dealing_id)
        return Response(whole(dealing_id, self.actor))


class SealDecisionView(HouseView):
    """The decision about the seal."""

    @extend_schema(
        operation_id="dealings_decide_on_seal", request=SealDecisionSerializer, responses=DealingDetailSerializer
    )
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Approve that the contract is sealed, or turn it down; never by whoever asked."""
        services.decide_seal(actor=self.actor, dealing_id=dealing_id, **self.read(SealDecisionSerializer, request))
        return Response(whole(dealing_id, self.actor))


class CountersignatureView(HouseView):
    """The operating entity's signature."""

    def verified(self, request: Request, dealing_id: UUID) -> Verified | None:
        """Find out what the file is worth if it is signed electronically, as with the licensee's."""
        signature = services.NewSignature(**self.read(SignedSerializer, request))
        return services.verified_before(
            actor=self.actor, dealing_id=dealing_id, signature=signature, step="countersignature"
        )

    @extend_schema(operation_id="dealings_countersign", request=SignedSerializer, responses=DealingDetailSerializer)
    @idempotent_after(verified)
    def post(self, request: Request, verified: Verified | None, dealing_id: UUID) -> Response:
        """Record the operating entity's signature, which puts the licence in force."""
        signature = services.NewSignature(**self.read(SignedSerializer, request))
        services.countersign(actor=self.actor, dealing_id=dealing_id, signature=signature, verified=verified)
        return Response(whole(dealing_id, self.actor))


class RecordalView(HouseView):
    """The recordal of a licence."""

    @extend_schema(
        operation_id="dealings_record_recordal", request=RecordalFilingSerializer, responses=DealingDetailSerializer
    )
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Record that the recordal was filed, and its result once that is there."""
        services.record_recordal(
            actor=self.actor, dealing_id=dealing_id, **self.read(RecordalFilingSerializer, request)
        )
        return Response(whole(dealing_id, self.actor))


class RecordalFormView(HouseView):
    """The data of a recordal on paper."""

    @extend_schema(operation_id="dealings_recordal_form", parameters=ASKED[:1], responses=IN_ANY_FORM)
    def get(self, request: Request, dealing_id: UUID) -> HttpResponse:
        """Take what the form of the recordal asks for, in Chinese; the taking is logged."""
        dealing = selectors.get_dealing(dealing_id, actor=self.actor)
        found = selectors.recordal_data(dealing, actor=self.actor)
        answer = document_answer(recordal_paper(dealing, *found), asked_form(request))
        log_access("dealing.recordal_downloaded", actor=self.actor, subject=dealing)
        return answer
