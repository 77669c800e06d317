"""What follows when reports change after a period was closed: new runs, and differences instead of edits."""

from datetime import date

from licensing.agreements.models import Charge
from licensing.close.calculation import Span
from licensing.close.lifecycle import RunStatus
from licensing.close.models import Adjustment, CloseBucket, CloseRun, PayeeResult
from licensing.close.policies import CLOSE_WORK
from licensing.close.selectors import licence_differences, never_resets, open_run, payee_differences
from licensing.close.services.opening import lock_programme, open_draft
from licensing.engine.limits import CHARGE
from licensing.reports.models import SalesReport
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.realtime.services import announce


def reopen_after_report(*, actor: Actor, report: SalesReport) -> None:
    """Open corrections of every closed period whose figures a newly filed report changes.

    These are the periods of the same calendar year that hold one of its months or come after it, since bands, caps
    and minimums count from January; and all later ones under terms with a rate that never resets.
    """
    # Not on behalf of whoever filed: that a programme's closes are reopened is nothing of one licensee's.
    work = Actor.system(CLOSE_WORK, clock=actor.clock, request_id=actor.request_id)
    programme = lock_programme(report.licence.programme_id)
    closed = (
        CloseRun.objects.visible_to(work)
        .filter(programme=programme, status=RunStatus.POSTED, last_month__gte=report.first_month)
        .select_related("terms_version")
        .order_by("last_month", "number")
    )
    latest = {run.period: run for run in closed}
    for run in latest.values():
        if touches(report.first_month, report.last_month, run):
            open_correction(work, run, prompted_by=report)


def reopen_after_membership(*, actor: Actor, membership: Membership, shares_from_on: date) -> None:
    """Open corrections of the closed periods in which a member's shares now are others: all that end on or after a day.

    What was paid is never edited; the member's step stands, and the differences become adjustments.
    """
    work = Actor.system(CLOSE_WORK, clock=actor.clock, request_id=actor.request_id)
    programmes = Programme.objects.filter(pool__members__membership=membership).order_by("pk")
    for programme_id in list(programmes.values_list("pk", flat=True).distinct()):
        programme = lock_programme(programme_id)
        closed = (
            CloseRun.objects.visible_to(work)
            .filter(programme=programme, status=RunStatus.POSTED, last_month__gte=shares_from_on.replace(day=1))
            .select_related("terms_version")
            .order_by("last_month", "number")
        )
        for run in {run.period: run for run in closed}.values():
            open_correction(work, run, prompted_by=None)


def reopen_after_charge(*, actor: Actor, charge: Charge) -> None:
    """Open a correction of the closed period that has billed a charge which counts no more."""
    work = Actor.system(CLOSE_WORK, clock=actor.clock, request_id=actor.request_id)
    programme = lock_programme(charge.licence.programme_id)
    closed = CloseRun.objects.visible_to(work).filter(
        programme=programme, status=RunStatus.POSTED, first_month__lte=charge.month, last_month__gte=charge.month
    )
    run = closed.select_related("terms_version").order_by("number").last()
    # One that was raised after the close was calculated was never billed; a run that is open looks for itself.
    billed = CloseBucket.objects.filter(run=run, licence=charge.licence_id, product=f"{CHARGE}{charge.kind}")
    if run is not None and billed.filter(month=f"{charge.month:%Y-%m}", currency=charge.currency).exists():
        open_correction(work, run, prompted_by=None)


def touches(first_month: date, last_month: date, run: CloseRun) -> bool:
    """Whether sales from the first to the last month count for a closed run's period."""
    if first_month > run.last_month:
        return False
    return last_month.year >= run.first_month.year or never_resets(run.terms_version)


def open_correction(work: Actor, closed: CloseRun, *, prompted_by: SalesReport | None) -> CloseRun | None:
    """Open a draft that corrects a closed run of a locked programme, unless a run of its period is open already.

    An open one takes the new figures in when it is calculated next; approving it before that is refused. Nobody has
    asked for the calculation yet, so that whoever does is the first of the two persons.
    """
    if open_run(closed.programme_id, closed.period, actor=work) is not None:
        return None
    run = open_draft(
        actor=work,
        programme=closed.programme,
        span=Span(closed.period, closed.first_month, closed.last_month),
        corrects=closed,
        opened_by_id=None,
        prompted_by=prompted_by,
    )
    record_event("close_run.reopened", actor=work, subject=run, changes={"corrects": (None, closed)})
    announce(run)
    return run


def record_adjustments(run: CloseRun) -> list[Adjustment]:
    """Write down what a correction that is being posted adds to the run it corrects, by licence and by payee."""
    if run.corrects is None:
        return []
    work = Actor.system(CLOSE_WORK)
    owed = licence_differences(run.corrects, run, actor=work)
    due = payee_differences(run.corrects, run, actor=work)
    results = PayeeResult.objects.visible_to(work).filter(run__in=[run, run.corrects])
    members = dict(results.values_list("payee", "membership_id"))
    rows = [
        Adjustment(
            run=run,
            position=position,
            side=Adjustment.Side.LICENCE,
            licence_id=licence_id,
            royalty_minor=royalty,
            credit_minor=credit,
            amount_minor=amount,
        )
        for position, (licence_id, (royalty, credit, amount)) in enumerate(owed.items(), start=1)
    ]
    rows += [
        Adjustment(
            run=run,
            position=position,
            side=Adjustment.Side.PAYEE,
            payee=payee,
            membership_id=members[payee],
            amount_minor=amount,
        )
        for position, (payee, (amount,)) in enumerate(due.items(), start=len(rows) + 1)
    ]
    return Adjustment.objects.bulk_create(rows)
