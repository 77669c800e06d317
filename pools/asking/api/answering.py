"""Requests for bilateral licences over HTTP, for the owner they are addressed to."""

from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from pools.asking import selectors, services
from pools.asking.models import LONGEST_TEXT, LicenceRequest, RequestedPatent


class RequestedPatentSerializer(serializers.ModelSerializer[RequestedPatent]):
    """A patent that a licence is wanted of."""

    publication = serializers.CharField(source="patent.publication")
    country = serializers.CharField(source="patent.country")

    class Meta:
        model = RequestedPatent
        fields = ("patent_id", "publication", "country")


class LicenceRequestSerializer(serializers.ModelSerializer[LicenceRequest]):
    """What somebody asks one's organisation for, and what became of it."""

    pool_name = serializers.CharField(source="pool.name")
    patents = RequestedPatentSerializer(many=True)
    answered_by_name = serializers.CharField(source="answered_by.name", allow_null=True, default=None)
    erased_on = serializers.SerializerMethodField(help_text="when it is forgotten who asked, unless a step is taken")
    allowed_steps = serializers.SerializerMethodField(help_text="addresses below this one to post to")

    class Meta:
        model = LicenceRequest
        fields = (
            "id",
            "pool_id",
            "pool_name",
            "state",
            "is_whole",
            "patents",
            "asker_name",
            "asker_organisation",
            "asker_email",
            "asker_country",
            "language",
            "products",
            "fields_of_use",
            "territory",
            "message",
            "asked_at",
            "confirmed_at",
            "acknowledged_at",
            "answered_at",
            "answered_by_name",
            "answer",
            "answer_contact",
            "closed_at",
            "note",
            "erased_at",
            "erased_on",
            "allowed_steps",
        )

    def get_erased_on(self, request: LicenceRequest) -> date | None:
        """Say when it will be forgotten who asked."""
        return selectors.erased_on(request)

    def get_allowed_steps(self, request: LicenceRequest) -> list[str]:
        """List the steps that lead on from here."""
        return selectors.allowed_steps(request)


class RequestAnswerSerializer(serializers.Serializer[Any]):
    """What is written to whoever asked, and where they go on from there."""

    text = serializers.CharField(max_length=LONGEST_TEXT)
    contact = serializers.CharField(max_length=200, help_text="such as a name with an e-mail address or telephone")


class RequestClosingSerializer(serializers.Serializer[Any]):
    """A note of one's own, which goes to nobody."""

    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


_IDS = {"pool": "pool"}
_TEXTS = {"state": "state"}


class LicenceRequestsView(HouseView):
    """Requests addressed to one's organisation."""

    orders = {"asked": "asked_at"}

    @extend_schema(
        operation_id="licence_requests_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(LicenceRequestSerializer),
    )
    def get(self, request: Request) -> Response:
        """List who asks your organisation for a bilateral licence, the latest first; nobody else sees them."""
        rows = filtered(selectors.licence_requests(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, LicenceRequestSerializer, default="-asked")


class LicenceRequestView(HouseView):
    """One request."""

    @extend_schema(operation_id="licence_requests_read", responses=LicenceRequestSerializer)
    def get(self, request: Request, request_id: UUID) -> Response:
        """Read a request that your organisation was sent."""
        found = selectors.get_licence_request(request_id, actor=self.actor)
        return Response(LicenceRequestSerializer(found).data)


class AcknowledgementView(HouseView):
    """That a request was received."""

    @extend_schema(operation_id="licence_requests_acknowledge", request=None, responses=LicenceRequestSerializer)
    @idempotent
    def post(self, request: Request, request_id: UUID) -> Response:
        """Let whoever asked know that you have the request and will answer."""
        done = services.acknowledge_request(actor=self.actor, request_id=request_id)
        return Response(LicenceRequestSerializer(done).data)


class AnswerView(HouseView):
    """The answer to a request."""

    @extend_schema(
        operation_id="licence_requests_answer", request=RequestAnswerSerializer, responses=LicenceRequestSerializer
    )
    @idempotent
    def post(self, request: Request, request_id: UUID) -> Response:
        """Answer a request by mail, and say where to go on from there."""
        given = self.read(RequestAnswerSerializer, request)
        return Response(
            LicenceRequestSerializer(services.answer_request(actor=self.actor, request_id=request_id, **given)).data
        )


class RequestClosingView(HouseView):
    """The end of a request."""

    @extend_schema(
        operation_id="licence_requests_close", request=RequestClosingSerializer, responses=LicenceRequestSerializer
    )
    @idempotent
    def post(self, request: Request, request_id: UUID) -> Response:
        """Close a request; nobody is written to."""
        given = self.read(RequestClosingSerializer, request)
        return Response(
            LicenceRequestSerializer(services.close_request(actor=self.actor, request_id=request_id, **given)).data
        )
