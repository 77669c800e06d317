"""A filed report as it is looked at again: who signed it by what, what it took the place of, its figures and lines."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.reports import selectors
from licensing.reports.api.figures import (
    SKIP,
    ProductDifferenceSerializer,
    ReportLinesSerializer,
    TotalsSerializer,
    lines_answer,
)
from licensing.reports.api.reports import SalesReportSerializer
from licensing.reports.calculation import differences, totals_of
from licensing.reports.models import SalesReport
from licensing.reports.policies import SUPERSEDE_SALES_REPORT
from platform_core.access.kernel import can
from platform_core.access.log import log_access
from platform_core.api.views import HouseView


class OtherReportSerializer(serializers.ModelSerializer[SalesReport]):
    """The report before or after one, of the same licence and months."""

    receipt_number = serializers.CharField(help_text="blank: it was filed before there were receipts")

    class Meta:
        model = SalesReport
        fields = ("id", "receipt_number", "filed_at", "reason", "is_estimate")


class SalesReportDetailSerializer(SalesReportSerializer):
    """A sales report with what it was signed by, what stands around it, and which of its months count."""

    letter = serializers.CharField(
        source="authority.letter",
        default="",
        help_text="the letter of authority it was signed by; blank: not signed here",
    )
    authorised_from = serializers.DateField(source="authority.starts_on", default=None, allow_null=True)
    supersedes = OtherReportSerializer(allow_null=True)
    superseded_by = OtherReportSerializer(default=None, allow_null=True)
    counted_months = serializers.SerializerMethodField(help_text="for which this report counts, such as 2025-03")
    may_supersede = serializers.SerializerMethodField(
        help_text="whether you may put another report in its place: none has taken it, and your seat may sign"
    )

    class Meta:
        model = SalesReport
        fields = (
            *SalesReportSerializer.Meta.fields,
            "lines_sha256",
            "letter",
            "authorised_from",
            "supersedes",
            "superseded_by",
            "counted_months",
            "may_supersede",
        )

    def get_counted_months(self, report: SalesReport) -> list[str]:
        """List the months that the report counts for."""
        return [f"{month:%Y-%m}" for month in selectors.counted_months(report)]

    def get_may_supersede(self, report: SalesReport) -> bool:
        """Say whether the reader may correct it."""
        is_last = getattr(report, "superseded_by", None) is None
        return is_last and can(self.context["actor"], SUPERSEDE_SALES_REPORT, report)


class SalesReportFiguresSerializer(serializers.Serializer[Any]):
    """What a report comes to, what it changed of the one it took the place of, and whether its files are as filed."""

    totals = TotalsSerializer()
    before_id = serializers.UUIDField(allow_null=True, help_text="the report it took the place of")
    differences = ProductDifferenceSerializer(many=True)
    is_as_filed = serializers.BooleanField(
        help_text="whether the file and the lines are still those that the receipt names by their hashes"
    )


class SalesReportView(HouseView):
    """One sales report."""

    @extend_schema(operation_id="sales_reports_read", responses=SalesReportDetailSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Read what a report covers, what was sent, who signed it, and what it superseded; the reading is logged."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        log_access("sales_report.viewed", actor=self.actor, subject=report)
        return Response(SalesReportDetailSerializer(report, context={"actor": self.actor}).data)


class SalesReportFiguresView(HouseView):
    """The figures of a sales report."""

    @extend_schema(operation_id="sales_reports_figures", responses=SalesReportFiguresSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Read a report's totals and what they changed of the report before; the reading is logged."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        lines = selectors.lines_filed(report)
        before = report.supersedes
        log_access("sales_report.figures_viewed", actor=self.actor, subject=report)
        told = {
            "totals": totals_of(lines),
            "before_id": None if before is None else before.pk,
            "differences": [] if before is None else differences(lines, selectors.lines_sold(before)),
            "is_as_filed": selectors.is_as_filed(report),
        }
        return Response(SalesReportFiguresSerializer(told).data)


class SalesReportLinesView(HouseView):
    """The lines of a sales report."""

    @extend_schema(operation_id="sales_reports_lines", parameters=[SKIP], responses=ReportLinesSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Read some of a report's lines as they were filed, up to 200 at once; the reading is logged."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        lines, details = selectors.lines_filed(report), selectors.details_filed(report)
        log_access("sales_report.lines_viewed", actor=self.actor, subject=report)
        return lines_answer(request, lines, details, count=report.line_count)
