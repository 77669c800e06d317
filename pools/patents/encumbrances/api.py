"""What rests on patents, over HTTP."""

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
from pools.patents.encumbrances import selectors, services
from pools.patents.models import Encumbrance, EncumbranceKind


class EncumbranceSerializer(serializers.ModelSerializer[Encumbrance]):
    """What rests on a patent: a licence, a pledge, a preservation, a suit."""

    publication = serializers.CharField(source="patent.publication")

    class Meta:
        model = Encumbrance
        fields = (
            "id",
            "patent_id",
            "publication",
            "kind",
            "holder",
            "register_number",
            "is_public",
            "from_on",
            "to_on",
            "note",
            "recorded_at",
        )


class NewEncumbranceSerializer(serializers.Serializer[Any]):
    """What is to rest on a patent."""

    patent_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=EncumbranceKind.choices)
    holder = serializers.CharField(max_length=300, help_text="in whose favour, as the register or contract names them")
    from_on = serializers.DateField()
    to_on = serializers.DateField(required=False, allow_null=True, help_text="first day no longer; null: open")
    register_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    is_public = serializers.BooleanField(
        required=False, help_text="whether a register tells everybody; needs its number"
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class EncumbranceEndSerializer(serializers.Serializer[Any]):
    """From which day something no longer rests on a patent."""

    to_on = serializers.DateField(help_text="first day no longer")
    note = serializers.CharField(max_length=500, help_text="how that is known")


_IDS = {"patent": "patent", "alliance": "patent__alliance"}
_TEXTS = {"kind": "kind"}


class EncumbrancesView(HouseView):
    """What rests on patents."""

    public = True
    orders = {"from": "from_on", "kind": "kind"}

    @extend_schema(
        operation_id="encumbrances_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(EncumbranceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what rests on patents, as far as a register tells everybody or you keep the patent's record."""
        rows = filtered(selectors.encumbrances(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, EncumbranceSerializer, default="-from")

    @extend_schema(
        operation_id="encumbrances_record", request=NewEncumbranceSerializer, responses={201: EncumbranceSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record what rests on a patent."""
        given = self.read(NewEncumbranceSerializer, request)
        patent_id = given.pop("patent_id")
        made = services.record_encumbrance(
            actor=self.actor, patent_id=patent_id, encumbrance=services.NewEncumbrance(**given)
        )
        return Response(EncumbranceSerializer(made).data, status=201)


class EncumbranceEndView(HouseView):
    """The end of what rests on a patent."""

    @extend_schema(
        operation_id="encumbrances_end", request=EncumbranceEndSerializer, responses={200: EncumbranceSerializer}
    )
    @idempotent
    def post(self, request: Request, encumbrance_id: UUID) -> Response:
        """Say from which day something no longer rests on a patent."""
        ended = services.end_encumbrance(
            actor=self.actor, encumbrance_id=encumbrance_id, **self.read(EncumbranceEndSerializer, request)
        )
        return Response(EncumbranceSerializer(ended).data)
