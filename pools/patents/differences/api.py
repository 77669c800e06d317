"""Differences between our record of patents and what others say, over HTTP."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from pools.patents.differences import selectors, services
from pools.patents.models import Difference
from pools.patents.models.records import Source


class DifferenceSerializer(serializers.ModelSerializer[Difference]):
    """A field of which our record, the office and the docket do not all say the same."""

    publication = serializers.CharField(source="patent.publication")
    country = serializers.CharField(source="patent.country")
    own = serializers.ListField(
        child=serializers.CharField(), help_text="what our record says: one text, or those of a list"
    )
    office = serializers.ListField(
        child=serializers.CharField(), help_text="what the office says; empty: nothing of it"
    )
    docket = serializers.ListField(
        child=serializers.CharField(), help_text="what the agent's docket says; empty: nothing of it"
    )
    office_read_at = serializers.DateTimeField(
        source="office_source.read_at", default=None, allow_null=True, help_text="when the office was asked"
    )
    docket_read_at = serializers.DateTimeField(
        source="docket_source.read_at", default=None, allow_null=True, help_text="when the docket was read"
    )
    risk = serializers.IntegerField(help_text="how much may be lost if ours is wrong, 0 to 100")
    side = serializers.CharField(help_text="whose word was taken: own, office or docket; blank: not decided")
    can_be_taken_over = serializers.SerializerMethodField(
        help_text="whether another's word can be taken over as it is; otherwise the record is corrected by hand"
    )

    class Meta:
        model = Difference
        fields = (
            "id",
            "patent_id",
            "publication",
            "country",
            "field",
            "own",
            "office",
            "office_read_at",
            "docket",
            "docket_read_at",
            "risk",
            "state",
            "side",
            "reason",
            "can_be_taken_over",
            "version",
            "noted_at",
            "decided_at",
        )

    def get_can_be_taken_over(self, row: Difference) -> bool:
        """Say whether it is a field of which another's word can be taken over."""
        return row.field not in services.NOT_TAKEN_OVER


class DecisionSerializer(serializers.Serializer[Any]):
    """Whose word counts in one difference."""

    difference_id = serializers.UUIDField()
    side = serializers.ChoiceField(choices=Source.Kind.choices, help_text="own keeps ours, which needs a reason")
    version = serializers.IntegerField(min_value=1, help_text="the version that was looked at")


class DecisionsSerializer(serializers.Serializer[Any]):
    """What is decided of several differences, all or none."""

    decisions = DecisionSerializer(many=True)
    reason = serializers.CharField(max_length=services.LONGEST_REASON, required=False, allow_blank=True)


class DecidedSerializer(serializers.Serializer[Any]):
    """The differences as they were decided."""

    items = DifferenceSerializer(many=True)


_IDS = {"patent": "patent", "alliance": "patent__alliance"}
_TEXTS = {"state": "state", "field": "field", "country": "patent__country"}


class DifferencesView(HouseView):
    """Differences."""

    orders = {"risk": "risk", "noted": "noted_at"}

    @extend_schema(
        operation_id="differences_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(DifferenceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List where the record of patents you keep differs from what others say, the largest risk first."""
        rows = filtered(selectors.differences(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, DifferenceSerializer, default="-risk")


class DifferenceDecisionsView(HouseView):
    """Decisions on differences."""

    @extend_schema(operation_id="differences_decide", request=DecisionsSerializer, responses={200: DecidedSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Say whose word counts in each of several differences; what is taken over changes the patent."""
        given = self.read(DecisionsSerializer, request)
        decisions = [services.Decision(**decision) for decision in given["decisions"]]
        rows = services.decide_differences(actor=self.actor, decisions=decisions, reason=given.get("reason", ""))
        return Response(DecidedSerializer({"items": rows}).data)
