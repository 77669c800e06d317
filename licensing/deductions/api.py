"""Deductions claimed for licensed brands, beside what these reported, over HTTP."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.deductions import selectors, services
from licensing.deductions.models import ComparedDeduction, ComparedReport, DeductionComparison, DoubtfulDeduction
from licensing.deductions.reading import Claim
from platform_core.access.log import log_access, log_accesses
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.jobs.api import JobSerializer


class ClaimedDeductionSerializer(serializers.Serializer[Claim]):
    """Units of a product and month that a report claims to be of a brand."""

    month = serializers.CharField(help_text="2025-01")
    product = serializers.CharField()
    brand_name = serializers.CharField(source="brand", help_text="as the lines write it")
    code = serializers.CharField(help_text="the exclusion code")
    units = serializers.IntegerField()
    evidence = serializers.ListField(child=serializers.CharField(), help_text="what the lines name, the first five")


class ClaimedDeductionsSerializer(serializers.Serializer[selectors.Claims]):
    """What a report claims to be of brands."""

    report_id = serializers.UUIDField(source="report.pk")
    claims = ClaimedDeductionSerializer(many=True)


class DeductionComparisonSerializer(serializers.ModelSerializer[DeductionComparison]):
    """A comparison as it stands in a list."""

    licence_id = serializers.UUIDField(source="report.licence_id")
    licence_code = serializers.CharField(source="report.licence.code")
    licensee_name = serializers.CharField(source="report.licence.licensee")
    programme_code = serializers.CharField(source="report.licence.programme.code")
    first_month = serializers.DateField(source="report.first_month", format="%Y-%m", help_text="2025-01")
    last_month = serializers.DateField(source="report.last_month", format="%Y-%m", help_text="2025-03")
    made_by_name = serializers.CharField(source="made_by.name")
    is_outdated = serializers.BooleanField(help_text="whether a report it read was superseded or is there only since")
    doubtful_count = serializers.SerializerMethodField(help_text="deductions that do not agree and nobody asked about")

    class Meta:
        model = DeductionComparison
        fields = (
            "id",
            "report_id",
            "licence_id",
            "licence_code",
            "licensee_name",
            "programme_code",
            "first_month",
            "last_month",
            "codes",
            "reason",
            "made_at",
            "made_by_name",
            "is_outdated",
            "doubtful_count",
        )

    def get_doubtful_count(self, comparison: DeductionComparison) -> int:
        """Count what there is still to ask about."""
        counts: dict[UUID, int] = self.context["counts"]
        return counts[comparison.pk]


class ComparedDeductionSerializer(serializers.ModelSerializer[ComparedDeduction]):
    """What a maker claims for a brand and product, beside the brand's figure: for finance alone."""

    brand_known_as = serializers.CharField(source="brand", allow_null=True, help_text="whom the name stands for")
    doubt_id = serializers.UUIDField(source="doubt.pk", default=None, allow_null=True)
    doubt_state = serializers.CharField(source="doubt.state", default=None, allow_null=True)

    class Meta:
        model = ComparedDeduction
        fields = (
            "id",
            "brand_name",
            "brand_known_as",
            "product",
            "evidence",
            "claimed_units",
            "claimed_by_all_units",
            "reported_units",
            "reported_of_maker_units",
            "outcome",
            "basis",
            "doubt_id",
            "doubt_state",
        )


class ComparedReportSerializer(serializers.ModelSerializer[ComparedReport]):
    """A report that a comparison read, with the hashes of what it found there."""

    licence_code = serializers.CharField(source="report.licence.code")
    is_superseded = serializers.SerializerMethodField(help_text="whether another report took its place since")

    class Meta:
        model = ComparedReport
        fields = ("report_id", "licence_code", "lines_sha256", "details_sha256", "is_superseded")

    def get_is_superseded(self, row: ComparedReport) -> bool:
        """Say whether the comparison is out of date by it."""
        return hasattr(row.report, "superseded_by")


class DeductionComparisonDetailSerializer(DeductionComparisonSerializer):
    """A comparison with all that it says."""

    deductions = serializers.SerializerMethodField()
    reports = serializers.SerializerMethodField()

    class Meta(DeductionComparisonSerializer.Meta):
        fields = (  # type: ignore[assignment]  # more of it
            *DeductionComparisonSerializer.Meta.fields,
            "sha256",
            "deductions",
            "reports",
        )

    @extend_schema_field(ComparedDeductionSerializer(many=True))
    def get_deductions(self, comparison: DeductionComparison) -> Any:
        """List what was compared."""
        return ComparedDeductionSerializer(self.context["deductions"], many=True).data

    @extend_schema_field(ComparedReportSerializer(many=True))
    def get_reports(self, comparison: DeductionComparison) -> Any:
        """List what was read."""
        return ComparedReportSerializer(self.context["reports"], many=True).data


class DoubtfulDeductionSerializer(serializers.ModelSerializer[DoubtfulDeduction]):
    """A deduction about which finance asked: what is the licensee's own, and nothing of the brand."""

    licence_id = serializers.UUIDField(source="report.licence_id")
    licence_code = serializers.CharField(source="report.licence.code")
    licensee_name = serializers.CharField(source="report.licence.licensee")
    first_month = serializers.DateField(source="report.first_month", format="%Y-%m", help_text="2025-01")
    last_month = serializers.DateField(source="report.last_month", format="%Y-%m", help_text="2025-03")
    corrected_by_id = serializers.UUIDField(
        source="corrected_by.pk", default=None, allow_null=True, help_text="the report that corrects it"
    )
    is_superseded = serializers.SerializerMethodField(help_text="whether another report took the place of the claim's")
    allowed_steps = serializers.SerializerMethodField(
        help_text="answer, accept, reject, correct; whether a correction takes a second person, no list tells"
    )

    class Meta:
        model = DoubtfulDeduction
        fields = (
            "id",
            "report_id",
            "licence_id",
            "licence_code",
            "licensee_name",
            "first_month",
            "last_month",
            "brand_name",
            "product",
            "claimed_units",
            "request",
            "state",
            "asked_at",
            "answer",
            "answered_at",
            "decision",
            "decided_at",
            "corrected_by_id",
            "is_superseded",
            "allowed_steps",
        )

    def get_is_superseded(self, doubt: DoubtfulDeduction) -> bool:
        """Say whether the lines it is about count no more."""
        return hasattr(doubt.report, "superseded_by")

    def get_allowed_steps(self, doubt: DoubtfulDeduction) -> list[str]:
        """List what can be done."""
        steps: dict[UUID, list[str]] = self.context["steps"]
        return steps[doubt.pk]


class NewDeductionComparisonSerializer(serializers.Serializer[Any]):
    """What is to be compared, and why."""

    report_id = serializers.UUIDField(help_text="the report that claims the deductions")
    codes = serializers.ListField(child=serializers.CharField(max_length=200), min_length=1, max_length=100)
    reason = serializers.CharField(max_length=500)


class NewDoubtSerializer(serializers.Serializer[Any]):
    """What the licensee is asked about a deduction."""

    deduction_id = serializers.UUIDField(help_text="of the comparison")
    request = serializers.CharField(max_length=1000, help_text="what it is to do; it reads this")


class DoubtAnswerSerializer(serializers.Serializer[Any]):
    """What the licensee says of it."""

    answer = serializers.CharField(max_length=1000)


class DoubtDecisionSerializer(serializers.Serializer[Any]):
    """What finance says of it; the licensee reads this."""

    decision = serializers.CharField(max_length=1000)


class ClaimedDeductionsView(HouseView):
    """What one report claims."""

    @extend_schema(operation_id="sales_reports_deductions", responses=ClaimedDeductionsSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Read what a report claims to be of brands, by month, product and exclusion code."""
        claims = selectors.claimed_deductions(report_id, actor=self.actor)
        log_access("sales_report.viewed", actor=self.actor, subject=claims.report)
        return Response(ClaimedDeductionsSerializer(claims).data)


_IDS = {"licence": "report__licence", "programme": "report__licence__programme", "report": "report"}


class DeductionComparisonsView(HouseView):
    """Comparisons of claimed deductions."""

    orders = {"made": "made_at"}

    @extend_schema(
        operation_id="deduction_comparisons_list",
        parameters=parameters_of(ids=_IDS),
        responses=page_of(DeductionComparisonSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the comparisons you may see, the latest first."""
        rows = filtered(selectors.comparisons(actor=self.actor), request, ids=_IDS)
        return self.page(rows, DeductionComparisonSerializer, default="-made", about=_counts)

    @extend_schema(
        operation_id="deduction_comparisons_make",
        request=NewDeductionComparisonSerializer,
        responses={202: JobSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have compared what a report claims to be of brands with what these reported, once and for good.

        The comparison is there under the id of the job once that has succeeded.
        """
        given = self.read(NewDeductionComparisonSerializer, request)
        job = services.request_comparison(actor=self.actor, **given)
        return Response(JobSerializer(job).data, status=202)


class DeductionComparisonView(HouseView):
    """One comparison."""

    @extend_schema(operation_id="deduction_comparisons_read", responses=DeductionComparisonDetailSerializer)
    def get(self, request: Request, comparison_id: UUID) -> Response:
        """Read a comparison, with what it found of each brand and product."""
        return Response(_told(self, comparison_id))


class DeductionDoubtsView(HouseView):
    """Asking about deductions of a comparison."""

    @extend_schema(
        operation_id="deduction_comparisons_ask",
        request=NewDoubtSerializer,
        responses={201: DoubtfulDeductionSerializer},
    )
    @idempotent
    def post(self, request: Request, comparison_id: UUID) -> Response:
        """Tell the licensee that a deduction is doubtful and what to do; it learns nothing of the brand."""
        given = self.read(NewDoubtSerializer, request)
        doubt = services.ask_about_deduction(actor=self.actor, comparison_id=comparison_id, **given)
        return Response(_doubt(self, doubt.pk), status=201)


_DOUBT_IDS = {"licence": "report__licence", "report": "report"}
_TEXTS = {"state": "state"}


class DoubtfulDeductionsView(HouseView):
    """Doubtful deductions."""

    orders = {"asked": "asked_at"}

    @extend_schema(
        operation_id="doubtful_deductions_list",
        parameters=parameters_of(ids=_DOUBT_IDS, texts=_TEXTS),
        responses=page_of(DoubtfulDeductionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the doubtful deductions you may see, the latest first."""
        rows = filtered(selectors.doubtful_deductions(actor=self.actor), request, ids=_DOUBT_IDS, texts=_TEXTS)
        return self.page(rows, DoubtfulDeductionSerializer, default="-asked", about=self._noted)

    def _noted(self, part: Sequence[DoubtfulDeduction]) -> dict[str, Any]:
        name = "doubtful_deduction.exported" if self.exporting else "doubtful_deduction.listed"
        log_accesses(name, actor=self.actor, subjects=part)
        return {"steps": selectors.doubt_steps(part, actor=self.actor)}


class DoubtfulDeductionView(HouseView):
    """One doubtful deduction."""

    @extend_schema(operation_id="doubtful_deductions_read", responses=DoubtfulDeductionSerializer)
    def get(self, request: Request, doubt_id: UUID) -> Response:
        """Read what is asked about a deduction, what was answered, and what came of it."""
        return Response(_doubt(self, doubt_id))


class DoubtAnswerView(HouseView):
    """The licensee's answer."""

    @extend_schema(
        operation_id="doubtful_deductions_answer",
        request=DoubtAnswerSerializer,
        responses=DoubtfulDeductionSerializer,
    )
    @idempotent
    def post(self, request: Request, doubt_id: UUID) -> Response:
        """Answer for the licensee; its evidence is attached as papers."""
        given = self.read(DoubtAnswerSerializer, request)
        services.answer_doubt(actor=self.actor, doubt_id=doubt_id, **given)
        return Response(_doubt(self, doubt_id))


class DoubtAcceptanceView(HouseView):
    """Letting a deduction stand."""

    @extend_schema(
        operation_id="doubtful_deductions_accept",
        request=DoubtDecisionSerializer,
        responses=DoubtfulDeductionSerializer,
    )
    @idempotent
    def post(self, request: Request, doubt_id: UUID) -> Response:
        """Let a deduction stand by its evidence, as the second person; the licensee then reports anew without it."""
        given = self.read(DoubtDecisionSerializer, request)
        services.accept_deduction(actor=self.actor, doubt_id=doubt_id, **given)
        return Response(_doubt(self, doubt_id))


class DoubtRejectionView(HouseView):
    """Saying that a deduction does not stand."""

    @extend_schema(
        operation_id="doubtful_deductions_reject",
        request=DoubtDecisionSerializer,
        responses=DoubtfulDeductionSerializer,
    )
    @idempotent
    def post(self, request: Request, doubt_id: UUID) -> Response:
        """Say that a deduction does not stand: its lines stay billed."""
        given = self.read(DoubtDecisionSerializer, request)
        services.reject_deduction(actor=self.actor, doubt_id=doubt_id, **given)
        return Response(_doubt(self, doubt_id))


class DoubtCorrectionView(HouseView):
    """Noting that another report corrects it."""

    @extend_schema(
        operation_id="doubtful_deductions_correct",
        request=DoubtDecisionSerializer,
        responses=DoubtfulDeductionSerializer,
    )
    @idempotent
    def post(self, request: Request, doubt_id: UUID) -> Response:
        """Note that the report which took the place of the doubtful one corrects it."""
        given = self.read(DoubtDecisionSerializer, request)
        services.note_correction(actor=self.actor, doubt_id=doubt_id, **given)
        return Response(_doubt(self, doubt_id))


def _counts(part: Sequence[DeductionComparison]) -> dict[str, Any]:
    return {"counts": selectors.doubtful_count(part)}


def _told(view: HouseView, comparison_id: UUID) -> Any:
    comparison = selectors.get_comparison(comparison_id, actor=view.actor)
    # Both sides' figures stand there. By the word that any look at a report has: a brand reads who looked at its own,
    # and not what for.
    reports = selectors.read_reports(comparison, actor=view.actor)
    log_accesses("sales_report.viewed", actor=view.actor, subjects=[row.report for row in reports])
    deductions = selectors.compared_deductions(comparison, actor=view.actor)
    context = {"deductions": deductions, "reports": reports, **_counts([comparison])}
    return DeductionComparisonDetailSerializer(comparison, context=context).data


def _doubt(view: HouseView, doubt_id: UUID) -> Any:
    doubt = selectors.get_doubtful_deduction(doubt_id, actor=view.actor)
    log_access("doubtful_deduction.viewed", actor=view.actor, subject=doubt)
    steps = selectors.steps_on(doubt, actor=view.actor)
    return DoubtfulDeductionSerializer(doubt, context={"steps": {doubt.pk: steps}}).data
