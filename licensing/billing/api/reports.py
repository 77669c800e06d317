"""What became of sales reports, over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.billing import selectors
from licensing.billing.models import Invoice
from licensing.billing.selectors import ReportUse
from licensing.reports.selectors import get_sales_report
from platform_core.access.log import log_access
from platform_core.api.views import HouseView


class InvoiceOfReportSerializer(serializers.ModelSerializer[Invoice]):
    """An invoice or credit note that was made from a report; amounts in minor units of its currency."""

    number = serializers.CharField(source="number_text", help_text="blank: it is a draft")
    is_credit_note = serializers.BooleanField()

    class Meta:
        model = Invoice
        fields = (
            "id",
            "number",
            "state",
            "is_credit_note",
            "currency",
            "priced_minor",
            "gross_minor",
            "open_minor",
            "issued_on",
        )


class ReportUseSerializer(serializers.Serializer[ReportUse]):
    """A posted close that counted a report for its period, and what was billed by it."""

    period = serializers.CharField(source="run.period")
    is_correction = serializers.SerializerMethodField(help_text="whether it corrects an earlier close of the period")
    posted_at = serializers.DateTimeField(source="run.posted_at")
    run_id = serializers.SerializerMethodField(help_text="null: you may not read the close itself")
    invoices = InvoiceOfReportSerializer(many=True)

    def get_is_correction(self, use: ReportUse) -> bool:
        """Say whether it is a correction."""
        return use.run.corrects_id is not None

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_run_id(self, use: ReportUse) -> UUID | None:
        """Return the close, where the reader may read it."""
        return use.run.pk if use.is_run_visible else None


class ReportUsesView(HouseView):
    """The closes that counted a sales report."""

    @extend_schema(operation_id="sales_reports_closes", responses=ReportUseSerializer(many=True))
    def get(self, request: Request, report_id: UUID) -> Response:
        """List the posted closes that counted a report, and what was billed by them; the reading is logged."""
        found: Any = selectors.uses_of_report(report_id, actor=self.actor)
        log_access("sales_report.viewed", actor=self.actor, subject=get_sales_report(report_id, actor=self.actor))
        return Response(ReportUseSerializer(found, many=True).data)
