"""Finding comparisons of deductions and what came of doubtful ones, as far as the reader may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from licensing.deductions.calculation import Outcome
from licensing.deductions.correcting import charges_less, counting_now
from licensing.deductions.lifecycle import DOUBT_LIFECYCLE
from licensing.deductions.models import ComparedDeduction, ComparedReport, DeductionComparison, DoubtfulDeduction
from licensing.deductions.policies import ACCEPT_DEDUCTION, ANSWER_DOUBT, DEAL_WITH_DOUBT
from licensing.deductions.reading import Claim, ReportFiles
from licensing.reports.models import ReportedMonth, SalesReport
from licensing.reports.selectors import get_sales_report
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission
from platform_core.identity.role_plan import Place, independent_of
from platform_core.problems import Conflict

_ALONG: Final = (
    "report__licence__licensee",
    "report__licence__programme__operating_entity",
    "report__superseded_by",
)
_STEPS: Final[dict[str, Permission]] = {
    "answer": ANSWER_DOUBT,
    "accept": ACCEPT_DEDUCTION,
    "reject": DEAL_WITH_DOUBT,
    "correct": DEAL_WITH_DOUBT,
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a report claims to be of brands."""

    report: SalesReport
    claims: Sequence[Claim]


def claimed_deductions(report_id: UUID, *, actor: Actor) -> Claims:
    """Return what a report that the actor may read claims to be of brands, and under which codes."""
    report = get_sales_report(report_id, actor=actor)
    with ReportFiles() as files:
        return Claims(report, files.claims(report))


def comparisons(*, actor: Actor) -> VisibleQuerySet[DeductionComparison]:
    """List the comparisons the actor may see, each with whether it is out of date.

    It is once a report that it read was superseded, or a brand that had not reported then reported since.
    """
    superseded = ComparedReport.objects.filter(comparison=OuterRef("pk"), report__superseded_by__isnull=False)
    reported_since = ReportedMonth.objects.filter(
        licence__programme=OuterRef("comparison__report__licence__programme"),
        licence__licensee=OuterRef("brand"),
        month__range=(OuterRef("comparison__report__first_month"), OuterRef("comparison__report__last_month")),
        report__is_estimate=False,
        report__filed_at__gt=OuterRef("comparison__made_at"),
    )
    waited = ComparedDeduction.objects.filter(
        Exists(reported_since), comparison=OuterRef("pk"), outcome=Outcome.NOT_REPORTED.value
    )
    rows = DeductionComparison.objects.visible_to(actor).select_related(
        "report__licence__licensee", "report__licence__programme", "made_by"
    )
    annotated: VisibleQuerySet[DeductionComparison] = rows.annotate(  # type: ignore[assignment]  # with one more column
        is_outdated=Exists(superseded) | Exists(waited)
    )
    return annotated


def get_comparison(comparison_id: UUID, *, actor: Actor) -> DeductionComparison:
    """Return one comparison that the actor may see, with whether it is out of date."""
    get_visible(DeductionComparison, comparison_id, actor=actor)
    return comparisons(actor=actor).get(pk=comparison_id)


def compared_deductions(comparison: DeductionComparison, *, actor: Actor) -> list[ComparedDeduction]:
    """Return the deductions of a comparison in their order, each with what came of it."""
    rows = ComparedDeduction.objects.visible_to(actor).filter(comparison=comparison)
    return list(rows.select_related("brand", "doubt").order_by("place"))


def doubtful_count(rows: Iterable[DeductionComparison]) -> dict[UUID, int]:
    """Return how many deductions of each comparison do not agree and were not asked about yet."""
    found: dict[UUID, int] = {row.pk: 0 for row in rows}
    doubtful = ComparedDeduction.objects.filter(comparison__in=found, doubt=None).exclude(outcome=Outcome.AGREES.value)
    counted = doubtful.order_by().values("comparison").annotate(count=Count("pk"))
    return found | dict(counted.values_list("comparison", "count"))


def read_reports(comparison: DeductionComparison, *, actor: Actor) -> list[ComparedReport]:
    """Return the reports a comparison read, with the hashes of what it found there."""
    rows = ComparedReport.objects.visible_to(actor).filter(comparison=comparison)
    return list(rows.select_related("report__licence", "report__superseded_by").order_by("report__licence__code", "pk"))


def doubtful_deductions(*, actor: Actor) -> VisibleQuerySet[DoubtfulDeduction]:
    """List the doubtful deductions the actor may see: finance those of its entity, a licensee its own."""
    return DoubtfulDeduction.objects.visible_to(actor).select_related(*_ALONG)


def get_doubtful_deduction(doubt_id: UUID, *, actor: Actor) -> DoubtfulDeduction:
    """Return one doubtful deduction that the actor may see."""
    return get_visible(DoubtfulDeduction, doubt_id, actor=actor, along=_ALONG)


def doubt_steps(rows: Sequence[DoubtfulDeduction], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return what the actor may do with doubtful deductions as they stand, by deduction.

    Accepting is not offered to whoever asked, nor to somebody tied to the same party. Whether a correction takes a
    second person as well stands in the files of the reports: no list reads these, and the step itself refuses.
    """
    may: dict[Permission, set[UUID]] = {
        permission: set(
            DoubtfulDeduction.objects.permitted_to(actor, permission)
            .filter(pk__in=[row.pk for row in rows])
            .values_list("pk", flat=True)
        )
        for permission in dict.fromkeys(_STEPS.values())
    }
    steps = {
        row.pk: [
            step
            for step in DOUBT_LIFECYCLE.allowed(row.state)  # type: ignore[arg-type]  # a state as the column has it
            if row.pk in may[_STEPS[step]] and _is_timely(step, row)
        ]
        for row in rows
    }
    alone = _no_second([row for row in rows if "accept" in steps[row.pk]], actor=actor)
    return {pk: [step for step in found if step != "accept" or pk not in alone] for pk, found in steps.items()}


def steps_on(doubt: DoubtfulDeduction, *, actor: Actor) -> list[str]:
    """Return what the actor may do with one doubtful deduction, by its reports' files too.

    A correction that charges less is not offered to whoever is no second person.
    """
    steps = doubt_steps([doubt], actor=actor)[doubt.pk]
    if "correct" not in steps or not _no_second([doubt], actor=actor):
        return steps
    with ReportFiles() as files:
        gives_up = _gives_up(doubt, counting_now([doubt])[doubt.pk], files)
    return [step for step in steps if step != "correct" or not gives_up]


def _is_timely(step: str, row: DoubtfulDeduction) -> bool:
    """Say whether a step is for a report that was superseded, or for one that was not."""
    is_superseded = hasattr(row.report, "superseded_by")
    return {"accept": not is_superseded, "correct": is_superseded}.get(step, True)


def _no_second(rows: Iterable[DoubtfulDeduction], *, actor: Actor) -> set[UUID]:
    """Return the deductions beside whose asker the actor is no second person; ties are asked for once for an entity."""
    by_entity: dict[UUID, list[DoubtfulDeduction]] = defaultdict(list)
    for row in rows:
        by_entity[row.report.licence.programme.operating_entity_id].append(row)
    alone: set[UUID] = set()
    for found in by_entity.values():
        place = Place.of(found[0].report.licence.programme.operating_entity)
        others = independent_of(actor, {row.asked_by_id for row in found}, place)
        alone |= {row.pk for row in found if row.asked_by_id not in others}
    return alone


def _gives_up(row: DoubtfulDeduction, later: SalesReport, files: ReportFiles) -> bool:
    try:
        return charges_less(row, later, files)
    except Conflict:
        # Of a file that is lost the step itself tells, to whoever can have it restored.
        return False
