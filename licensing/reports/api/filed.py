"""A filed report as it is looked at again: who signed it by what, what it took the place of, its figures and lines."""

from typing import Any, Final
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
from platform_core.access.log import log_access, log_accesses
from platform_core.api.views import HouseView

FIGURES_VIEWED: Final = "sales_report.figures_viewed"
FILES_CHECKED: Final = "sales_report.files_checked"


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
    """What a report comes to."""

    totals = TotalsSerializer(allow_null=True, help_text="null: the lines are not as filed, and are not added up")
    is_as_filed = serializers.BooleanField(
        help_text="whether the lines are still those that the receipt names by their hash"
    )


class SalesReportDifferencesSerializer(serializers.Serializer[Any]):
    """What a report changed of the one it took the place of."""

    before_id = serializers.UUIDField(allow_null=True, help_text="the report it took the place of")
    differences = ProductDifferenceSerializer(many=True)


class SalesReportFilesCheckSerializer(serializers.Serializer[Any]):
    """Whether what is kept of a report is what was filed."""

    is_as_filed = serializers.BooleanField(
        help_text="whether the file and the lines are still those that the receipt names by their hashes"
    )
    checked_at = serializers.DateTimeField()


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
        """Read a report's totals, none where its lines are not as filed; the reading is logged."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        try:
            lines = selectors.lines_filed(report)
        except selectors.NotAsFiled:
            # No figure is given out: all that is told is how the files stand.
            log_access(FILES_CHECKED, actor=self.actor, subject=report)
            return Response(SalesReportFiguresSerializer({"totals": None, "is_as_filed": False}).data)
        log_access(FIGURES_VIEWED, actor=self.actor, subject=report)
        return Response(SalesReportFiguresSerializer({"totals": totals_of(lines), "is_as_filed": True}).data)


class SalesReportDifferencesView(HouseView):
    """What a sales report changed."""

    @extend_schema(operation_id="sales_reports_differences", responses=SalesReportDifferencesSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Read what a report changed of the report before; the reading is logged for both of them."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        before = selectors.report_superseded(report, actor=self.actor)
        told: dict[str, Any] = {"before_id": None, "differences": []}
        if before is not None:
            lines, lines_before = selectors.lines_filed(report), selectors.lines_sold(before)
            told = {"before_id": before.pk, "differences": differences(lines, lines_before)}
        log_accesses(FIGURES_VIEWED, actor=self.actor, subjects=[report] if before is None else [report, before])
        return Response(SalesReportDifferencesSerializer(told).data)


class SalesReportFilesCheckView(HouseView):
    """The check of what is kept of a sales report."""

    @extend_schema(operation_id="sales_reports_check_files", responses=SalesReportFilesCheckSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Have a report's kept files read and compared with the hashes of its receipt; the check is logged."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        log_access(FILES_CHECKED, actor=self.actor, subject=report)
        told = {"is_as_filed": selectors.is_as_filed(report), "checked_at": self.actor.clock.now()}
        return Response(SalesReportFilesCheckSerializer(told).data)


class SalesReportLinesView(HouseView):
    """The lines of a sales report."""

    @extend_schema(operation_id="sales_reports_lines", parameters=[SKIP], responses=ReportLinesSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Read some of a report's lines as they were filed, up to 200 at once; the reading is logged."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        lines, details = selectors.lines_filed(report), selectors.details_filed(report)
        log_access("sales_report.lines_viewed", actor=self.actor, subject=report)
        return lines_answer(request, lines, details, count=report.line_count)
