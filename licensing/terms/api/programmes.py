"""Programmes and their terms over HTTP."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.terms import selectors, services
from licensing.terms.calculation import general_rates
from licensing.terms.lifecycle import PROGRAMME_LIFECYCLE, TERMS_LIFECYCLE
from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """A programme, and the steps that lead on from its state."""

    allowed_steps = serializers.SerializerMethodField()

    class Meta:
        model = Programme
        fields = (
            "id",
            "alliance_id",
            "pool_id",
            "operating_entity_id",
            "code",
            "name",
            "currency",
            "state",
            "report_days",
            "allowed_steps",
        )

    def get_allowed_steps(self, programme: Programme) -> list[str]:
        """List the steps that are possible now."""
        return PROGRAMME_LIFECYCLE.allowed(ProgrammeState(programme.state))


class TermsVersionSerializer(serializers.ModelSerializer[TermsVersion]):
    """A version of a programme's terms: the document, and the same as plain tables."""

    content = serializers.DictField(help_text="the document as plain tables and lists")
    allowed_steps = serializers.SerializerMethodField()

    class Meta:
        model = TermsVersion
        fields = (
            "id",
            "programme_id",
            "number",
            "in_force_from",
            "state",
            "published_at",
            "document",
            "content",
            "allowed_steps",
        )

    def get_allowed_steps(self, version: TermsVersion) -> list[str]:
        """List the steps that are possible now."""
        return TERMS_LIFECYCLE.allowed(TermsState(version.state))


class TariffSerializer(serializers.ModelSerializer[TermsVersion]):
    """What a version of a programme's terms asks for: the rates that hold for any licence."""

    rates = serializers.SerializerMethodField()

    class Meta:
        model = TermsVersion
        fields = ("id", "programme_id", "number", "in_force_from", "published_at", "rates")

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_rates(self, version: TermsVersion) -> list[dict[str, Any]]:
        """List the rates as plain tables."""
        return general_rates(version.content)


class NewProgrammeSerializer(serializers.Serializer[Any]):
    """A programme to open."""

    pool_id = serializers.UUIDField()
    operating_entity_id = serializers.UUIDField()
    code = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=500)
    currency = serializers.CharField(max_length=3, help_text="ISO 4217, settlement currency")


class ProgrammeEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a programme."""

    name = serializers.CharField(max_length=500, required=False)
    report_days = serializers.IntegerField(
        required=False, help_text="days after the end of a quarter by which its sales are to be reported"
    )


class ProgrammeStepSerializer(serializers.Serializer[Any]):
    """A step to take."""

    step = serializers.ChoiceField(choices=list(PROGRAMME_LIFECYCLE))


class NewTermsSerializer(serializers.Serializer[Any]):
    """Terms to draft: a TOML document, which may leave out the programme's id, currency and period."""

    programme_id = serializers.UUIDField()
    in_force_from = serializers.DateField()
    document = serializers.CharField(trim_whitespace=False)


class TermsEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a draft of terms."""

    in_force_from = serializers.DateField(required=False)
    document = serializers.CharField(required=False, trim_whitespace=False)


_IDS = {"alliance": "alliance", "pool": "pool", "operating_entity": "operating_entity"}
_TEXTS = {"state": "state", "code": "code"}
_TERMS_IDS = {"programme": "programme"}
_TERMS_TEXTS = {"state": "state"}


class ProgrammesView(HouseView):
    """Programmes."""

    public = True
    orders = {"code": "code"}

    @extend_schema(
        operation_id="programmes_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(ProgrammeSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the programmes you may see; launched ones are public."""
        rows = filtered(selectors.programmes(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, ProgrammeSerializer, default="code")

    @extend_schema(operation_id="programmes_open", request=NewProgrammeSerializer, responses={201: ProgrammeSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Open a programme that offers a pool's patents."""
        made = services.open_programme(actor=self.actor, **self.read(NewProgrammeSerializer, request))
        return answer_with_etag(request, ProgrammeSerializer(made).data, status=201)


class ProgrammeView(HouseView):
    """One programme."""

    public = True

    @extend_schema(operation_id="programmes_read", responses=ProgrammeSerializer)
    def get(self, request: Request, programme_id: UUID) -> Response:
        """Read a programme."""
        found = selectors.get_programme(programme_id, actor=self.actor)
        return answer_with_etag(request, ProgrammeSerializer(found).data)

    @extend_schema(operation_id="programmes_edit", request=ProgrammeEditsSerializer, responses=ProgrammeSerializer)
    def patch(self, request: Request, programme_id: UUID) -> Response:
        """Change a programme's name, or until when its sales are to be reported."""
        return self.edit(
            request,
            ProgrammeEditsSerializer,
            present=lambda: selectors.get_programme(programme_id, actor=self.actor, for_change=True),
            change=partial(services.edit_programme, actor=self.actor, programme_id=programme_id),
            represent=lambda found: ProgrammeSerializer(found).data,
        )


class ProgrammeStepsView(HouseView):
    """Steps of a programme."""

    @extend_schema(operation_id="programmes_step", request=ProgrammeStepSerializer, responses=ProgrammeSerializer)
    def post(self, request: Request, programme_id: UUID) -> Response:
        """Take the programme's next step."""
        step = self.read(ProgrammeStepSerializer, request)["step"]
        taken = services.take_programme_step(actor=self.actor, programme_id=programme_id, step=step)
        return Response(ProgrammeSerializer(taken).data)


class TariffsView(HouseView):
    """Rates of programmes."""

    public = True
    orders = {"number": "number", "in_force_from": "in_force_from"}

    @extend_schema(
        operation_id="tariffs_list",
        parameters=parameters_of(ids=_TERMS_IDS, texts=_TERMS_TEXTS),
        responses=page_of(TariffSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the rates by version of the terms; published ones of launched programmes are public."""
        rows = filtered(selectors.tariffs(actor=self.actor), request, ids=_TERMS_IDS, texts=_TERMS_TEXTS)
        return self.page(rows, TariffSerializer, default="-number")


class TermsVersionsView(HouseView):
    """Versions of terms, with the whole document."""

    orders = {"number": "number", "in_force_from": "in_force_from"}

    @extend_schema(
        operation_id="terms_versions_list",
        parameters=parameters_of(ids=_TERMS_IDS, texts=_TERMS_TEXTS),
        responses=page_of(TermsVersionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the versions of terms of which you may read the whole document."""
        rows = filtered(selectors.terms_versions(actor=self.actor), request, ids=_TERMS_IDS, texts=_TERMS_TEXTS)
        return self.page(rows, TermsVersionSerializer, default="-number")

    @extend_schema(
        operation_id="terms_versions_draft", request=NewTermsSerializer, responses={201: TermsVersionSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Draft the next version of a programme's terms; every mistake in the document is told by its path."""
        made = services.draft_terms(actor=self.actor, **self.read(NewTermsSerializer, request))
        return answer_with_etag(request, TermsVersionSerializer(made).data, status=201)


class TermsVersionView(HouseView):
    """One version of terms, with the whole document."""

    @extend_schema(operation_id="terms_versions_read", responses=TermsVersionSerializer)
    def get(self, request: Request, terms_version_id: UUID) -> Response:
        """Read a version of terms."""
        found = selectors.get_terms(terms_version_id, actor=self.actor)
        return answer_with_etag(request, TermsVersionSerializer(found).data)

    @extend_schema(operation_id="terms_versions_edit", request=TermsEditsSerializer, responses=TermsVersionSerializer)
    def patch(self, request: Request, terms_version_id: UUID) -> Response:
        """Change a draft of terms; what is left out stays."""
        return self.edit(
            request,
            TermsEditsSerializer,
            present=lambda: selectors.get_terms(terms_version_id, actor=self.actor, for_change=True),
            change=partial(services.edit_terms, actor=self.actor, terms_version_id=terms_version_id),
            represent=lambda found: TermsVersionSerializer(found).data,
        )


class TermsPublicationView(HouseView):
    """The publication of a version of terms."""

    @extend_schema(operation_id="terms_versions_publish", request=None, responses=TermsVersionSerializer)
    @idempotent
    def post(self, request: Request, terms_version_id: UUID) -> Response:
        """Publish a draft of terms; nobody changes it afterwards."""
        published = services.publish_terms(actor=self.actor, terms_version_id=terms_version_id)
        return Response(TermsVersionSerializer(published).data)


class TermsWithdrawalView(HouseView):
    """The withdrawal of a draft of terms."""

    @extend_schema(operation_id="terms_versions_withdraw", request=None, responses=TermsVersionSerializer)
    def post(self, request: Request, terms_version_id: UUID) -> Response:
        """Withdraw a draft of terms."""
        withdrawn = services.withdraw_terms(actor=self.actor, terms_version_id=terms_version_id)
        return Response(TermsVersionSerializer(withdrawn).data)
