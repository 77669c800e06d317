"""What distributions tell the home page: finance what is to be done, members what they were given."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from django.db.models import Q

from licensing.close.lifecycle import IN_HAND, Calculation
from licensing.distribution.lifecycle import STATED, DistributionStatus, MemberInvoiceState, ObjectionState
from licensing.distribution.models import (
    Conversion,
    DistributionItem,
    DistributionRun,
    MemberInvoice,
    Objection,
    Withholding,
)
from licensing.distribution.policies import (
    ANSWER_OBJECTION,
    APPROVE_DISTRIBUTION,
    CALCULATE_DISTRIBUTION,
    DECIDE_MEMBER_INVOICE,
    DECIDE_WAIVER,
    RECORD_MEMBER_INVOICE,
    RELEASE_DISTRIBUTION,
    REVIEW_DISTRIBUTION,
)
from platform_core.access.actors import Actor
from platform_core.access.registry import Permission
from platform_core.home.registry import AT_MOST, Changed, Severity, Waiting, first_of_each
from platform_core.identity.roles import Purpose, Role

_RUN: Final = DistributionRun._meta.label_lower
_ITEM: Final = DistributionItem._meta.label_lower
_STEPS: Final = {
    DistributionStatus.DRAFT: "calculate",
    DistributionStatus.CALCULATED: "review",
    DistributionStatus.REVIEWED: "approve",
    DistributionStatus.APPROVED: "release",
}


def runs_to_settle(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which distributions are to be calculated, reviewed, approved or released."""
    if not (actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES) or actor.holds(Role.CLOSE_APPROVER)):
        return
    done = Q(calculation=Calculation.DONE)
    runs = [
        DistributionRun.objects.permitted_to(actor, permission)
        .filter(condition, status=status)
        .select_related("programme", "calculated_by")
        .order_by("opened_at", "pk")
        for status, permission, condition in (
            (DistributionStatus.DRAFT, CALCULATE_DISTRIBUTION, ~Q(calculation__in=IN_HAND)),
            (DistributionStatus.CALCULATED, REVIEW_DISTRIBUTION, done & ~Q(periods=[])),
            (DistributionStatus.REVIEWED, APPROVE_DISTRIBUTION, done),
            (DistributionStatus.APPROVED, RELEASE_DISTRIBUTION, Q()),
        )
    ]
    for run in first_of_each(runs):
        yield _waiting(run)


def _waiting(run: DistributionRun) -> Waiting:
    step = _STEPS[DistributionStatus(run.status)]
    detail: dict[str, object] = {"programme": run.programme.code, "number": run.number}
    severity, kind, since = Severity.ATTENTION, f"distribution.{step}", run.opened_at
    if step == "calculate":
        if run.calculation == Calculation.FAILED:
            kind, severity = "distribution.failed", Severity.OVERDUE
        detail["sent_back_reason"] = run.sent_back_reason
    else:
        detail |= {"total_minor": run.total_minor, "currency": run.currency}
        detail["calculated_by"] = str(run.calculated_by)
        since = run.approved_at or run.reviewed_at or run.calculated_at or run.opened_at
    return Waiting(
        kind=kind,
        subject_type=_RUN,
        subject_id=run.pk,
        title=f"{run.programme.code} {run.number}",
        detail=detail,
        since=since,
        severity=severity,
        step=step,
    )


def objections_to_answer(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which members' objections wait for an answer."""
    if not actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        return
    waiting = Objection.objects.permitted_to(actor, ANSWER_OBJECTION).filter(state=ObjectionState.RAISED)
    rows = waiting.select_related("item__run__programme", "item__membership__organisation")
    for objection in rows.order_by("raised_at", "pk")[:AT_MOST]:
        run = objection.item.run
        yield Waiting(
            kind="objection.answer",
            subject_type=Objection._meta.label_lower,
            subject_id=objection.pk,
            title=name_of_objection(objection),
            detail={
                "programme": run.programme.code,
                "number": run.number,
                "member": str(objection.item.membership.organisation) if objection.item.membership else "",
            },
            since=objection.raised_at,
            severity=Severity.ATTENTION,
            step="answer",
        )


def member_invoices_to_give(actor: Actor) -> Iterator[Waiting]:
    """Tell a member for which shares it has to give a tax invoice before it is paid."""
    if not (actor.holds(Role.MEMBER_FINANCE) or actor.holds(Role.MEMBER_ADMIN)):
        return
    yield from _member_invoices(
        actor, RECORD_MEMBER_INVOICE, (MemberInvoiceState.AWAITED, MemberInvoiceState.SENT_BACK), "record"
    )


def member_invoices_to_check(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which tax invoices of members wait to be accepted or sent back."""
    if not actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        return
    yield from _member_invoices(actor, DECIDE_MEMBER_INVOICE, (MemberInvoiceState.RECORDED,), "accept")


def waivers_to_decide(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which shares somebody else of it wants paid without a tax invoice."""
    if not actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        return
    yield from _member_invoices(actor, DECIDE_WAIVER, (MemberInvoiceState.WAIVING,), "waive")


def _member_invoices(
    actor: Actor, permission: Permission, states: Collection[MemberInvoiceState], step: str
) -> Iterator[Waiting]:
    rows = MemberInvoice.objects.permitted_to(actor, permission).filter(state__in=states)
    for invoice in rows.select_related("item__run__programme", "membership__organisation").order_by("asked_at", "pk")[
        :AT_MOST
    ]:
        run = invoice.item.run
        is_back = invoice.state == MemberInvoiceState.SENT_BACK
        yield Waiting(
            kind=f"member_invoice.{step}",
            subject_type=MemberInvoice._meta.label_lower,
            subject_id=invoice.pk,
            title=name_of_member_invoice(invoice),
            detail={
                "programme": run.programme.code,
                "number": run.number,
                "member": str(invoice.membership.organisation),
                "amount_minor": invoice.amount_minor,
                "currency": run.currency,
                "reason": invoice.reason or invoice.waiver_reason,
            },
            since=invoice.waiver_asked_at or (invoice.recorded_at if step == "accept" else None) or invoice.asked_at,
            severity=Severity.OVERDUE if is_back else Severity.ATTENTION,
            step=step,
        )


def new_statements(actor: Actor, since: datetime) -> Iterator[Changed]:
    """Tell a member of distributions that gave it something since it looked."""
    if not (actor.holds(Role.MEMBER_FINANCE) or actor.holds(Role.MEMBER_ADMIN)):
        return
    rows = DistributionItem.objects.visible_to(actor).filter(run__status__in=STATED, run__released_at__gt=since)
    for item in rows.select_related("run__programme").order_by("-run__released_at", "-pk")[:AT_MOST]:
        run = item.run
        if run.released_at is not None:
            values = {
                "programme": run.programme.code,
                "number": run.number,
                "amount_minor": item.amount_minor,
                "currency": run.currency,
            }
            yield Changed(run.released_at, "distribution.stated", _ITEM, item.pk, values)


def name_of_statement(item: DistributionItem) -> str:
    """Call a statement by its programme and the number of the distribution: whoever reads of it knows whose it is."""
    return f"{item.run.programme.code} {item.run.number}"


def name_of_member_invoice(invoice: MemberInvoice | Withholding | Conversion) -> str:
    """Call a member's tax invoice, or what is withheld of its share, by the distribution it is for."""
    return name_of_statement(invoice.item)


def name_of_objection(objection: Objection) -> str:
    """Call an objection by the distribution it is to."""
    return name_of_statement(objection.item)
