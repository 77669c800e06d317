"""What patents are said to read on, and charts of it, over HTTP."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import IF_MATCH, answer_with_etag, require_match
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from pools.charts import selectors, services
from pools.charts.models import ChartTarget, ClaimChart, TargetKind


class ChartTargetSerializer(serializers.ModelSerializer[ChartTarget]):
    """A standard or a product that one's patent is said to read on."""

    publication = serializers.CharField(source="patent.publication")
    title = serializers.CharField(source="__str__", help_text="body, name and version together")

    class Meta:
        model = ChartTarget
        fields = (
            "id",
            "patent_id",
            "publication",
            "kind",
            "title",
            "body",
            "name",
            "version",
            "clause",
            "added_at",
        )


class NewChartTargetSerializer(serializers.Serializer[Any]):
    """A standard (with who sets it) or a product to say that an own patent reads on."""

    patent_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=TargetKind.choices)
    body = serializers.CharField(max_length=60, required=False, allow_blank=True)
    name = serializers.CharField(max_length=100)
    version = serializers.CharField(max_length=30, required=False, allow_blank=True)
    clause = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ChartRowSerializer(serializers.Serializer[Any]):
    """An element of a claim, the clause or feature it reads on, and what shows that it does."""

    element = serializers.CharField(allow_blank=True, max_length=services.LONGEST_PART)
    place = serializers.CharField(allow_blank=True, required=False, max_length=services.LONGEST_PART)
    evidence = serializers.CharField(allow_blank=True, required=False, max_length=services.LONGEST_PART)


class ClaimChartLineSerializer(serializers.ModelSerializer[ClaimChart]):
    """A version of a chart without its rows."""

    patent_id = serializers.UUIDField(source="target.patent_id")
    publication = serializers.CharField(source="target.patent.publication")
    target_kind = serializers.ChoiceField(source="target.kind", choices=TargetKind.choices)
    target_title = serializers.CharField(source="target")
    written_by_name = serializers.CharField(source="written_by.name", allow_null=True, default=None)
    reviewed_by_name = serializers.CharField(source="reviewed_by.name", allow_null=True, default=None)

    class Meta:
        model = ClaimChart
        fields = (
            "id",
            "target_id",
            "target_kind",
            "target_title",
            "patent_id",
            "publication",
            "claim",
            "number",
            "state",
            "note",
            "document_id",
            "written_at",
            "written_by_name",
            "reviewed_at",
            "reviewed_by_name",
        )


class ClaimChartSerializer(ClaimChartLineSerializer):
    """A version of a chart, whole, with what its reader may do with it."""

    rows = ChartRowSerializer(many=True)
    allowed_steps = serializers.SerializerMethodField(help_text="edit, review, discard, next")

    class Meta(ClaimChartLineSerializer.Meta):
        fields = (*ClaimChartLineSerializer.Meta.fields, "rows", "allowed_steps")  # type: ignore[assignment]  # two more

    def get_allowed_steps(self, chart: ClaimChart) -> list[str]:
        """Say what the reader may do with it."""
        return selectors.allowed_steps(chart, actor=self.context["actor"])


class NewClaimChartSerializer(serializers.Serializer[Any]):
    """The chart of a claim to begin, or its next version."""

    target_id = serializers.UUIDField()
    claim = serializers.IntegerField(min_value=1, max_value=1000, help_text="its number in the patent")


class ClaimChartEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a draft; rows are given all together."""

    rows = ChartRowSerializer(many=True, required=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    document_id = serializers.UUIDField(required=False, allow_null=True, help_text="a paper of the target")


VERSION = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, required=True, description="the ETag of the chart as you read it"
)
_TARGET_IDS = {"patent": "patent"}
_TARGET_TEXTS = {"kind": "kind"}
_CHART_IDS = {"target": "target", "patent": "target__patent"}
_CHART_TEXTS = {"state": "state"}


class ChartTargetsView(HouseView):
    """What patents are said to read on."""

    orders = {"added": "id"}

    @extend_schema(
        operation_id="chart_targets_list",
        parameters=parameters_of(ids=_TARGET_IDS, texts=_TARGET_TEXTS),
        responses=page_of(ChartTargetSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the standards and products that your patents, or those assigned to you, are said to read on."""
        rows = filtered(selectors.chart_targets(actor=self.actor), request, ids=_TARGET_IDS, texts=_TARGET_TEXTS)
        return self.page(rows, ChartTargetSerializer, default="added")

    @extend_schema(
        operation_id="chart_targets_add", request=NewChartTargetSerializer, responses={201: ChartTargetSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Say that an own patent reads on a standard or a product; no other owner reads it."""
        given = self.read(NewChartTargetSerializer, request)
        patent_id, kind = given.pop("patent_id"), TargetKind(given.pop("kind"))
        target = services.NewTarget(kind=kind, **given)
        made = services.add_chart_target(actor=self.actor, patent_id=patent_id, target=target)
        return Response(ChartTargetSerializer(made).data, status=201)


class ChartTargetView(HouseView):
    """One standard or product."""

    @extend_schema(operation_id="chart_targets_read", responses=ChartTargetSerializer)
    def get(self, request: Request, target_id: UUID) -> Response:
        """Read what a patent is said to read on."""
        return Response(ChartTargetSerializer(selectors.get_chart_target(target_id, actor=self.actor)).data)

    @extend_schema(operation_id="chart_targets_remove", request=None, responses={204: None})
    def delete(self, request: Request, target_id: UUID) -> Response:
        """Take back that a patent reads on it, as long as it was not charted."""
        services.remove_chart_target(actor=self.actor, target_id=target_id)
        return Response(status=204)


class ClaimChartsView(HouseView):
    """Versions of charts."""

    orders = {"written": "id", "claim": "claim"}

    @extend_schema(
        operation_id="claim_charts_list",
        parameters=parameters_of(ids=_CHART_IDS, texts=_CHART_TEXTS),
        responses=page_of(ClaimChartLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the versions of charts you may see, without their rows, the latest first."""
        rows = filtered(selectors.claim_charts(actor=self.actor), request, ids=_CHART_IDS, texts=_CHART_TEXTS)
        return self.page(rows, ClaimChartLineSerializer, default="-written")

    @extend_schema(
        operation_id="claim_charts_draft", request=NewClaimChartSerializer, responses={201: ClaimChartSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin the chart of a claim, or its next version with the rows of the last one."""
        made = services.draft_chart(actor=self.actor, **self.read(NewClaimChartSerializer, request))
        return answer_with_etag(request, _chart(self, made), status=201)


class ClaimChartView(HouseView):
    """One version of a chart."""

    @extend_schema(operation_id="claim_charts_read", responses=ClaimChartSerializer)
    def get(self, request: Request, chart_id: UUID) -> Response:
        """Read a version of a chart: your own, or one that was handed in with what you may read."""
        return answer_with_etag(request, _chart(self, selectors.get_claim_chart(chart_id, actor=self.actor)))

    @extend_schema(operation_id="claim_charts_edit", request=ClaimChartEditsSerializer, responses=ClaimChartSerializer)
    def patch(self, request: Request, chart_id: UUID) -> Response:
        """Change a draft; what is left out stays."""

        def change(**edits: Any) -> ClaimChart:
            if "rows" in edits:
                edits["rows"] = [services.ChartRow(**row) for row in edits["rows"]]
            return services.edit_chart(actor=self.actor, chart_id=chart_id, **edits)

        return self.edit(
            request,
            ClaimChartEditsSerializer,
            present=lambda: selectors.get_claim_chart(chart_id, actor=self.actor, for_change=True),
            change=change,
            represent=lambda found: _chart(self, found),
        )

    @extend_schema(operation_id="claim_charts_discard", parameters=[VERSION], request=None, responses={204: None})
    def delete(self, request: Request, chart_id: UUID) -> Response:
        """Throw a draft away as you read it; what was reviewed stays."""
        with transaction.atomic():
            _match(self, request, chart_id)
            services.discard_chart(actor=self.actor, chart_id=chart_id)
        return Response(status=204)


class ClaimChartReviewView(HouseView):
    """The review of a draft."""

    @extend_schema(
        operation_id="claim_charts_review", parameters=[VERSION], request=None, responses=ClaimChartSerializer
    )
    def post(self, request: Request, chart_id: UUID) -> Response:
        """Find a draft right as you read it: it is fixed, and can be handed in with a submission."""
        with transaction.atomic():
            _match(self, request, chart_id)
            done = services.review_chart(actor=self.actor, chart_id=chart_id)
            return answer_with_etag(request, _chart(self, done))


def _match(view: HouseView, request: Request, chart_id: UUID) -> None:
    """Refuse what is not done to the version that was read; it is locked until the transaction ends."""
    found = selectors.get_claim_chart(chart_id, actor=view.actor, for_change=True)
    require_match(request, _chart(view, found))


def _chart(view: HouseView, chart: ClaimChart) -> dict[str, Any]:
    return dict(ClaimChartSerializer(chart, context={"actor": view.actor}).data)
