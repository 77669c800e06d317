"""Orders to pay: chosen fees of one office, their workbook, and their receipts filed back."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require, require_each
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits
from platform_core.clock import today
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import READ_DEADLINE
from platform_core.documents.models import Document
from platform_core.identity.models import Organisation
from platform_core.problems import Conflict, NotAllowed, WrongState, invalid
from platform_core.realtime.services import announce
from pools.patents.models import Patent
from pools.upkeep.kinds import ANNUITY
from pools.upkeep.lifecycle import ORDER_LIFECYCLE, OrderState
from pools.upkeep.models import PaymentOrder, PaymentOrderLine
from pools.upkeep.policies import EDIT_PAYMENT_ORDER, PAY_ANNUITY, PAY_PAYMENT_ORDER
from pools.upkeep.selectors import amounts_on, fees_of, get_payment_order, lines_of, receipt_of
from pools.upkeep.services.payments import check_paid_on, currency_of, pay
from pools.upkeep.workbook import Fee, Payer, write_workbook

MOST: Final = 500
"""Fees of one order."""
BY_WORKBOOK: Final = "CN"
"""The office whose batch form the workbook is."""
_OPEN: Final = (OrderState.DRAFT, OrderState.ORDERED)


class OrderEdits(TypedDict, total=False):
    """What may be changed of an order while it is a draft."""

    title: str
    pay_on: date
    payer_name: str
    payer_code: str


@transaction.atomic
def open_payment_order(*, actor: Actor, title: str, pay_on: date, deadline_ids: Collection[UUID]) -> PaymentOrder:
    """Put fees that are open together into an order, as much as each is on the day it is to be paid."""
    if actor.organisation_id is None:
        raise NotAllowed("An order is an organisation's: choose a seat first.")
    deadlines = _chosen(actor, deadline_ids)
    patents = _locked_patents(actor, {row.subject_id for row in deadlines})
    # Read again behind the lock: one may have been paid meanwhile.
    deadlines = list(Deadline.objects.filter(pk__in=deadline_ids).order_by("title", "pk"))
    office, alliance_id = _one_office(patents.values())
    _check_open(actor.organisation_id, deadlines)
    payer = Organisation.objects.get(pk=actor.organisation_id)
    order = PaymentOrder(
        alliance_id=alliance_id,
        organisation=payer,
        title=title.strip(),
        office=office,
        currency=currency_of(next(iter(patents.values()))),
        pay_on=pay_on,
        payer_name=str(payer),
        payer_code=payer.uscc,
        created_at=actor.clock.now(),
        created_by_id=actor.user_id,
    )
    _check(order, actor)
    order.save(force_insert=True)
    lines = [
        PaymentOrderLine(order=order, position=position, patent=patents[row.subject_id], year=int(row.part))
        for position, row in enumerate(deadlines, start=1)
    ]
    _price(order, lines)
    PaymentOrderLine.objects.bulk_create(lines)
    record_event(
        "payment_order.opened",
        actor=actor,
        subject=order,
        changes={"title": (None, order.title), "lines": (None, len(lines)), "pay_on": (None, pay_on)},
    )
    return order


@transaction.atomic
def edit_payment_order(*, actor: Actor, order_id: UUID, **edits: Unpack[OrderEdits]) -> PaymentOrder:
    """Change a draft: its name, payer, or the day it is to be paid, by which its amounts are worked out anew."""
    order = get_payment_order(order_id, actor=actor, for_change=True)
    require(actor, EDIT_PAYMENT_ORDER, order)
    if order.state != OrderState.DRAFT:
        raise WrongState("Only a draft is changed: cancel the order and open another one.")
    changes = apply_edits(order, edits)
    _check(order, actor)
    if changes:
        order.save(update_fields=list(changes))
        if "pay_on" in changes:
            _price_again(order)
        record_event("payment_order.edited", actor=actor, subject=order, changes=changes)
        announce(order)
    return order


@transaction.atomic
def order_payment(*, actor: Actor, order_id: UUID) -> PaymentOrder:
    """Give an order out for payment, as much as each fee is on the day it is to be paid; it stays as it is then."""
    order = get_payment_order(order_id, actor=actor, for_change=True)
    require(actor, EDIT_PAYMENT_ORDER, order)
    state = ORDER_LIFECYCLE.after("order", current=OrderState(order.state))
    _check(order, actor)
    _price_again(order)
    order.state = state
    order.ordered_at, order.ordered_by_id = actor.clock.now(), actor.user_id
    order.save(update_fields=["state", "ordered_at", "ordered_by"])
    record_event("payment_order.ordered", actor=actor, subject=order, changes={"pay_on": (None, order.pay_on)})
    announce(order)
    return order


@transaction.atomic
def cancel_payment_order(*, actor: Actor, order_id: UUID) -> PaymentOrder:
    """Cancel an order of which nothing was paid; its fees are free for another one."""
    order = get_payment_order(order_id, actor=actor, for_change=True)
    require(actor, EDIT_PAYMENT_ORDER, order)
    state = ORDER_LIFECYCLE.after("cancel", current=OrderState(order.state))
    if order.lines.exclude(payment=None).exists():
        raise WrongState("Some of this order was paid already: record what became of the rest.")
    before, order.state = order.state, state
    order.finished_at = actor.clock.now()
    order.save(update_fields=["state", "finished_at"])
    record_event("payment_order.cancelled", actor=actor, subject=order, changes={"state": (before, state)})
    announce(order)
    return order


@transaction.atomic
def pay_order_lines(
    *, actor: Actor, order_id: UUID, line_ids: Collection[UUID], paid_on: date, receipt_id: UUID | None = None
) -> PaymentOrder:
    """Record that lines of an order were paid, with the receipt if it is there; with the last one, the order is."""
    order = get_payment_order(order_id, actor=actor, for_change=True)
    require(actor, PAY_PAYMENT_ORDER, order)
    done = ORDER_LIFECYCLE.after("pay", current=OrderState(order.state))
    checks = Checks()
    check_paid_on(checks=checks, paid_on=paid_on, day=today(actor.clock, order.alliance.zone))
    checks.refuse()
    lines = _lines(actor, order, line_ids)
    receipt = _receipt(actor, order, receipt_id)
    if any(line.payment_id is not None for line in lines):
        raise Conflict("Some of these lines are recorded as paid already.")
    patents = _locked_patents(actor, {line.patent_id for line in lines})
    for line in lines:
        line.payment = pay(
            actor=actor,
            patent=patents[line.patent_id],
            organisation_id=order.organisation_id,
            year=line.year,
            paid_on=paid_on,
            fee_minor=line.fee_minor,
            surcharge_minor=line.surcharge_minor,
            receipt_id=receipt.pk if receipt is not None else None,
        )
    PaymentOrderLine.objects.bulk_update(lines, ["payment"])
    changes: dict[str, tuple[object, object]] = {"lines": (None, len(lines)), "paid_on": (None, paid_on)}
    if not order.lines.filter(payment=None).exists():
        changes["state"] = (order.state, done)
        order.state, order.finished_at = done, actor.clock.now()
        order.save(update_fields=["state", "finished_at"])
    record_event("payment_order.lines_paid", actor=actor, subject=order, changes=changes)
    announce(order)
    return order


@transaction.atomic
def file_receipt(*, actor: Actor, order_id: UUID, document_id: UUID, line_ids: Collection[UUID]) -> PaymentOrder:
    """File a receipt back on what it covers: one may cover many lines of its order."""
    order = get_payment_order(order_id, actor=actor, for_change=True)
    require(actor, PAY_PAYMENT_ORDER, order)
    lines = _lines(actor, order, line_ids)
    receipt = _receipt(actor, order, document_id)
    payments = [line.payment for line in lines if line.payment is not None]
    if len(payments) < len(lines):
        raise WrongState("A receipt is filed for what was paid: record the payment first.")
    for payment in payments:
        payment.receipt = receipt
        payment.save(update_fields=["receipt"])
    record_event(
        "payment_order.receipt_filed",
        actor=actor,
        subject=order,
        changes={"receipt": (None, document_id), "lines": (None, len(lines))},
    )
    announce(order)
    return order


def workbook_of(*, actor: Actor, order: PaymentOrder) -> bytes:
    """Write the workbook of an order that the actor may see, as the Chinese office takes it."""
    if order.office != BY_WORKBOOK:
        raise Conflict("There is a batch form for fees of CN only.")
    fees = [
        Fee(
            application=line.patent.application or line.patent.publication,
            right=line.patent.right,
            year=line.year,
            fee_minor=line.fee_minor,
            surcharge_minor=line.surcharge_minor,
        )
        for line in lines_of(order, actor=actor).order_by("position")
    ]
    return write_workbook(Payer(name=order.payer_name, code=order.payer_code), fees, currency=order.currency)


def _chosen(actor: Actor, ids: Collection[UUID]) -> list[Deadline]:
    if not 1 <= len(ids) <= MOST:
        raise invalid("/deadline_ids", "wrong_number", f"An order has 1 to {MOST} fees.")
    rows = require_each(actor, READ_DEADLINE, Deadline, ids)
    if any(row.kind != ANNUITY.name for row in rows):
        raise invalid("/deadline_ids", "no_fee", "Some of these deadlines are no yearly fees.")
    return rows


def _locked_patents(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Patent]:
    require_each(actor, PAY_ANNUITY, Patent, ids)
    rows = Patent.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {patent.pk: patent for patent in rows}


def _one_office(patents: Collection[Patent]) -> tuple[str, UUID]:
    places = {(patent.country, patent.alliance_id) for patent in patents}
    if len(places) != 1:
        raise invalid("/deadline_ids", "several_offices", "An order is for fees of one office and one alliance.")
    return places.pop()


def _check_open(organisation_id: UUID, deadlines: Sequence[Deadline]) -> None:
    if any(row.state != DeadlineState.OPEN for row in deadlines):
        raise Conflict("Some of these fees are not open any more.")
    wanted = {(row.subject_id, int(row.part)) for row in deadlines}
    # Of the own organisation alone: what a joint owner ordered is nothing to be told.
    ordered = PaymentOrderLine.objects.filter(
        order__organisation=organisation_id,
        order__state__in=_OPEN,
        payment=None,
        patent__in={pk for pk, _ in wanted},
    )
    if wanted & set(ordered.order_by().values_list("patent", "year")):
        raise Conflict("Some of these fees are in another order already.")


def _check(order: PaymentOrder, actor: Actor) -> None:
    checks = Checks()
    checks.text("title", order.title)
    checks.text("payer_name", order.payer_name)
    checks.text("payer_code", order.payer_code, needed=False, longest=40)
    if order.pay_on < today(actor.clock, order.alliance.zone):
        checks.wrong("pay_on", "past", "Choose the day on which it will be paid: today or later.")
    checks.refuse()


def _price_again(order: PaymentOrder) -> None:
    lines = list(order.lines.order_by("position"))
    _price(order, lines)
    PaymentOrderLine.objects.bulk_update(lines, ["fee_minor", "surcharge_minor"])


def _price(order: PaymentOrder, lines: Sequence[PaymentOrderLine]) -> None:
    """Work out what each fee is on the day it is to be paid; one of which that is not known cannot be ordered."""
    fees = fees_of({line.patent_id for line in lines}, order.pay_on)
    for line in lines:
        annuity = amounts_on(fees.get(line.patent_id), line.year, order.pay_on)
        if annuity is None or annuity.total is None or annuity.payable is None:
            raise invalid(
                "/deadline_ids",
                "no_amount",
                f"What {line.patent.publication} costs for year {line.year} on {order.pay_on} is not known.",
            )
        line.fee_minor, line.surcharge_minor = annuity.payable, annuity.surcharge or 0


def _lines(actor: Actor, order: PaymentOrder, ids: Collection[UUID]) -> list[PaymentOrderLine]:
    lines = list(lines_of(order, actor=actor).filter(pk__in=ids).order_by("position"))
    if not lines or len(lines) < len(set(ids)):
        raise invalid("/line_ids", "unknown", "Some of these are no lines of the order.")
    return lines


def _receipt(actor: Actor, order: PaymentOrder, document_id: UUID | None) -> Document | None:
    if document_id is None:
        return None
    receipt = receipt_of(order, document_id, actor=actor)
    if receipt is None:
        raise invalid("/receipt_id", "unknown", "There is no such paper on this order.")
    return receipt
