"""What closes tell the home page: finance what is to be done, members what they were given."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from django.db.models import Q

from licensing.close.calculation import Span, next_span
from licensing.close.hindrances import refused_reports
from licensing.close.lifecycle import IN_HAND, Calculation, RunStatus
from licensing.close.models import CloseRun, Statement
from licensing.close.policies import APPROVE_CLOSE_RUN, CALCULATE_CLOSE_RUN, POST_CLOSE_RUN, START_CLOSE_RUN
from licensing.reports.home import name_of_report
from licensing.reports.models import SalesReport
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Changed, Figure, Severity, Waiting, first_of_each
from platform_core.identity.roles import Purpose, Role

_RUN: Final = CloseRun._meta.label_lower
_STATEMENT: Final = Statement._meta.label_lower
_ALIVE: Final = ~Q(status=RunStatus.CANCELLED)
_STEPS: Final = {RunStatus.DRAFT: "calculate", RunStatus.CALCULATED: "approve", RunStatus.APPROVED: "post"}


def runs_to_settle(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which closes are to be calculated, corrected, approved or posted, and approvers what waits."""
    if not (actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES) or actor.holds(Role.CLOSE_APPROVER)):
        return
    stuck = Q(status=RunStatus.DRAFT) & ~Q(calculation__in=IN_HAND)
    approve = Q(status=RunStatus.CALCULATED, calculation=Calculation.DONE)
    runs = [
        CloseRun.objects.permitted_to(actor, permission)
        .filter(condition)
        .select_related("programme", "calculated_by")
        .order_by("last_month", "pk")
        for permission, condition in (
            (CALCULATE_CLOSE_RUN, stuck),
            (APPROVE_CLOSE_RUN, approve),
            (POST_CLOSE_RUN, Q(status=RunStatus.APPROVED)),
        )
    ]
    for run in first_of_each(runs):
        yield _waiting(run)


def name_of_run(run: CloseRun) -> str:
    """Name a close as lists do: with its number only where it is not the first one of its period."""
    return f"{run.programme.code} {run.period}" + (f" #{run.number}" if run.number > 1 else "")


def _waiting(run: CloseRun) -> Waiting:
    step = _STEPS[RunStatus(run.status)]
    detail: dict[str, object] = {"programme": run.programme.code, "period": run.period, "number": run.number}
    severity, since = Severity.ATTENTION, run.opened_at
    kind = f"close.{step}"
    if step == "calculate":
        if run.calculation in (Calculation.REJECTED, Calculation.FAILED):
            kind, severity = f"close.{run.calculation}", Severity.OVERDUE
        detail |= {"corrects": run.corrects_id is not None, "sent_back_reason": run.sent_back_reason}
    else:
        detail |= {"distributed_minor": run.distributed_minor, "currency": run.currency}
        detail["calculated_by"] = str(run.calculated_by)
        since = run.approved_at or run.calculated_at or run.opened_at
    return Waiting(
        kind=kind,
        subject_type=_RUN,
        subject_id=run.pk,
        title=name_of_run(run),
        detail=detail,
        since=since,
        severity=severity,
        step=step,
    )


def periods_to_close(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which periods are over and have no close yet, going on from the last one of each programme."""
    if not actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        return
    programmes = Programme.objects.permitted_to(actor, START_CLOSE_RUN).order_by()
    runs = CloseRun.objects.visible_to(actor).filter(_ALIVE, programme__in=programmes)
    latest = runs.order_by("programme_id", "-last_month").distinct("programme_id")
    for run in latest.select_related("programme__alliance")[:AT_MOST]:
        programme = run.programme
        span = next_span(Span(run.period, run.first_month, run.last_month))
        if today(actor.clock, programme.alliance.zone) > span.last_day:
            yield Waiting(
                kind="close.start",
                subject_type=Programme._meta.label_lower,
                subject_id=programme.pk,
                title=f"{programme.code} {span.period}",
                detail={"programme": programme.code, "period": span.period},
                due_on=_after(span.last_day),
                step="start",
            )


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def reports_holding_up(actor: Actor) -> Iterator[Waiting]:
    """Tell a licensee which of its own reports a close could not be calculated from: it is to be corrected."""
    if not actor.holds(Role.LICENSEE):
        return
    for refused in refused_reports(actor=actor)[:AT_MOST]:
        yield Waiting(
            kind="report.refused",
            subject_type=SalesReport._meta.label_lower,
            subject_id=refused.report.pk,
            title=name_of_report(refused.report),
            detail={"count": refused.refusal.count, "close_waits": refused.refusal.period},
            severity=Severity.OVERDUE,
            step="correct report",
        )


def held_money(actor: Actor) -> Iterator[Waiting]:
    """Tell a member of what is withheld from it by its last statements."""
    if not _reads_statements(actor):
        return
    for statement in _last_statements(actor):
        if statement.held_minor:
            yield Waiting(
                kind="statement.held",
                subject_type=_STATEMENT,
                subject_id=statement.pk,
                title=f"{statement.run.programme.code} {statement.run.period}",
                detail={"held_minor": statement.held_minor, "currency": statement.run.currency},
                since=statement.run.posted_at,
            )


def new_statements(actor: Actor, since: datetime) -> Iterator[Changed]:
    """Tell a member of statements that became its own since it looked."""
    if not _reads_statements(actor):
        return
    rows = Statement.objects.visible_to(actor).filter(run__posted_at__gt=since).select_related("run__programme")
    for statement in rows.order_by("-run__posted_at", "-pk")[:AT_MOST]:
        run = statement.run
        if run.posted_at is not None:
            values = {
                "programme": run.programme.code,
                "period": run.period,
                "amount_minor": statement.amount_minor,
                "currency": run.currency,
            }
            yield Changed(run.posted_at, "statement.available", _STATEMENT, statement.pk, values)


def name_of_statement(statement: Statement) -> str:
    """Call a statement by its programme and period: whoever reads of it knows whose it is."""
    return f"{statement.run.programme.code} {statement.run.period}"


def last_amounts(actor: Actor) -> Iterator[Figure]:
    """Give finance what was shared out by the last posted close of each programme, and members what they were due."""
    if actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        posted = CloseRun.objects.visible_to(actor).filter(status=RunStatus.POSTED).select_related("programme")
        recent = posted.order_by("programme__code", "programme_id", "-last_month", "-number")[: 10 * AT_MOST]
        for run, before in _pairs(list(recent)):
            yield Figure(
                key="close.distributed",
                value=run.distributed_minor,
                unit=run.currency,
                previous=None if before is None else before.distributed_minor,
                link=f"/closes/{run.pk}",
                values={"programme": run.programme.code, "period": run.period},
            )
    elif _reads_statements(actor):
        rows = list(
            Statement.objects.visible_to(actor)
            .select_related("run__programme")
            .order_by("run__programme__code", "run__programme_id", "membership_id", "-run__last_month", "-run__number")[
                : 10 * AT_MOST
            ]
        )
        of_run = {statement.run_id: statement for statement in rows}
        for run, before in _pairs([statement.run for statement in rows]):
            statement = of_run[run.pk]
            yield Figure(
                key="statement.amount",
                value=statement.amount_minor,
                unit=run.currency,
                previous=None if before is None else of_run[before.pk].amount_minor,
                link=f"/statements/{statement.pk}",
                values={"programme": run.programme.code, "period": run.period},
            )


def _pairs(runs: list[CloseRun]) -> Iterator[tuple[CloseRun, CloseRun | None]]:
    """The last run of each programme with the last one of the period before; runs come latest first."""
    by_programme: dict[object, list[CloseRun]] = {}
    for run in runs:
        known = by_programme.setdefault(run.programme_id, [])
        if not known or known[-1].period != run.period:
            known.append(run)
    for known in list(by_programme.values())[:AT_MOST]:
        yield known[0], known[1] if len(known) > 1 else None


def _last_statements(actor: Actor) -> Iterator[Statement]:
    rows = Statement.objects.visible_to(actor).select_related("run__programme")
    told: set[object] = set()
    for statement in rows.order_by("-run__last_month", "-run__number", "pk")[: 5 * AT_MOST]:
        key = (statement.run.programme_id, statement.membership_id)
        if key not in told:
            told.add(key)
            yield statement


def _reads_statements(actor: Actor) -> bool:
    return actor.holds(Role.MEMBER_FINANCE) or actor.holds(Role.MEMBER_ADMIN)
