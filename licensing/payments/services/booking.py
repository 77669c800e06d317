"""Booking what moved money at the service: once each, whatever order it is told in."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from licensing.billing.lifecycle import InvoiceState, SettlementKind
from licensing.billing.models import Settlement
from licensing.billing.services import NewSettlement, hold_invoices, settle_invoice
from licensing.payments.calculation import Facts, Movement, key_of, movements_of
from licensing.payments.kinds import PAYMENT_FEES, PREPAID, SERVICE_BALANCE
from licensing.payments.lifecycle import MovementKind
from licensing.payments.models import OnlineMovement, OnlinePayment
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import SUSPENSE, AccountKind
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.selectors import balance_of
from platform_core.ledger.services import NewEntry, hold_books, open_account, post_entry
from platform_core.problems import Conflict


def book_movements(*, actor: Actor, payment: OnlinePayment, facts: Facts) -> list[OnlineMovement]:
    """Book what moved money by what the service says, as far as it is not booked yet; the caller holds the payment."""
    booked = set(
        OnlineMovement.objects.filter(payment=payment).values_list("kind", "service_id"),
    )
    new = [each for each in movements_of(facts) if (each.kind, each.service_id) not in booked]
    if not new:
        return []
    # The invoice before the books, as everybody does who settles; and the books before what is paid ahead is looked at,
    # else it would be given back and used for an invoice at once.
    hold_invoices(actor=actor, invoice_ids=[payment.invoice_id])
    hold_books(payment.account.operating_entity_id)
    return [_book(actor, payment, movement) for movement in new]


def _book(actor: Actor, payment: OnlinePayment, movement: Movement) -> OnlineMovement:
    """Book a movement: what comes in waits like any receipt until it is taken for something.

    What goes out is taken back first from what it was taken for.
    """
    settled = prepaid = 0
    settlement: Settlement | None = None
    entry: Entry | None
    waiting = _own_account(actor, payment, SUSPENSE)
    if movement.kind == MovementKind.FEE:
        entry = _post(actor, payment, movement, _own_account(actor, payment, PAYMENT_FEES))
    else:
        comes_in = movement.amount_minor > 0
        entry = _post(actor, payment, movement, waiting) if comes_in else None
        settled, settlement = _settle(actor, payment, movement, waiting)
        prepaid = movement.amount_minor - settled
        if prepaid:
            _post_lines(
                actor,
                payment,
                movement,
                "prepaid",
                [Line(waiting.pk, prepaid), Line(_prepaid_account(actor, payment).pk, -prepaid)],
            )
        entry = entry or _post(actor, payment, movement, waiting)
    made = OnlineMovement.objects.create(
        payment=payment,
        kind=movement.kind,
        service_id=movement.service_id,
        amount_minor=movement.amount_minor,
        settled_minor=settled,
        prepaid_minor=prepaid,
        settlement=settlement,
        entry=entry,
        at=actor.clock.now(),
    )
    record_event(
        "online_payment.booked",
        actor=actor,
        subject=payment,
        changes={"kind": (None, movement.kind), "amount_minor": (None, movement.amount_minor)},
    )
    return made


def _settle(
    actor: Actor, payment: OnlinePayment, movement: Movement, waiting: Account
) -> tuple[int, Settlement | None]:
    """Settle the invoice with what came in, or open it again by what went out; return how much of it that is.

    What came in beyond what is open is the licensee's. What goes out is taken from that first, as far as it is there,
    then from what the payment itself settled: what others paid stays paid.
    """
    invoice = hold_invoices(actor=actor, invoice_ids=[payment.invoice_id])[payment.invoice_id]
    if invoice.state != InvoiceState.ISSUED:
        # Taken back since the payment was begun: there is nothing that it could settle.
        return 0, None
    if movement.amount_minor > 0:
        amount = min(movement.amount_minor, invoice.open_minor)
    else:
        out = -movement.amount_minor - _still_prepaid(actor, payment)
        amount = -min(max(0, out), _still_settled(payment))
    if not amount:
        return 0, None
    asked = NewSettlement(
        key=key_of(movement.kind, movement.service_id),
        kind=SettlementKind.PAYMENT,
        amount_minor=amount,
        on=_today(actor, payment),
        reference=movement.service_id,
    )
    try:
        with transaction.atomic():
            made = settle_invoice(
                actor=actor,
                invoice_id=payment.invoice_id,
                settlement=asked,
                from_account_id=waiting.pk,
                may_go_back=True,
            )
    except Conflict:
        # What its period received was set off elsewhere since: then the licensee owes it on its own account.
        if amount > 0:
            raise
        return 0, None
    return amount, made


def _still_settled(payment: OnlinePayment) -> int:
    """Return what of the invoice a payment has settled, less what it has opened again."""
    return int(OnlineMovement.objects.filter(payment=payment).aggregate(sum=Sum("settled_minor"))["sum"] or 0)


def _still_prepaid(actor: Actor, payment: OnlinePayment) -> int:
    """Return what of a payment was paid ahead and is still there."""
    kept = OnlineMovement.objects.filter(payment=payment).aggregate(sum=Sum("prepaid_minor"))["sum"] or 0
    if kept <= 0:
        return 0
    there = -balance_of(_prepaid_account(actor, payment).pk, actor=actor)
    return max(0, min(int(kept), there))


def _post(actor: Actor, payment: OnlinePayment, movement: Movement, other: Account) -> Entry:
    """Book what moved at the service against another account."""
    balance = _own_account(actor, payment, SERVICE_BALANCE)
    amount = movement.amount_minor
    return _post_lines(actor, payment, movement, "moved", [Line(balance.pk, amount), Line(other.pk, -amount)])


def _post_lines(actor: Actor, payment: OnlinePayment, movement: Movement, what: str, lines: Sequence[Line]) -> Entry:
    return post_entry(
        actor=actor,
        operating_entity_id=payment.account.operating_entity_id,
        entry=NewEntry(
            key=key_of(f"{movement.kind} {what}", movement.service_id),
            name=f"online_payment.{movement.kind}",
            effective_on=_today(actor, payment),
            subject=payment,
            lines=lines,
            memo=movement.service_id,
        ),
    )


def _prepaid_account(actor: Actor, payment: OnlinePayment) -> Account:
    return _account(actor, payment, PREPAID, payment.invoice.licence.licensee_id)


def _own_account(actor: Actor, payment: OnlinePayment, kind: AccountKind) -> Account:
    return _account(actor, payment, kind, payment.account.operating_entity.organisation_id, payment.account.account_id)


def _account(actor: Actor, payment: OnlinePayment, kind: AccountKind, holder_id: UUID, label: str = "") -> Account:
    return open_account(
        actor=actor,
        operating_entity_id=payment.account.operating_entity_id,
        holder_id=holder_id,
        kind=kind.code,
        purpose=Purpose.ROYALTIES,
        currency=payment.currency,
        label=label,
    )


def _today(actor: Actor, payment: OnlinePayment) -> date:
    return today(actor.clock, payment.invoice.licence.programme.alliance.zone)
