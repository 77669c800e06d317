"""A close beside the one before it, over HTTP. Every reading is logged."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.close import selectors
from licensing.close.api.runs import represent
from licensing.close.api.serializers import ApprovalSheetRowSerializer, PersonSerializer
from licensing.close.comparison import Comparison, Row, basis_of, compare_runs
from licensing.close.explanation import NO_COUNTRY
from licensing.close.models import CloseRun
from licensing.close.own_comparison import compare_statements, previous_statement
from licensing.close.reasons import ORDER
from licensing.close.sheet import approval_sheet, rejects_on_sheet
from platform_core.access.actors import Actor
from platform_core.access.log import log_access
from platform_core.api.etags import etag_of
from platform_core.api.views import HouseView, resolve
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from platform_core.problems import invalid


class DifferenceReasonSerializer(serializers.Serializer[Any]):
    """A reason of a difference, and how much of it is due to it."""

    key = serializers.ChoiceField(choices=list(ORDER))
    amount_minor = serializers.IntegerField()


class ComparisonRowSerializer(serializers.Serializer[Any]):
    """What something came to now and last; the reasons add up to the difference exactly, if there is a close before."""

    key = serializers.CharField()
    kind = serializers.CharField(help_text="of a payee: member, fee, reserve or undistributed")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    this_minor = serializers.IntegerField()
    last_minor = serializers.IntegerField()
    difference_minor = serializers.IntegerField()
    reasons = DifferenceReasonSerializer(many=True)


class ComparedRunSerializer(serializers.Serializer[Any]):
    """One of the two runs."""

    id = serializers.UUIDField()
    period = serializers.CharField()
    number = serializers.IntegerField()
    status = serializers.CharField()
    terms_number = serializers.IntegerField()
    distributed_minor = serializers.IntegerField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """A close beside the one before it."""

    run = ComparedRunSerializer()
    against = ComparedRunSerializer(
        allow_null=True,
        help_text="null: the reader sees none to compare with; last is 0 then, without reasons",
    )
    currency = serializers.CharField()
    total = ComparisonRowSerializer()
    payees = ComparisonRowSerializer(many=True, help_text="what is withheld counts with the member's own")
    pools = ComparisonRowSerializer(many=True)
    products = ComparisonRowSerializer(many=True)
    countries = ComparisonRowSerializer(many=True, help_text="of sale; - for minimums and charges")
    facts = serializers.DictField(
        help_text="what changed: what the terms ask of licensees (`terms_changed`), allocation or fee "
        "(`allocation_changed`), and members, licences and patents, counted"
    )


_ROW: Final = {
    "key": "M1",
    "kind": "member",
    "name_zh": "曜熙显示科技有限公司",
    "name_en": "Yaoxi Display",
    "this_minor": 270000,
    "last_minor": 250000,
    "difference_minor": 20000,
    "reasons": [{"key": "volume", "amount_minor": 25000}, {"key": "patents", "amount_minor": -5000}],
}
_TOTAL: Final = {**_ROW, "key": "", "kind": "", "name_zh": "", "name_en": ""}
_EXAMPLE: Final = {
    "run": {
        "id": "019aa000-0000-7000-8000-000000000001",
        "period": "2026Q3",
        "number": 1,
        "status": "calculated",
        "terms_number": 2,
        "distributed_minor": 270000,
    },
    "against": {
        "id": "019aa000-0000-7000-8000-000000000003",
        "period": "2026Q2",
        "number": 2,
        "status": "posted",
        "terms_number": 2,
        "distributed_minor": 250000,
    },
    "currency": "CNY",
    "total": _TOTAL,
    "payees": [_ROW],
    "pools": [{**_TOTAL, "key": "terminal"}],
    "products": [{**_TOTAL, "key": "tv"}],
    "countries": [{**_TOTAL, "key": "CN"}],
    "facts": {
        "terms_changed": False,
        "allocation_changed": False,
        "licences_new": 1,
        "licences_ended": 0,
        "members_new": [],
        "members_left": [],
        "members_held": [],
        "patents_new": 3,
        "patents_ended": 5,
    },
}


class ComparisonView(HouseView):
    """A close beside the one before it."""

    @extend_schema(
        operation_id="close_runs_comparison",
        parameters=[
            OpenApiParameter(
                "against",
                OpenApiTypes.UUID,
                description="another close of the programme; the last posted one of the period before by default",
            )
        ],
        responses=ComparisonSerializer,
        examples=[OpenApiExample("Against the period before", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """Compare a close, payee by payee and country by country, and say why each amount changed."""
        run = selectors.get_close_run(run_id, actor=self.actor)
        comparison = compare_runs(run, _against(request, run, self.actor), actor=self.actor)
        log_access("close_run.comparison_viewed", actor=self.actor, subject=run)
        return Response(ComparisonSerializer(document_of(comparison)).data)


class CheckSerializer(serializers.Serializer[Any]):
    """One thing that must hold before a close is approved."""

    key = serializers.CharField(help_text="a key for the words, such as invoices_add_up")
    passed = serializers.BooleanField()
    values = serializers.DictField()


class SheetTotalsSerializer(serializers.Serializer[Any]):
    """What a close comes to, in minor units."""

    line_count = serializers.IntegerField()
    bucket_count = serializers.IntegerField()
    royalty_minor = serializers.IntegerField()
    credit_minor = serializers.IntegerField()
    due_minor = serializers.IntegerField()
    distributed_minor = serializers.IntegerField()


class SheetSerializer(serializers.Serializer[Any]):
    """What the second person looks at before approving a close."""

    run = ApprovalSheetRowSerializer()
    totals = SheetTotalsSerializer()
    checks = CheckSerializer(many=True)
    rejected = serializers.DictField(help_text="rows rejected by the last calculation, per code")
    comparison = ComparisonSerializer()
    results_sha256 = serializers.CharField()
    calculated_by = PersonSerializer(allow_null=True)
    approved_by = PersonSerializer(allow_null=True)
    allowed_steps = serializers.ListField(child=serializers.CharField())


class SheetView(HouseView):
    """The approval sheet of a close."""

    @extend_schema(operation_id="close_runs_sheet", responses=SheetSerializer)
    def get(self, request: Request, run_id: UUID) -> Response:
        """Read what there is to look at before approving a close: totals, checks, differences, rejects.

        Its ETag is the version of the close that approving it, or sending it back, starts from.
        """
        run = selectors.get_run_to_approve(run_id, actor=self.actor)
        sheet = approval_sheet(run, actor=self.actor)
        log_access("close_run.sheet_viewed", actor=self.actor, subject=run)
        document = {
            "run": run,
            "totals": run,
            "checks": [{"key": each.key, "passed": each.passed, "values": each.values} for each in sheet.checks],
            "rejected": rejects_on_sheet(run, actor=self.actor),
            "comparison": document_of(sheet.comparison),
            "results_sha256": run.results_sha256,
            "calculated_by": run.calculated_by,
            "approved_by": run.approved_by,
            "allowed_steps": selectors.allowed_steps(run, actor=self.actor),
        }
        answer = Response(SheetSerializer(document).data)
        answer["ETag"] = etag_of(represent(run, actor=self.actor))
        # The tag is the run's: checks and comparison may come out anew while it stays, so nothing in between keeps it.
        answer["Cache-Control"] = "private, no-store"
        return answer


class ProgressSerializer(serializers.Serializer[Any]):
    """How far the calculation of a close is."""

    calculation = serializers.CharField()
    job_id = serializers.UUIDField(allow_null=True)
    stage = serializers.CharField(help_text="what is being done now")
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 while it is not known")
    seconds_left = serializers.IntegerField(allow_null=True, help_text="going by the speed so far; null: not known")
    may_cancel = serializers.BooleanField()


class ProgressView(HouseView):
    """The progress of a calculation."""

    @extend_schema(operation_id="close_runs_progress", responses=ProgressSerializer)
    def get(self, request: Request, run_id: UUID) -> Response:
        """Read how far a calculation is; listen to `jobs.job:<job_id>` to hear when it has moved."""
        run = selectors.get_close_run(run_id, actor=self.actor)
        job = Job.objects.visible_to(self.actor).filter(pk=run.job_id).first() if run.job_id else None
        document = {
            "calculation": run.calculation,
            "job_id": run.job_id,
            "stage": job.message if job else "",
            "done": job.done if job else 0,
            "total": job.total if job else 0,
            "seconds_left": _seconds_left(job, self.actor) if job else None,
            "may_cancel": "cancel" in selectors.allowed_steps(run, actor=self.actor),
        }
        return Response(ProgressSerializer(document).data)


def _seconds_left(job: Job, actor: Actor) -> int | None:
    if job.state != JobState.RUNNING or not job.started_at or not (0 < job.done <= job.total):
        return None
    elapsed = (actor.clock.now() - job.started_at).total_seconds()
    return max(0, round(elapsed * (job.total - job.done) / job.done))


class StatementFactsSerializer(serializers.Serializer[Any]):
    """What changed of what a member may know."""

    terms_changed = serializers.BooleanField(
        allow_null=True, help_text="rates, limits, minimums, basis, fee or allocation; not only the version's number"
    )
    families_this = serializers.IntegerField()
    families_last = serializers.IntegerField(allow_null=True)
    pool_families_this = serializers.IntegerField()
    pool_families_last = serializers.IntegerField(allow_null=True)
    patents_new = serializers.ListField(child=serializers.CharField(), help_text="own ones that began to count")
    patents_ended = serializers.ListField(child=serializers.CharField(), help_text="own ones that ceased to count")


class StatementReasonSerializer(serializers.Serializer[Any]):
    """A part of a statement's difference."""

    key = serializers.ChoiceField(choices=["earned", "held"])
    amount_minor = serializers.IntegerField()


class StatementComparisonSerializer(serializers.Serializer[Any]):
    """A statement beside the one of the period before, as far as its reader may know why they differ."""

    statement_id = serializers.UUIDField()
    against_id = serializers.UUIDField(allow_null=True)
    period = serializers.CharField()
    against_period = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    this_minor = serializers.IntegerField()
    last_minor = serializers.IntegerField()
    difference_minor = serializers.IntegerField()
    reasons = StatementReasonSerializer(many=True, help_text="they add up to the difference")
    facts = StatementFactsSerializer()


class StatementComparisonView(HouseView):
    """A statement beside the one of the period before."""

    @extend_schema(operation_id="statements_comparison", responses=StatementComparisonSerializer)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Compare a statement with that of the period before: what was earned, withheld, and which patents counted."""
        statement = selectors.get_statement(statement_id, actor=self.actor)
        document = compare_statements(statement, previous_statement(statement, actor=self.actor))
        log_access("statement.comparison_viewed", actor=self.actor, subject=statement)
        return Response(StatementComparisonSerializer(document).data)


def _against(request: Request, run: CloseRun, actor: Actor) -> CloseRun | None:
    asked = request.query_params.get("against")
    if not asked:
        return basis_of(run, actor=actor)
    try:
        other = resolve(CloseRun, UUID(asked), actor=actor, pointer="/against")
    except ValueError:
        raise invalid("/against", "bad_id", "This is not an id.") from None
    if other.programme_id != run.programme_id or other.results_claim is None:
        raise invalid("/against", "not_comparable", "Name a calculated close of the same programme.")
    return other


def document_of(comparison: Comparison) -> Mapping[str, Any]:
    """Return a comparison as it is answered."""
    run, against = comparison.run, comparison.against
    return {
        "run": _run(run),
        "against": None if against is None else _run(against),
        "currency": run.currency,
        "total": _row(comparison.total),
        "payees": [_row(row) for row in comparison.payees],
        "pools": [{**_row(comparison.total), "key": run.programme.pool.code}],
        "products": [_row(row) for row in comparison.products],
        "countries": [{**_row(row), "key": row.key or NO_COUNTRY} for row in comparison.countries],
        "facts": comparison.facts,
    }


def _run(run: CloseRun) -> Mapping[str, Any]:
    return {
        "id": run.pk,
        "period": run.period,
        "number": run.number,
        "status": run.status,
        "terms_number": run.terms_version.number,
        "distributed_minor": run.distributed_minor,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "kind": row.kind,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "this_minor": row.this_minor,
        "last_minor": row.last_minor,
        "difference_minor": row.difference_minor,
        "reasons": [{"key": key, "amount_minor": row.reasons[key]} for key in ORDER if key in row.reasons],
    }
