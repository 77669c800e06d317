"""For what in a report an open close could not be calculated, over HTTP."""

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.close.hindrances import mistakes_in, refusal_of
from licensing.close.models import RejectedRow
from licensing.reports.selectors import get_sales_report
from platform_core.access.log import log_access
from platform_core.api.views import HouseView

_AT_ONCE: Final = 100


class ReportMistakeSerializer(serializers.ModelSerializer[RejectedRow]):
    """One place in a report for which a close could not be calculated."""

    class Meta:
        model = RejectedRow
        fields = ("line", "column", "code", "value")


class ReportMistakesSerializer(serializers.Serializer[Any]):
    """For what in a report open closes could not be calculated, each place once, in the order of its lines."""

    period = serializers.CharField(
        help_text="of the earliest close that waits; blank: none does because of this report"
    )
    count = serializers.IntegerField(help_text="in how many places; at most 100 of them are listed")
    mistakes = ReportMistakeSerializer(many=True)


class ReportMistakesView(HouseView):
    """What in a sales report holds up a close."""

    @extend_schema(operation_id="sales_reports_mistakes", responses=ReportMistakesSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Read for what in a report an open close could not be calculated; the reading is logged."""
        report = get_sales_report(report_id, actor=self.actor)
        log_access("sales_report.lines_viewed", actor=self.actor, subject=report)
        refusal = refusal_of(report)
        told = {
            "period": refusal.period if refusal else "",
            "count": refusal.count if refusal else 0,
            "mistakes": mistakes_in(report)[:_AT_ONCE],
        }
        return Response(ReportMistakesSerializer(told).data)
