"""Drafts of reports over HTTP: the file checked, the figures looked at, then signed."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.reports import selectors, services
from licensing.reports.api.asking import LANGUAGE, asked_language, asked_months, asked_upload
from licensing.reports.api.figures import (
    SKIP,
    ProductDifferenceSerializer,
    ReportLinesSerializer,
    TotalsSerializer,
    lines_answer,
)
from licensing.reports.api.reports import SalesReportSerializer, created
from licensing.reports.calculation import differences, totals_of
from licensing.reports.models import ReportDraft
from licensing.reports.policies import SIGN_REPORT_DRAFT
from licensing.reports.preview import Nothing, preview_of
from licensing.terms.api.reasons import ReasonSerializer
from platform_core.access.kernel import can
from platform_core.access.log import log_access
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_IDS = {"licence": "licence"}
_TEXTS = {"state": "state"}


class ReportDraftSerializer(serializers.ModelSerializer[ReportDraft]):
    """A report that was checked and is not signed yet."""

    licence_code = serializers.CharField(source="licence.code")
    programme_id = serializers.UUIDField(source="licence.programme_id")
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    supersedes_id = serializers.UUIDField(allow_null=True)
    report_id = serializers.UUIDField(allow_null=True, help_text="the report that it became")
    names_read = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = ReportDraft
        fields = (
            "id",
            "programme_id",
            "licence_id",
            "licence_code",
            "first_month",
            "last_month",
            "state",
            "kind",
            "file_name",
            "file_size",
            "file_sha256",
            "encoding",
            "line_count",
            "lines_sha256",
            "names_read",
            "is_estimate",
            "supersedes_id",
            "reason",
            "made_at",
            "report_id",
        )


class ReportDraftFiguresSerializer(serializers.Serializer[Any]):
    """What is looked at before a draft is signed: its totals, how they differ, and the statement."""

    totals = TotalsSerializer()
    before_id = serializers.UUIDField(allow_null=True, help_text="the report it is set beside")
    differences = ProductDifferenceSerializer(many=True)
    statement = serializers.CharField(help_text="what is signed")
    may_sign = serializers.BooleanField(help_text="whether your seat has a recorded authority")


class BearingSerializer(serializers.Serializer[Any]):
    """What one product bears in one country under one rate."""

    period = serializers.CharField()
    product = serializers.CharField()
    sold_in = serializers.CharField()
    rate_id = serializers.CharField()
    rate = ReasonSerializer(allow_null=True, help_text="the entry of the terms that applies, in its words")
    units = serializers.IntegerField()
    amount = serializers.CharField(help_text="in major units, exact")
    bears_nothing = serializers.ListField(
        child=serializers.ChoiceField(choices=[each.value for each in Nothing]), help_text="why it bears nothing"
    )


class PreviewReasonSerializer(serializers.Serializer[Any]):
    """Why no royalty can be told."""

    code = serializers.CharField(help_text="too_long, no_terms, no_rate, no_fx, records …")
    value = serializers.CharField(allow_blank=True, help_text="what it is about, such as a currency and month")
    column = serializers.CharField(allow_blank=True, help_text="the column of a line that it is about")
    line = serializers.IntegerField(
        allow_null=True, help_text="the first of the draft's lines that it is about, counted from 1"
    )
    lines = serializers.IntegerField(help_text="how many lines of the draft it is about")


class ReportPreviewSerializer(serializers.Serializer[Any]):
    """What a draft would bear under the terms of today, counting the licensee's own sales alone."""

    is_known = serializers.BooleanField()
    currency = serializers.CharField()
    periods = serializers.ListField(child=serializers.CharField())
    royalty_minor = serializers.IntegerField()
    credit_minor = serializers.IntegerField()
    due_minor = serializers.IntegerField()
    in_group = serializers.BooleanField(help_text="other licensees of its group are not counted")
    rows = BearingSerializer(many=True)
    reasons = PreviewReasonSerializer(many=True)


class _DraftOf(serializers.Serializer[Any]):
    licence_id = serializers.UUIDField()
    period = serializers.CharField(max_length=7, help_text="2025-03, 2025Q1, 2025H1 or 2025")
    supersedes_id = serializers.UUIDField(required=False, allow_null=True, help_text="the report it is to supersede")
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    replaces_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="the open draft of these months, which goes"
    )
    is_estimate = serializers.BooleanField(
        required=False, default=False, help_text="the actual figures are not known yet, and take its place later"
    )


class NewReportDraftSerializer(_DraftOf):
    """A report to be checked, as a file or as nothing sold."""

    file = serializers.FileField(required=False, allow_empty_file=True, help_text="CSV, a workbook or Parquet")
    nothing_sold = serializers.BooleanField(default=False, help_text="true where there is no file")


class TypedLineSerializer(serializers.Serializer[Any]):
    """One line as it was typed; it is checked as if it stood in a file."""

    month = serializers.CharField(max_length=20, allow_blank=True)
    product = serializers.CharField(max_length=200, allow_blank=True)
    made_in = serializers.CharField(max_length=20, allow_blank=True)
    sold_in = serializers.CharField(max_length=20, allow_blank=True)
    units = serializers.CharField(max_length=40, allow_blank=True)
    net_amount = serializers.CharField(max_length=40, allow_blank=True, default="")
    currency = serializers.CharField(max_length=20, allow_blank=True)
    brand_or_customer = serializers.CharField(max_length=300, allow_blank=True, default="")
    model = serializers.CharField(max_length=300, allow_blank=True, default="")
    first_sold_in = serializers.CharField(max_length=20, allow_blank=True, default="")
    exclusion_code = serializers.CharField(max_length=300, allow_blank=True, default="")
    evidence = serializers.CharField(max_length=300, allow_blank=True, default="")


class TypedReportDraftSerializer(_DraftOf):
    """A report to be checked, line by line as typed."""

    lines = TypedLineSerializer(many=True, allow_empty=False)


class ReportSignatureSerializer(serializers.Serializer[Any]):
    """A signature under a draft: of the lines that were looked at."""

    lines_sha256 = serializers.CharField(max_length=64, help_text="of the draft, as it was looked at")


class ReportDraftsView(HouseView):
    """Drafts of reports."""

    orders = {"made": "made_at", "month": "first_month"}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="report_drafts_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(ReportDraftSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the drafts of your organisation, the latest first."""
        rows = filtered(selectors.report_drafts(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, ReportDraftSerializer, default="-made")

    @extend_schema(
        operation_id="report_drafts_make", request=NewReportDraftSerializer, responses={201: ReportDraftSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have a report's file checked and kept. Each wrong line is told; nothing is kept then, and nothing filed."""
        asked = self.read(NewReportDraftSerializer, request)
        return _drafted(self, asked, asked_upload(asked))


class TypedReportDraftsView(HouseView):
    """Drafts of reports that are typed."""

    @extend_schema(
        operation_id="report_drafts_type", request=TypedReportDraftSerializer, responses={201: ReportDraftSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have typed lines checked and kept. A wrong line is told by its number, the first being 2 as in a file."""
        asked = self.read(TypedReportDraftSerializer, request)
        return _drafted(self, asked, services.typed_lines(asked["lines"]))


class ReportDraftView(HouseView):
    """One draft of a report."""

    @extend_schema(operation_id="report_drafts_read", responses=ReportDraftSerializer)
    def get(self, request: Request, draft_id: UUID) -> Response:
        """Read what a draft covers and what was sent."""
        return Response(ReportDraftSerializer(selectors.get_report_draft(draft_id, actor=self.actor)).data)


class ReportDraftFiguresView(HouseView):
    """The figures of a draft."""

    @extend_schema(operation_id="report_drafts_figures", parameters=[LANGUAGE], responses=ReportDraftFiguresSerializer)
    def get(self, request: Request, draft_id: UUID) -> Response:
        """Read a draft's totals, what they differ in from the report before, and what is signed."""
        draft = selectors.get_report_draft(draft_id, actor=self.actor)
        lines = selectors.draft_lines(draft)
        before = selectors.report_before(draft)
        if before is not None:
            log_access("sales_report.viewed", actor=self.actor, subject=before)
        told = {
            "totals": totals_of(lines),
            "before_id": None if before is None else before.pk,
            "differences": [] if before is None else differences(lines, selectors.lines_sold(before)),
            "statement": services.statement_of(
                draft.licence,
                (draft.first_month, draft.last_month),
                asked_language(request),
                nothing_sold=draft.line_count == 0,
                is_estimate=draft.is_estimate,
            ),
            "may_sign": can(self.actor, SIGN_REPORT_DRAFT, draft),
        }
        return Response(ReportDraftFiguresSerializer(told).data)


class ReportDraftLinesView(HouseView):
    """The lines of a draft."""

    @extend_schema(
        operation_id="report_drafts_lines",
        parameters=[SKIP],
        responses=ReportLinesSerializer,
    )
    def get(self, request: Request, draft_id: UUID) -> Response:
        """Read some of a draft's lines, up to 200 at once."""
        draft = selectors.get_report_draft(draft_id, actor=self.actor)
        lines, details = selectors.draft_lines(draft), selectors.draft_details(draft)
        return lines_answer(request, lines, details, count=draft.line_count)


class ReportPreviewView(HouseView):
    """What a draft would bear."""

    @extend_schema(operation_id="report_drafts_preview", responses=ReportPreviewSerializer)
    def get(self, request: Request, draft_id: UUID) -> Response:
        """Work out the royalty of a draft by the engine of the close, with your own sales of the year alone."""
        draft = selectors.get_report_draft(draft_id, actor=self.actor)
        selectors.draft_lines(draft)
        return Response(ReportPreviewSerializer(preview_of(draft, actor=self.actor)).data)


class ReportSignaturesView(HouseView):
    """Signatures under drafts."""

    @extend_schema(
        operation_id="report_drafts_sign",
        parameters=[LANGUAGE],
        request=ReportSignatureSerializer,
        responses={201: SalesReportSerializer},
    )
    @idempotent
    def post(self, request: Request, draft_id: UUID) -> Response:
        """Sign a draft by your seat's recorded authority, which files it."""
        asked = self.read(ReportSignatureSerializer, request)
        report = services.sign_report_draft(
            actor=self.actor, draft_id=draft_id, language=asked_language(request), **asked
        )
        return created(report)


class ReportDraftRemovalView(HouseView):
    """The end of a draft that is not to be signed."""

    @extend_schema(operation_id="report_drafts_discard", request=None, responses=ReportDraftSerializer)
    def post(self, request: Request, draft_id: UUID) -> Response:
        """Discard a draft; its file goes."""
        return Response(ReportDraftSerializer(services.discard_report_draft(actor=self.actor, draft_id=draft_id)).data)


def _drafted(view: HouseView, asked: dict[str, Any], upload: services.Upload | None) -> Response:
    first_month, last_month = asked_months(asked["period"])
    draft = services.draft_sales_report(
        actor=view.actor,
        licence_id=asked["licence_id"],
        first_month=first_month,
        last_month=last_month,
        upload=upload,
        supersedes_id=asked.get("supersedes_id"),
        reason=asked["reason"],
        replaces_id=asked.get("replaces_id"),
        is_estimate=asked["is_estimate"],
    )
    location = f"/api/v1/report-drafts/{draft.pk}"
    return Response(ReportDraftSerializer(draft).data, status=201, headers={"Location": location})
