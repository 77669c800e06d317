"""Reading closes, through what the reader may see."""

from collections.abc import Mapping
from datetime import date
from typing import IO, ClassVar, Final
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from licensing.close import storage
from licensing.close.calculation import Span, differences
from licensing.close.lifecycle import CLOSE_RUN_LIFECYCLE, IN_HAND, OPEN, Calculation, RunStatus
from licensing.close.models import (
    Adjustment,
    CloseBucket,
    CloseCell,
    CloseInput,
    CloseRun,
    CloseShare,
    LicenceResult,
    PayeeResult,
    RejectedRow,
    Statement,
)
from licensing.close.policies import (
    APPROVE_CLOSE_RUN,
    CALCULATE_CLOSE_RUN,
    CANCEL_CLOSE_RUN,
    CLOSE_WORK,
    DOWNLOAD_BUNDLE,
    POST_CLOSE_RUN,
    READ_APPROVAL_SHEET,
    READ_CLOSE_RUN,
    READ_EXACT_WORKINGS,
    SEND_BACK_CLOSE_RUN,
)
from licensing.close.totals.selectors import Background
from licensing.reports.models import SalesReport
from licensing.reports.selectors import counting_reports
from licensing.reports.services.filing import months_between
from licensing.terms.models import TermsVersion
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.registry import Permission
from platform_core.problems import NotFound, Problem

STEP_PERMISSIONS: Mapping[str, Permission] = {
    "calculate": CALCULATE_CLOSE_RUN,
    "approve": APPROVE_CLOSE_RUN,
    "send back": SEND_BACK_CLOSE_RUN,
    "post": POST_CLOSE_RUN,
    "cancel": CANCEL_CLOSE_RUN,
}


class FilesMissing(Problem):
    """The files of a run's results are not where they were kept."""

    code: ClassVar[str] = "files_missing"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "The files of this run are missing: restore them from the backup"


FEWEST_GROUPS: Final = 3
"""Of fewer groups of licensees in a run, its own apart, a member is not told whether some reports are estimated."""


def close_runs(*, actor: Actor) -> QuerySet[CloseRun]:
    """Return the runs an actor may see, with what lists show of them."""
    return CloseRun.objects.visible_to(actor).select_related(
        "programme", "terms_version", "asked_by", "calculated_by", "approved_by", "posted_by"
    )


def get_close_run(run_id: UUID, *, actor: Actor, for_change: bool = False) -> CloseRun:
    """Fetch one run the actor may see, locked until the transaction ends if it is fetched for a change."""
    return get_visible(CloseRun, run_id, actor=actor, for_change=for_change)


def approval_sheets(*, actor: Actor) -> QuerySet[CloseRun]:
    """Return the runs whose approval sheet an actor may see: those that wait for a second person, or had one."""
    rows = CloseRun.objects.permitted_to(actor, READ_APPROVAL_SHEET).exclude(results_claim=None)
    return rows.select_related("programme", "terms_version", "calculated_by", "approved_by")


def get_run_to_approve(run_id: UUID, *, actor: Actor, for_change: bool = False) -> CloseRun:
    """Fetch one run whose approval sheet the actor may see, whether or not it sees the run."""
    along = ("programme__operating_entity",)
    return get_visible(CloseRun, run_id, actor=actor, for_change=for_change, along=along, to=READ_APPROVAL_SHEET)


def sees_all_of(run: CloseRun, *, actor: Actor) -> bool:
    """Say whether an actor sees a run, and not its approval sheet only."""
    return can(actor, READ_CLOSE_RUN, run)


def allowed_steps(run: CloseRun, *, actor: Actor) -> list[str]:
    """List the steps that lead on from where a run is, and that the actor may take."""
    steps = [step for step in CLOSE_RUN_LIFECYCLE.allowed(RunStatus(run.status)) if _possible(step, run)]
    return [step for step in steps if can(actor, STEP_PERMISSIONS[step], run)]


def _possible(step: str, run: CloseRun) -> bool:
    match step:
        case "approve":
            return run.calculation == Calculation.DONE
        case "calculate" | "send back":
            return run.calculation not in IN_HAND
    return True


def buckets(run: CloseRun, *, actor: Actor) -> QuerySet[CloseBucket]:
    """Return the royalties of a run, bucket by bucket."""
    return CloseBucket.objects.visible_to(actor).filter(run=run).select_related("licence")


def shares(run: CloseRun, *, actor: Actor) -> QuerySet[CloseShare]:
    """Return who gets what of every bucket of a run."""
    return CloseShare.objects.visible_to(actor).filter(run=run).select_related("bucket__licence", "membership")


def licence_results(run: CloseRun, *, actor: Actor) -> QuerySet[LicenceResult]:
    """Return what each licence owes by a run."""
    return LicenceResult.objects.visible_to(actor).filter(run=run).select_related("licence__licensee")


def payee_results(run: CloseRun, *, actor: Actor) -> QuerySet[PayeeResult]:
    """Return what each payee is due by a run."""
    return PayeeResult.objects.visible_to(actor).filter(run=run).select_related("membership__organisation")


def rejected_rows(run: CloseRun, *, actor: Actor) -> QuerySet[RejectedRow]:
    """Return what in the input kept a run from being calculated, in the order of the files and lines."""
    return RejectedRow.objects.visible_to(actor).filter(run=run)


def adjustments(*, actor: Actor) -> QuerySet[Adjustment]:
    """Return what posted corrections added to the runs they correct."""
    return Adjustment.objects.visible_to(actor).select_related(
        "run__programme", "licence__licensee", "membership__organisation"
    )


def statements(*, actor: Actor) -> QuerySet[Statement]:
    """Return the statements an actor may see: finance all of them, members their own once the run is posted."""
    return Statement.objects.visible_to(actor).select_related("run__programme", "membership__organisation")


def get_statement(statement_id: UUID, *, actor: Actor) -> Statement:
    """Fetch one statement the actor may see."""
    return get_visible(Statement, statement_id, actor=actor)


def open_bundle(run: CloseRun, *, actor: Actor) -> IO[bytes]:
    """Open a zip of the bundle a run's results were calculated from, with the same bytes each time."""
    require(actor, DOWNLOAD_BUNDLE, run)
    while run.results_claim is not None:
        claim = run.results_claim
        packed = _packed(run.pk, claim)
        # A calculation that was loaded meanwhile removes the files of the one before it.
        run.refresh_from_db(fields=["results_claim"])
        if run.results_claim == claim:
            if packed is None:
                raise FilesMissing
            return packed
        if packed is not None:
            packed.close()
    raise NotFound("This run has not been calculated, so it has no bundle yet.")


def _packed(run_id: UUID, claim: UUID) -> IO[bytes] | None:
    try:
        return storage.zip_folder(storage.bundle_folder(run_id, claim))
    except FileNotFoundError:
        return None


def product_totals(statement: Statement, *, actor: Actor) -> list[tuple[str, int]]:
    """Return how a statement came about by product, in micros before the last rounding, for finance.

    Withheld amounts count, credited ones do not: those went to licensees.
    """
    require(actor, READ_EXACT_WORKINGS, statement)
    rows = (
        CloseCell.objects.visible_to(actor)
        .filter(run=statement.run_id, membership=statement.membership_id, kind__in=["member", "held"])
        .values("product")
        .annotate(whole=Sum("micros"))
        .order_by("product")
    )
    return [(str(row["product"]), int(row["whole"])) for row in rows]


def last_posted(programme_id: UUID, period: str, *, actor: Actor) -> CloseRun | None:
    """Return the last closed run of a period: posted, and corrected by no posted one."""
    posted = CloseRun.objects.visible_to(actor).filter(
        programme_id=programme_id, period=period, status=RunStatus.POSTED
    )
    corrected = CloseRun.objects.filter(status=RunStatus.POSTED, corrects__isnull=False).values("corrects")
    return posted.exclude(pk__in=corrected).first()


def open_run(programme_id: UUID, period: str, *, actor: Actor) -> CloseRun | None:
    """Return the run of a period on which work is still to be done."""
    return CloseRun.objects.visible_to(actor).filter(programme_id=programme_id, period=period, status__in=OPEN).first()


def first_counted_month(terms: TermsVersion, span: Span) -> date | None:
    """Return the first month whose sales count for a period: January, or None for all, where a rate never resets."""
    return None if never_resets(terms) else span.january


def never_resets(terms: TermsVersion) -> bool:
    """Whether some rate goes on from year to year."""
    rates = terms.content.get("rates", [])
    return any(isinstance(rate, dict) and rate.get("reset") == "never" for rate in rates)


def inputs_of(run: CloseRun, *, actor: Actor) -> QuerySet[SalesReport]:
    """Return the reports that would go into a run if it were calculated now."""
    span = Span(run.period, run.first_month, run.last_month)
    return counting_reports(
        actor=actor,
        programme_id=run.programme_id,
        first_month=first_counted_month(run.terms_version, span),
        last_month=run.last_month,
    )


def reports_changed(run: CloseRun) -> bool:
    """Whether reports were filed or superseded since a run was calculated."""
    work = Actor.system(CLOSE_WORK)
    used = set(CloseInput.objects.visible_to(work).filter(run=run).values_list("report_id", flat=True))
    now = set(inputs_of(run, actor=work).values_list("pk", flat=True))
    return used != now


def estimates_of(run: CloseRun, *, licence_id: UUID | None = None) -> bool:
    """Whether a run counts an estimate for its period, of one licence or any; the caller answers for who may know."""
    rows = CloseInput.objects.filter(
        run=run,
        report__is_estimate=True,
        report__first_month__lte=run.last_month,
        report__last_month__gte=run.first_month,
    )
    return (rows if licence_id is None else rows.filter(report__licence=licence_id)).exists()


def trues_up(run: CloseRun, *, licence_id: UUID) -> bool:
    """Whether a run puts a licence's actual report in the place of an estimate; the caller answers for who may know."""
    if run.corrects is None or estimates_of(run, licence_id=licence_id):
        return False
    return estimates_of(run.corrects, licence_id=licence_id)


def told_estimates(run: CloseRun, *, reader_id: UUID, background: Background) -> bool | None:
    """Whether a run counts estimates, as far as that tells a reader nothing of one licensee; None where it would.

    Affiliates know of each other: what counts is how many groups there are besides the reader's own, in each month.
    `background`: of the run's programme, looked up once however many of its runs are asked about.
    """
    own, has_estimates = background.own_groups(reader_id), estimates_of(run)
    licences = list(LicenceResult.objects.filter(run=run).order_by().values_list("licence_id", flat=True))
    for month in months_between(run.first_month, run.last_month):
        if len({background.groups.of(licence, f"{month:%Y-%m}") for licence in licences} - own) < FEWEST_GROUPS:
            return None
    return has_estimates


def licence_differences(before: CloseRun, after: CloseRun, *, actor: Actor) -> dict[UUID, tuple[int, ...]]:
    """Return (royalty, credit, due) in minor units to add to one run's amounts, per licence, to come to another's."""

    def amounts(run: CloseRun) -> dict[UUID, tuple[int, ...]]:
        rows = LicenceResult.objects.visible_to(actor).filter(run=run).order_by("position")
        return {row.licence_id: (row.royalty_minor, row.credit_minor, row.due_minor) for row in rows}

    return differences(amounts(before), amounts(after))


def payee_differences(before: CloseRun, after: CloseRun, *, actor: Actor) -> dict[str, tuple[int, ...]]:
    """Return what to add to one run's amounts in minor units, per payee, to come to another's."""

    def amounts(run: CloseRun) -> dict[str, tuple[int, ...]]:
        rows = PayeeResult.objects.visible_to(actor).filter(run=run).order_by("position")
        return {row.payee: (row.amount_minor,) for row in rows}

    return differences(amounts(before), amounts(after))


def rejected_counts(run: CloseRun, *, actor: Actor) -> dict[str, int]:
    """Return how many rows were rejected per code."""
    rows = RejectedRow.objects.visible_to(actor).filter(run=run).order_by("code")
    return {str(row["code"]): int(row["rows"]) for row in rows.values("code").annotate(rows=Count("id"))}
