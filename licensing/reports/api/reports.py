"""Sales reports over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.agreements.models import Licence
from licensing.reports import selectors, services
from licensing.reports.api.asking import (
    LANGUAGE,
    asked_language,
    asked_months,
    asked_upload,
    file_answer,
)
from licensing.reports.models import ReportReminder, SalesReport
from licensing.reports.receipt import receipt_pdf
from licensing.terms.selectors import get_programme
from platform_core.access.log import log_access, log_accesses
from platform_core.api.filters import filtered
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.notices.selectors import latest_reminders
from platform_core.problems import NotFound


class SalesReportSerializer(serializers.ModelSerializer[SalesReport]):
    """A sales report: what it covers, what was sent, and what came before and after it."""

    programme_id = serializers.UUIDField(source="licence.programme_id")
    licence_code = serializers.CharField(source="licence.code")
    licensee = serializers.CharField(source="licence.licensee")
    first_month = serializers.DateField(format="%Y-%m", help_text="first month reported, such as 2025-01")
    last_month = serializers.DateField(format="%Y-%m", help_text="last month reported")
    supersedes_id = serializers.UUIDField(allow_null=True)
    superseded_by_id = serializers.SerializerMethodField(help_text="the report that took its place, if any")
    receipt_number = serializers.CharField(help_text="blank: it was filed before there were receipts")
    names_read = serializers.DictField(
        child=serializers.CharField(), help_text="names of products in the file, each with the product it was read as"
    )
    estimated_from_id = serializers.UUIDField(
        allow_null=True, help_text="the report the office worked its estimate out from"
    )
    estimated_percent = serializers.SerializerMethodField(help_text="which part of that report, by the terms")

    class Meta:
        model = SalesReport
        fields = (
            "id",
            "programme_id",
            "licence_id",
            "licence_code",
            "licensee",
            "first_month",
            "last_month",
            "kind",
            "file_name",
            "file_size",
            "file_sha256",
            "encoding",
            "line_count",
            "filed_at",
            "supersedes_id",
            "superseded_by_id",
            "reason",
            "receipt_number",
            "signatory_name",
            "signatory_title",
            "statement",
            "names_read",
            "is_estimate",
            "estimated_from_id",
            "estimated_percent",
        )

    def get_estimated_percent(self, report: SalesReport) -> str | None:
        """Return the percentage by which the office estimated."""
        terms = report.estimate_terms
        return None if terms is None else f"{terms.percent.normalize():f}"

    def get_superseded_by_id(self, report: SalesReport) -> UUID | None:
        """Return the report that took its place."""
        later: SalesReport | None = getattr(report, "superseded_by", None)
        return later.pk if later is not None else None


class SalesReportFilingSerializer(serializers.Serializer[Any]):
    """What a licensee files: for which licence and period, and the file with the lines."""

    licence_id = serializers.UUIDField()
    period = serializers.CharField(max_length=7, help_text="2025-03, 2025Q1, 2025H1 or 2025")
    file = serializers.FileField(
        required=False,
        allow_empty_file=True,
        help_text="CSV (UTF-8 or GB18030), a workbook or Parquet; leave it out where nothing was sold",
    )
    nothing_sold = serializers.BooleanField(default=False, help_text="true where there is no file")


class SalesReportSupersedingSerializer(serializers.Serializer[Any]):
    """What takes the place of an earlier report of the same licence and months, and why."""

    reason = serializers.CharField(max_length=500)
    file = serializers.FileField(required=False, allow_empty_file=True)
    nothing_sold = serializers.BooleanField(default=False, help_text="true where there is no file")


class MissingReportSerializer(serializers.Serializer[Any]):
    """A licence without a report for some month of the last quarter, and when its licensee was last reminded."""

    licence_id = serializers.UUIDField(source="pk")
    code = serializers.CharField()
    licensee_id = serializers.UUIDField()
    licensee_name = serializers.CharField(source="licensee")
    months = serializers.SerializerMethodField(help_text="that are not reported, such as 2025-03")
    reminded_at = serializers.SerializerMethodField()
    reminded_by_name = serializers.SerializerMethodField()

    def get_months(self, licence: Licence) -> list[str]:
        """List the months that are missing."""
        return [f"{month:%Y-%m}" for month in self.context["months"][licence.pk]]

    def get_reminded_at(self, licence: Licence) -> datetime | None:
        """Return when the licensee was last reminded of its reports."""
        reminder = self._reminder(licence)
        return reminder.sent_at if reminder is not None else None

    def get_reminded_by_name(self, licence: Licence) -> str:
        """Return who last reminded the licensee."""
        reminder = self._reminder(licence)
        return reminder.sent_by.name if reminder is not None and reminder.sent_by is not None else ""

    def _reminder(self, licence: Licence) -> ReportReminder | None:
        reminder: ReportReminder | None = self.context["reminders"].get(licence.pk)
        return reminder


class FiledMonthSerializer(serializers.Serializer[Any]):
    """Whether a month of a licence was reported, without figures."""

    month = serializers.DateField(format="%Y-%m")
    filed_at = serializers.DateTimeField(allow_null=True, help_text="null: there is no report that counts")


class LicenseesToRemindSerializer(serializers.Serializer[Any]):
    """Under which licences the licensees are to be reminded to report."""

    licence_ids = serializers.ListField(
        child=serializers.UUIDField(),
        allow_empty=False,
        required=False,
        help_text="default: all whose reports are missing",
    )
    again = serializers.BooleanField(default=False, help_text="also those reminded within the last day")


class ReportReminderSerializer(serializers.ModelSerializer[ReportReminder]):
    """A reminder that was sent to a licensee."""

    code = serializers.CharField(source="licence.code")
    licensee_name = serializers.CharField(source="licence.licensee")

    class Meta:
        model = ReportReminder
        fields = ("id", "licence_id", "code", "licensee_name", "people", "sent_at")


class UnreachedLicenseeSerializer(serializers.Serializer[Any]):
    """A licensee that has nobody here who could be reminded."""

    licence_id = serializers.UUIDField(source="pk")
    code = serializers.CharField()
    licensee_name = serializers.CharField(source="licensee")


class LicenseesRemindedSerializer(serializers.Serializer[Any]):
    """Who was reminded to report, and who could not be."""

    reminders = ReportReminderSerializer(many=True)
    unreached = UnreachedLicenseeSerializer(many=True)


def created(report: SalesReport) -> Response:
    """Answer with a report that was filed."""
    return Response(
        SalesReportSerializer(report).data, status=201, headers={"Location": f"/api/v1/sales-reports/{report.pk}"}
    )


class SalesReportsView(HouseView):
    """Sales reports."""

    orders = {"filed": "filed_at", "month": "first_month"}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="sales_reports_list",
        parameters=[
            OpenApiParameter("programme", OpenApiTypes.UUID, description="only of this programme"),
            OpenApiParameter("licence", OpenApiTypes.UUID, description="only of this licence"),
            OpenApiParameter("current", OpenApiTypes.BOOL, description="true: only those not superseded"),
        ],
        responses=page_of(SalesReportSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the reports you may see, the latest first; the reading is logged for each on the page."""
        ids = {"programme": "licence__programme", "licence": "licence"}
        rows = filtered(selectors.sales_reports(actor=self.actor), request, ids=ids)
        if request.query_params.get("current") == "true":
            rows = rows.filter(superseded_by=None)
        return self.page(rows, SalesReportSerializer, default="-filed", about=self._noted)

    def _noted(self, part: Sequence[SalesReport]) -> dict[str, Any]:
        action = "sales_report.exported" if self.exporting else "sales_report.listed"
        log_accesses(action, actor=self.actor, subjects=part)
        return {}

    @extend_schema(
        operation_id="sales_reports_file", request=SalesReportFilingSerializer, responses={201: SalesReportSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """File and sign a report. Each wrong line is told with its number, column and value; nothing is filed then."""
        asked = self.read(SalesReportFilingSerializer, request)
        first_month, last_month = asked_months(asked["period"])
        report = services.file_sales_report(
            actor=self.actor,
            licence_id=asked["licence_id"],
            first_month=first_month,
            last_month=last_month,
            upload=asked_upload(asked),
            language=asked_language(request),
        )
        return created(report)


class SalesReportFileView(HouseView):
    """The file of a sales report."""

    @extend_schema(
        operation_id="sales_reports_download",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, report_id: UUID) -> FileResponse:
        """Download the file as it was sent; the reading is logged."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        path = selectors.filed_file(report)
        if path is None:
            raise NotFound("Nothing was sold, so there is no file.")
        log_access("sales_report.file_downloaded", actor=self.actor, subject=report)
        response = FileResponse(
            path.open("rb"), as_attachment=True, filename=report.file_name, content_type="application/octet-stream"
        )
        response["Cache-Control"] = "private, no-store"
        return response


class SupersedingReportsView(HouseView):
    """What takes the place of a sales report."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="sales_reports_supersede",
        request=SalesReportSupersedingSerializer,
        responses={201: SalesReportSerializer},
    )
    @idempotent
    def post(self, request: Request, report_id: UUID) -> Response:
        """Supersede a report with another of the same months. Closed periods are corrected by new runs."""
        asked = self.read(SalesReportSupersedingSerializer, request)
        report = services.supersede_sales_report(
            actor=self.actor,
            report_id=report_id,
            upload=asked_upload(asked),
            reason=asked["reason"],
            language=asked_language(request),
        )
        return created(report)


class MissingReportsView(HouseView):
    """Who has not reported under a programme."""

    orders = {"code": "code"}

    @extend_schema(operation_id="programmes_missing_reports", responses=page_of(MissingReportSerializer))
    def get(self, request: Request, programme_id: UUID) -> Response:
        """List the licences without a report for some month of the last quarter: who has not filed, no figures."""
        programme = get_programme(programme_id, actor=self.actor)
        first, last = selectors.reporting_quarter(programme, actor=self.actor)

        def about(part: Sequence[Licence]) -> dict[str, Any]:
            sent = selectors.report_reminders(actor=self.actor).filter(licence__in=part)
            return {
                "months": selectors.missing_months(part, first, last),
                "reminders": latest_reminders(sent, "licence_id"),
            }

        rows = selectors.missing_reports(programme, actor=self.actor)
        return self.page(rows, MissingReportSerializer, default="code", about=about)


class FiledMonthsView(HouseView):
    """Which months of a licence were reported."""

    @extend_schema(operation_id="licences_filed_months", responses=FiledMonthSerializer(many=True))
    def get(self, request: Request, licence_id: UUID) -> Response:
        """List the months in which a licence ran, the latest first, and which were reported: no figures."""
        found = selectors.filed_months(licence_id, actor=self.actor)
        return Response(FiledMonthSerializer(found, many=True).data)


class ReportRemindersView(HouseView):
    """Reminders to report under a programme."""

    @extend_schema(
        operation_id="programmes_remind_licensees",
        request=LicenseesToRemindSerializer,
        responses={201: LicenseesRemindedSerializer},
        examples=[OpenApiExample("Everybody who has not reported", value={"again": False}, request_only=True)],
    )
    @idempotent
    def post(self, request: Request, programme_id: UUID) -> Response:
        """Remind licensees whose reports are missing, by notice and message; again within a day only if meant."""
        asked = self.read(LicenseesToRemindSerializer, request)
        done = services.remind_licensees(actor=self.actor, programme_id=programme_id, **asked)
        return Response(LicenseesRemindedSerializer(done).data, status=201)


class ReceiptView(HouseView):
    """The receipt of a sales report."""

    @extend_schema(
        operation_id="sales_reports_receipt",
        parameters=[LANGUAGE],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, report_id: UUID) -> HttpResponse:
        """Take the receipt of a report as PDF; the reading is logged."""
        report = selectors.get_sales_report(report_id, actor=self.actor)
        answer = file_answer(
            receipt_pdf(report, asked_language(request)), f"{report.receipt_number}.pdf", "application/pdf"
        )
        log_access("sales_report.receipt_downloaded", actor=self.actor, subject=report)
        return answer


class DueReportSerializer(serializers.Serializer[Any]):
    """Months of a licence that are to be reported, and until when."""

    licence_id = serializers.UUIDField(source="licence.pk")
    licence_code = serializers.CharField(source="licence.code")
    programme_id = serializers.UUIDField(source="licence.programme_id")
    programme_code = serializers.CharField(source="licence.programme.code")
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    due_on = serializers.DateField(help_text="day by which they are to be reported")
    days_left = serializers.IntegerField(help_text="below 0: so many days late")
    draft_id = serializers.UUIDField(allow_null=True, help_text="the open draft of these months, if any")
    is_over = serializers.BooleanField(help_text="false: the quarter still runs, and is reported once it is over")


class DueReportsView(HouseView):
    """What the own organisation has to report."""

    @extend_schema(operation_id="due_reports", responses=DueReportSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the months that you have to report, and those that come next, licence by licence, the earliest first."""
        return Response(DueReportSerializer(selectors.due_reports(actor=self.actor, ahead=True), many=True).data)
