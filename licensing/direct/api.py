"""Licences outside a programme over HTTP."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.clauses.rules import ASKED_GRANT_BACKS
from licensing.direct import checking, selectors, services
from licensing.direct.models import DirectKind, DirectLicence, LicensedPatent, OwnerConsent
from platform_core.api.etags import IF_MATCH, answer_with_etag, require_match
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent, idempotent_after
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.problems import invalid
from platform_core.signatures.api import SignatureCheckSerializer
from platform_core.signatures.services import Verified

_READ = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, required=True, description="the ETag of the licence as you read it"
)

FINDINGS = (
    "no_power",
    "not_owner",
    "no_consent",
    "in_pool",
    "open_to_all",
    "not_under_head",
    "head_not_in_force",
    "no_sublicences",
    "beyond_head",
    "no_patents",
    "not_in_force",
    "not_granted",
    "outside_territory",
    "encumbered",
    "pledged",
    "licensed",
    "licensed_close",
    "licensed_hidden",
)
"""What may stand against a licence, or has to be looked at."""


class DirectLicenceLineSerializer(serializers.ModelSerializer[DirectLicence]):
    """A licence outside a programme as it stands in a list."""

    licensor_name = serializers.CharField(source="licensor")
    licensee_name = serializers.CharField(source="licensee")
    fields_of_use = serializers.ListField(source="fields", child=serializers.CharField())

    class Meta:
        model = DirectLicence
        fields = (
            "id",
            "alliance_id",
            "licensor_id",
            "licensor_name",
            "licensee_id",
            "licensee_name",
            "operating_entity_id",
            "kind",
            "code",
            "territory",
            "fields_of_use",
            "products",
            "may_sublicense",
            "starts_on",
            "ends_on",
            "state",
            "signed_on",
            "signature_id",
        )


class LicensedPatentSerializer(serializers.ModelSerializer[LicensedPatent]):
    """A patent that a licence is on, and whether the licensee brings it."""

    publication = serializers.CharField(source="patent.publication")
    title = serializers.CharField(source="patent.title")
    country = serializers.CharField(source="patent.country")

    class Meta:
        model = LicensedPatent
        fields = ("patent_id", "publication", "title", "country", "from_licensee")


class OwnerConsentSerializer(serializers.ModelSerializer[OwnerConsent]):
    """A co-owner's consent, with the paper that shows it."""

    owner_name = serializers.CharField(source="owner")
    is_current = serializers.SerializerMethodField(help_text="whether it is to the licence as it is now")

    class Meta:
        model = OwnerConsent
        fields = ("id", "owner_id", "owner_name", "given_on", "document_id", "is_current")

    def get_is_current(self, consent: OwnerConsent) -> bool:
        """Say whether what was consented to is what the licence says now."""
        return consent.contents_sha256 == (self.context.get("contents") or selectors.contents_of(consent.licence))


class DirectLicenceSerializer(DirectLicenceLineSerializer):
    """A licence outside a programme, whole, with what its reader may do with it."""

    head_id = serializers.SerializerMethodField(help_text="what a sub-licence is under, for whoever may see that")
    patents = serializers.SerializerMethodField()
    consents = serializers.SerializerMethodField()
    signature_checks = serializers.SerializerMethodField(
        help_text="what the electronic signatures of the signed paper were found to be worth, the latest first"
    )
    signed_paper_name = serializers.SerializerMethodField(
        help_text="which of the licence's papers is what was signed; blank: none of them, or it was not asked"
    )
    allowed_steps = serializers.SerializerMethodField(
        help_text="edit, send, recall, sign, record signature, verify signature, countersign, terminate, cancel"
    )

    class Meta(DirectLicenceLineSerializer.Meta):
        fields = (  # type: ignore[assignment]  # more of it
            *DirectLicenceLineSerializer.Meta.fields,
            "grant_back",
            "ends_on_challenge",
            "most_favoured",
            "head_id",
            "patents",
            "consents",
            "signature_checks",
            "signed_paper_name",
            "allowed_steps",
        )

    def get_head_id(self, licence: DirectLicence) -> UUID | None:
        """Name the licence that a sub-licence is under."""
        head = licence.head
        return head.pk if head is not None and selectors.seen_among([head], actor=self.context["actor"]) else None

    @extend_schema_field(LicensedPatentSerializer(many=True))
    def get_patents(self, licence: DirectLicence) -> Any:
        """List the patents that the licence is on."""
        rows = selectors.licensed_patents(licence, actor=self.context["actor"])
        return LicensedPatentSerializer(rows, many=True).data

    @extend_schema_field(OwnerConsentSerializer(many=True))
    def get_consents(self, licence: DirectLicence) -> Any:
        """List the co-owners' consents."""
        rows = selectors.owner_consents(licence, actor=self.context["actor"])
        contents = selectors.contents_of(licence) if rows else ""
        return OwnerConsentSerializer(rows, many=True, context={"contents": contents}).data

    @extend_schema_field(SignatureCheckSerializer(many=True))
    def get_signature_checks(self, licence: DirectLicence) -> Any:
        """List what was found out about the electronic signatures of the signed paper."""
        return SignatureCheckSerializer(self.context["checks"], many=True).data

    def get_signed_paper_name(self, licence: DirectLicence) -> str:
        """Name the paper that was signed, with nothing but signatures added."""
        return selectors.signed_paper_name(licence, self.context["checks"], actor=self.context["actor"])

    def get_allowed_steps(self, licence: DirectLicence) -> list[str]:
        """Say what the reader may do with it."""
        return selectors.allowed_steps(licence, actor=self.context["actor"], checks=self.context["checks"])


def _ids(**given: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.UUIDField(), max_length=5000, required=False, **given)


def _texts(longest: int, **given: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=longest), max_length=200, required=False, **given
    )


class DirectLicenceEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a draft; patents are given all together."""

    code = serializers.CharField(max_length=60, required=False)
    patent_ids = _ids()
    licensee_patent_ids = _ids(help_text="what the licensee brings to a cross-licence")
    territory = _texts(6, help_text="ISO 3166 countries or parts of them (CN, CN-44); none: wherever in force")
    fields_of_use = _texts(200, source="fields", help_text="none: all fields")
    products = _texts(200, help_text="none: all products")
    starts_on = serializers.DateField(required=False, allow_null=True, help_text="first day in force")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="last day in force")
    may_sublicense = serializers.BooleanField(required=False)
    grant_back = serializers.ChoiceField(
        choices=ASKED_GRANT_BACKS, required=False, help_text="an exclusive one, and an assignment, are refused"
    )
    ends_on_challenge = serializers.BooleanField(required=False, help_text="refused: no licence ends for a challenge")
    most_favoured = serializers.BooleanField(required=False)


class NewDirectLicenceSerializer(DirectLicenceEditsSerializer):
    """A licence outside a programme to draft."""

    alliance_id = serializers.UUIDField(help_text="the alliance that keeps the patents")
    code = serializers.CharField(max_length=60)
    kind = serializers.ChoiceField(choices=DirectKind.choices)
    licensee_id = serializers.UUIDField()
    list_version_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="a published list of a pool, whose patents of one's own are added"
    )
    head_id = serializers.UUIDField(required=False, allow_null=True, help_text="what a sub-licence is under")
    operating_entity_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="who grants it by a power over others' patents"
    )


class DirectFindingSerializer(serializers.Serializer[Any]):
    """Something that stands against a licence, or that people have to look at."""

    code = serializers.ChoiceField(choices=FINDINGS)
    patent_id = serializers.UUIDField(allow_null=True)
    publication = serializers.CharField(allow_blank=True)
    licence_id = serializers.UUIDField(source="licence.pk", allow_null=True, default=None)
    licence_code = serializers.CharField(source="licence.code", allow_null=True, default=None)
    blocks = serializers.BooleanField(help_text="whether it is neither sent nor signed before this is settled")


class NewOwnerConsentSerializer(serializers.Serializer[Any]):
    """A co-owner's consent to record."""

    owner_id = serializers.UUIDField()
    given_on = serializers.DateField()
    document_id = serializers.UUIDField(help_text="a paper of the licence")


class DirectSignatureSerializer(serializers.Serializer[Any]):
    """The licensee's signature: its own, or from a paper of the licence."""

    signed_on = serializers.DateField()
    document_id = serializers.UUIDField(required=False, allow_null=True)
    is_e_signed = serializers.BooleanField(
        required=False, help_text="whether the paper is a file signed electronically, which is verified"
    )


class DirectTerminationSerializer(serializers.Serializer[Any]):
    """The end of a licence, and why."""

    ends_on = serializers.DateField(help_text="last day in force")
    reason = serializers.CharField(max_length=500)


_LIST_IDS = {"alliance": "alliance", "licensor": "licensor", "licensee": "licensee"}
_LIST_TEXTS = {"kind": "kind", "state": "state", "code": "code"}


class DirectLicencesView(HouseView):
    """Licences outside a programme."""

    orders = {"drafted": "id", "code": "code", "starts": "starts_on"}

    @extend_schema(
        operation_id="direct_licences_list",
        parameters=parameters_of(ids=_LIST_IDS, texts=_LIST_TEXTS),
        responses=page_of(DirectLicenceLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the licences outside a programme that your organisation is a side of, the latest first."""
        rows = filtered(selectors.direct_licences(actor=self.actor), request, ids=_LIST_IDS, texts=_LIST_TEXTS)
        return self.page(rows, DirectLicenceLineSerializer, default="-drafted")

    @extend_schema(
        operation_id="direct_licences_draft",
        request=NewDirectLicenceSerializer,
        responses={201: DirectLicenceSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Draft a licence on your own patents, under one that may be sublicensed, or for an operating entity."""
        given = self.read(NewDirectLicenceSerializer, request)
        kind = DirectKind(given.pop("kind"))
        licence = services.NewDirectLicence(kind=kind, **given)
        drafted = services.draft_direct_licence(actor=self.actor, licence=licence)
        return answer_with_etag(request, _licence(self, drafted), status=201)


class DirectLicenceView(HouseView):
    """One licence outside a programme."""

    @extend_schema(operation_id="direct_licences_read", responses=DirectLicenceSerializer)
    def get(self, request: Request, licence_id: UUID) -> Response:
        """Read a licence outside a programme."""
        return answer_with_etag(request, _licence(self, selectors.get_direct_licence(licence_id, actor=self.actor)))

    @extend_schema(
        operation_id="direct_licences_edit", request=DirectLicenceEditsSerializer, responses=DirectLicenceSerializer
    )
    def patch(self, request: Request, licence_id: UUID) -> Response:
        """Change a draft; what is left out stays."""
        return self.edit(
            request,
            DirectLicenceEditsSerializer,
            present=lambda: selectors.get_direct_licence(licence_id, actor=self.actor, for_change=True),
            change=partial(services.edit_direct_licence, actor=self.actor, licence_id=licence_id),
            represent=lambda found: _licence(self, found),
        )


class DirectFindingsView(HouseView):
    """What stands against a licence."""

    @extend_schema(operation_id="direct_licences_findings", responses=DirectFindingSerializer(many=True))
    def get(self, request: Request, licence_id: UUID) -> Response:
        """Say what stands against a licence or has to be looked at; of hidden licences only that there may be one."""
        licence = selectors.get_direct_licence(licence_id, actor=self.actor)
        found = checking.findings_shown(licence, actor=self.actor)
        return Response(DirectFindingSerializer(found, many=True).data)


class OwnerConsentsView(HouseView):
    """Co-owners' consents."""

    @extend_schema(
        operation_id="owner_consents_record",
        parameters=[_READ],
        request=NewOwnerConsentSerializer,
        responses={201: OwnerConsentSerializer},
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Record that a co-owner consents to a licence that shuts others out, as you read it."""
        given = self.read(NewOwnerConsentSerializer, request)
        present = selectors.get_direct_licence(licence_id, actor=self.actor, for_change=True)
        require_match(request, _licence(self, present), as_read=True)
        recorded = services.record_owner_consent(actor=self.actor, licence_id=licence_id, **given)
        return Response(OwnerConsentSerializer(recorded).data, status=201)


class DirectSendingView(HouseView):
    """The sending of a licence."""

    @extend_schema(operation_id="direct_licences_send", request=None, responses=DirectLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Put a draft before the licensee."""
        return Response(_licence(self, services.send_direct_licence(actor=self.actor, licence_id=licence_id)))


class DirectReturnView(HouseView):
    """The taking back of a licence that was sent."""

    @extend_schema(operation_id="direct_licences_take_back", request=None, responses=DirectLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Take a licence back from the licensee to change it."""
        return Response(_licence(self, services.take_back_direct_licence(actor=self.actor, licence_id=licence_id)))


class DirectSignatureView(HouseView):
    """The licensee's signature."""

    def verified(self, request: Request, licence_id: UUID) -> Verified | None:
        """Find out what the file is worth if it is signed electronically, which may take its time."""
        given = self.read(DirectSignatureSerializer, request)
        if not given.get("is_e_signed"):
            return None
        if given.get("document_id") is None:
            raise invalid("/document_id", "required", "Name the file that is signed electronically.")
        # Whoever has another version before them waits for no file.
        present = selectors.get_direct_licence(licence_id, actor=self.actor)
        require_match(request, _licence(self, present), as_read=True)
        return services.verify_signed_file(
            actor=self.actor, licence_id=licence_id, document_id=given["document_id"], signed_on=given["signed_on"]
        )

    @extend_schema(
        operation_id="direct_licences_sign",
        parameters=[_READ],
        request=DirectSignatureSerializer,
        responses=DirectLicenceSerializer,
    )
    @idempotent_after(verified)
    def post(self, request: Request, verified: Verified | None, licence_id: UUID) -> Response:
        """Sign for the licensee what you read, or record its signature from a paper."""
        given = self.read(DirectSignatureSerializer, request)
        given.pop("is_e_signed", None)
        return self.step(
            request,
            present=lambda: selectors.get_direct_licence(licence_id, actor=self.actor, for_change=True),
            take=lambda: services.sign_direct_licence(
                actor=self.actor, licence_id=licence_id, verified=verified, **given
            ),
            represent=partial(_licence, self),
            as_read=True,
        )


class DirectSignatureCheckView(HouseView):
    """The verification of the licensee's electronic signature."""

    def verified(self, _: Request, licence_id: UUID) -> Verified:
        """Find out once more what the signature is worth."""
        return services.signature_verified_anew(actor=self.actor, licence_id=licence_id)

    @extend_schema(operation_id="direct_licences_verify_signature", request=None, responses=DirectLicenceSerializer)
    @idempotent_after(verified)
    def post(self, request: Request, verified: Verified, licence_id: UUID) -> Response:
        """Verify the licensee's electronic signature anew; what was found earlier stays."""
        done = services.keep_verified_anew(actor=self.actor, licence_id=licence_id, verified=verified)
        return Response(_licence(self, done))


class DirectCountersignatureView(HouseView):
    """The licensor's countersignature."""

    @extend_schema(operation_id="direct_licences_countersign", request=None, responses=DirectLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Countersign for the licensor, which puts the licence in force; not by whoever recorded the signature."""
        done = services.countersign_direct_licence(actor=self.actor, licence_id=licence_id)
        return Response(_licence(self, done))


class DirectTerminationView(HouseView):
    """The termination of a licence."""

    @extend_schema(
        operation_id="direct_licences_terminate",
        request=DirectTerminationSerializer,
        responses=DirectLicenceSerializer,
    )
    def post(self, request: Request, licence_id: UUID) -> Response:
        """End a licence before its time."""
        given = self.read(DirectTerminationSerializer, request)
        done = services.terminate_direct_licence(actor=self.actor, licence_id=licence_id, **given)
        return Response(_licence(self, done))


class DirectCancellationView(HouseView):
    """The giving up of a licence that never came into force."""

    @extend_schema(operation_id="direct_licences_cancel", request=None, responses=DirectLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Give up a licence that never came into force."""
        return Response(_licence(self, services.cancel_direct_licence(actor=self.actor, licence_id=licence_id)))


def _licence(view: HouseView, licence: DirectLicence) -> dict[str, Any]:
    context = {"actor": view.actor, "checks": selectors.signature_checks(licence, actor=view.actor)}
    return dict(DirectLicenceSerializer(licence, context=context).data)
