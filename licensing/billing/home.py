"""What billing tells the home page: finance what is to be billed, chased and decided, licensees how they stand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from licensing.billing.instalments import PartStanding
from licensing.billing.lifecycle import InvoiceState, PlanState, SettlementKind, WriteOffState
from licensing.billing.models import BillingTerms, InstalmentPlan, Invoice, Settlement, WriteOff
from licensing.billing.policies import BILL_CLOSE_RUN, DECIDE_PLAN, DECIDE_WRITE_OFF
from licensing.billing.selectors import aged, billed_elsewhere, by_payment, invoices, parts_of
from licensing.close.home import name_of_run
from licensing.close.lifecycle import RunStatus
from licensing.close.models import Adjustment, CloseRun, LicenceResult
from platform_core.access.actors import Actor
from platform_core.home.registry import AT_MOST, Figure, Severity, Waiting
from platform_core.identity.roles import Purpose, Role

_INVOICE: Final = Invoice._meta.label_lower


def closes_to_bill(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which posted closes are not billed, of programmes that had billing terms when they were posted."""
    if not _bills(actor):
        return
    billed = Invoice.objects.filter(run=OuterRef("pk")).exclude(state=InvoiceState.DISCARDED)
    owed = LicenceResult.objects.filter(run=OuterRef("pk"), due_minor__gt=0)
    differs = Adjustment.objects.filter(run=OuterRef("pk"), side=Adjustment.Side.LICENCE).exclude(amount_minor=0)
    terms = BillingTerms.objects.filter(programme=OuterRef("programme"), from_on__lte=OuterRef("posted_on"))
    runs = (
        CloseRun.objects.permitted_to(actor, BILL_CLOSE_RUN)
        .filter(status=RunStatus.POSTED)
        .annotate(posted_on=TruncDate("posted_at"))
        .filter(Q(Exists(owed), corrects=None) | Q(Exists(differs), corrects__isnull=False), ~Exists(billed))
        .filter(Exists(terms))
        .exclude(billed_elsewhere())
    )
    for run in runs.select_related("programme").order_by("posted_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="close.bill",
            subject_type=CloseRun._meta.label_lower,
            subject_id=run.pk,
            title=name_of_run(run),
            since=run.posted_at,
            step="bill",
        )


def write_offs_to_decide(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which proposals of others to give something up wait for a second person."""
    if not _bills(actor):
        return
    rows = WriteOff.objects.permitted_to(actor, DECIDE_WRITE_OFF).filter(state=WriteOffState.PROPOSED)
    for row in rows.select_related("invoice__series").order_by("proposed_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="write_off.decide",
            subject_type=_INVOICE,
            subject_id=row.invoice_id,
            title=row.invoice.number_text,
            detail={"open_minor": row.amount_minor, "currency": row.invoice.currency},
            since=row.proposed_at,
            step="decide",
        )


def plans_to_decide(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which plans of others to have an invoice paid in parts wait for a second person."""
    if not _bills(actor):
        return
    rows = InstalmentPlan.objects.permitted_to(actor, DECIDE_PLAN).filter(state=PlanState.PROPOSED)
    for row in rows.select_related("invoice__series").order_by("proposed_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="instalment_plan.decide",
            subject_type=_INVOICE,
            subject_id=row.invoice_id,
            title=row.invoice.number_text,
            detail={"open_minor": row.amount_minor, "currency": row.invoice.currency},
            since=row.proposed_at,
            step="decide",
        )


def invoices_overdue(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which invoices are overdue, the earliest first."""
    if not _bills(actor):
        return
    on = timezone.localdate(actor.clock.now())
    rows = by_payment(invoices(actor=actor), "overdue", on=on)
    found = list(rows.select_related("plan").order_by("due_order", "pk")[:AT_MOST])
    parts = parts_of(found, on=on)
    for row in found:
        yield _to_pay(row, parts.get(row.pk), on, of_whom=True)


def _to_pay(invoice: Invoice, parts: Sequence[PartStanding] | None, on: date, *, of_whom: bool) -> Waiting:
    late = invoice.due_order < on
    return Waiting(
        kind="invoice.overdue" if late else "invoice.due",
        subject_type=_INVOICE,
        subject_id=invoice.pk,
        title=f"{invoice.number_text} {invoice.period}" + (f" · {invoice.licence.licensee}" if of_whom else ""),
        detail={"open_minor": _due_first(invoice, parts, on), "currency": invoice.currency},
        due_on=invoice.due_order,
        severity=Severity.OVERDUE if late else Severity.ATTENTION,
    )


def _due_first(invoice: Invoice, parts: Sequence[PartStanding] | None, on: date) -> int:
    """Return what of an invoice is due on its next day: one part, or all where the plan was broken and says so."""
    opened = [each for each in parts or () if each.open_minor]
    due = [each.open_minor for each in opened if each.falls_due_on <= max(invoice.due_order, on)]
    return sum(due) if opened else invoice.open_minor


def own_payments(actor: Actor) -> Iterator[Waiting | Figure]:
    """Tell a licensee which of its invoices are to be paid, and give what is open, overdue and paid by currency."""
    if _bills(actor) or not actor.holds(Role.LICENSEE):
        return
    on = timezone.localdate(actor.clock.now())
    opened = list(by_payment(invoices(actor=actor), "open", on=on).select_related("plan").order_by("due_order", "pk"))
    parts = parts_of(opened, on=on)
    owed = [row for row in opened if row.open_minor > 0]
    for row in owed[:AT_MOST]:
        yield _to_pay(row, parts.get(row.pk), on, of_whom=False)
    if owed:
        yield _next_payment(owed, parts, on)
    for total in aged(opened, parts, on=on)[0]:
        yield Figure(
            key="invoice.open",
            value=total.total_minor,
            unit=total.currency,
            link="/invoices?payment=open",
            values={"overdue_minor": total.overdue_minor, "credit_minor": total.credit_minor},
        )
    yield from _paid(actor, on)


def _next_payment(owed: Sequence[Invoice], parts: Mapping[UUID, Sequence[PartStanding]], on: date) -> Figure:
    """Give what is to be paid next: of all invoices whose next day is the earliest, in the currency of the first."""
    first = owed[0]
    together = [row for row in owed if (row.due_order, row.currency) == (first.due_order, first.currency)]
    return Figure(
        key="invoice.next",
        value=sum(_due_first(row, parts.get(row.pk), on) for row in together),
        unit=first.currency,
        due_on=first.due_order,
        link=f"/invoices/{first.pk}" if len(together) == 1 else "/invoices?payment=open",
    )


def _paid(actor: Actor, on: date) -> Iterator[Figure]:
    """Give what was paid in money this year, beside the year before."""
    paid = Settlement.objects.visible_to(actor).filter(kind=SettlementKind.PAYMENT, on__year__gte=on.year - 1)
    sums = paid.order_by().values("invoice__currency", "on__year").annotate(sum=Sum("amount_minor"))
    by_year = {(str(row["invoice__currency"]), int(row["on__year"])): int(row["sum"]) for row in sums}
    for currency in sorted({currency for currency, _ in by_year}):
        yield Figure(
            key="invoice.paid",
            value=by_year.get((currency, on.year), 0),
            unit=currency,
            previous=by_year.get((currency, on.year - 1)),
            link="/invoices?payment=paid",
            values={"period": str(on.year)},
        )


def _bills(actor: Actor) -> bool:
    return actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES)
