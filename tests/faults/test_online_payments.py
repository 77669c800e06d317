"""Each fault at each step of a payment: money lost 0, doubled 0; events in any order; books equal in the end."""

import itertools
import sys
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from licensing.payments import gateway
from licensing.payments.gateway import Gateway, ServiceRefused
from licensing.payments.lifecycle import PaymentState, RefundState
from licensing.payments.models import OnlinePayment, OnlineRefund, ServiceEvent
from licensing.payments.services import (
    hear_event,
    work_on_payment,
)
from platform_core.ids import new_id
from tests.factories.billing import balances
from tests.faults.shop import Shop
from tests.stripe_server import Fault

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

STEPS = {
    "open": "POST checkout/sessions",
    "page": "GET checkout/sessions/ID",
    "look": "GET payment_intents/ID",
    "refunds": "GET refunds",
    "disputes": "GET disputes",
    "give back": "POST refunds",
}


def test_a_payment_settles_its_invoice_and_is_booked_with_its_fee(shop: Shop) -> None:
    payment = shop.start(42400, shop.invoices[0])
    assert (payment.state, payment.service_id) == (PaymentState.INTENDED, "")
    shop.work()
    payment.refresh_from_db()
    [session] = shop.service.sessions.values()
    assert (payment.state, payment.session_id, payment.service_id) == (PaymentState.OPEN, session["id"], "")
    assert payment.page_url == session["url"] == f"{shop.service.address}/pay/{session['id']}"
    asked = shop.service.requests[0].params
    assert asked["metadata"]["lianchi_payment"] == asked["payment_intent_data"]["metadata"]["lianchi_payment"]
    assert (session["metadata"]["lianchi_payment"], session["amount_total"]) == (str(payment.pk), 42400)
    back = f"{django_settings.PUBLIC_URL}/invoices/{payment.invoice_id}/pay"
    assert (session["cancel_url"], session["success_url"]) == (back, f"{back}?payment={payment.pk}")
    shop.pays(payment)
    shop.deliver()
    shop.work()
    payment.refresh_from_db()
    shop.invoices[0].refresh_from_db()
    assert (payment.state, shop.invoices[0].open_minor) == (PaymentState.SUCCEEDED, 0)
    # 3 % and 0.30 stay with the service.
    assert balances(shop.world) == {
        "service_balance": 41098,
        "payment_fees": 1302,
        "receivable": 275600,
        "billed": -260000,
        "collected": -40000,
        "output_vat": -18000,
    }


@dataclass(frozen=True)
class Came:
    """What came of a payment of 10.00, of which 4.00 are given back, with a fault at one step."""

    payment: OnlinePayment
    refund: OnlineRefund
    intent: str
    """The service's id of what the payer paid."""
    opened: int
    """How many were opened at the service for it."""
    refunds: int
    """How often something was given back there."""


def one_payment(shop: Shop, step: str, fault: Fault) -> Came:
    opened, refunds = len(shop.service.sessions), len(shop.service.refunds)
    route = STEPS[step]
    payment = shop.start(1000)
    if step == "open":
        shop.service.fault(route, fault)
    shop.work()
    intent = shop.pays(payment)
    if step in ("page", "look", "refunds", "disputes"):
        shop.service.fault(route, fault, times=2)
    shop.deliver()
    shop.work()
    refund = shop.give_back(payment, 400)
    if step == "give back":
        shop.service.fault(route, fault)
    shop.work()
    shop.deliver()
    shop.work()
    payment.refresh_from_db()
    refund.refresh_from_db()
    assert shop.service.faults == []
    return Came(payment, refund, intent, len(shop.service.sessions) - opened, len(shop.service.refunds) - refunds)


def test_the_fault_matrix(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    faults = [fault for fault in Fault if fault is not Fault.NONE]
    table: dict[tuple[str, Fault], tuple[int, int]] = {}
    for step, fault in itertools.product(STEPS, faults):
        came = one_payment(shop, step, fault)
        states = (came.payment.state, came.refund.state)
        assert states == (PaymentState.SUCCEEDED, RefundState.SUCCEEDED), (step, fault)
        assert (came.opened, came.refunds) == (1, 1), (step, fault)
        difference = shop.booked(came.payment) - shop.service.held(came.intent)
        table[step, fault] = (max(0, -difference), max(0, difference))
    with capsys.disabled():
        sys.stdout.write("\n")
        sys.stdout.write("lost/doubled " + " ".join(fault.value.ljust(12) for fault in faults) + "\n")
        for step in STEPS:
            told = ("{}/{}".format(*table[step, fault]).ljust(12) for fault in faults)
            sys.stdout.write(f"{step:<12} {' '.join(told)}\n")
    assert set(table.values()) == {(0, 0)}
    # Of each payment one was opened, and that one was paid.
    paid = [each for each in shop.service.intents.values() if each["status"] == "succeeded"]
    assert len(paid) == len(table) == OnlinePayment.objects.count()
    assert shop.at_the_service() == sum(shop.service.held(each["id"]) for each in paid) == 600 * len(table)


LOST = (Fault.DROP_AFTER, Fault.CUT_AFTER, Fault.ERROR_AFTER)
"""Faults by which the service did what was asked, and nobody here heard of it."""


@pytest.mark.parametrize("fault", LOST)
def test_a_key_of_chance_would_double_money_and_the_matrix_would_see_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(gateway, "_key", lambda record_id, number: str(new_id()))

    opening = one_payment(shop, "open", fault)
    assert (opening.opened, opening.refunds) == (2, 1)
    # Whoever has both in front of him pays both: the service holds twice what is owed, and the books know of one.
    twin = shop.service.pay(
        next(
            pk
            for pk, each in shop.service.sessions.items()
            if each["metadata"]["lianchi_payment"] == str(opening.payment.pk) and each["status"] == "open"
        )
    )
    assert (shop.service.held(opening.intent), shop.service.held(twin), shop.booked(opening.payment)) == (
        600,
        1000,
        600,
    )

    giving = one_payment(shop, "give back", fault)
    assert (giving.opened, giving.refunds) == (1, 2)
    assert giving.refund.amount_minor == 400
    # 8.00 left, where two people said 4.00.
    assert shop.service.held(giving.intent) == 1000 - 2 * 400


@pytest.mark.parametrize("fault", LOST)
def test_with_our_own_keys_the_same_steps_double_nothing(shop: Shop, fault: Fault) -> None:
    for step in ("open", "give back"):
        came = one_payment(shop, step, fault)
        assert (came.opened, came.refunds, shop.service.held(came.intent)) == (1, 1, 600)


def test_events_are_heard_once_in_any_order_and_only_if_they_are_truly_ours(shop: Shop) -> None:
    payment = shop.start(1000)
    shop.work()
    intent = shop.pays(payment)
    shop.service.refund_there(intent, 300)
    paid, completed, refunded = shop.service.events
    for event in (refunded, paid, completed, paid, refunded):
        shop.hear(event)
    shop.work()
    assert ServiceEvent.objects.count() == 3
    assert shop.booked(payment) == 700
    [there] = OnlineRefund.objects.all()
    assert (there.made_there, there.amount_minor, there.state) == (True, 300, RefundState.SUCCEEDED)

    body, _ = shop.service.signed(paid)
    _, forged = shop.service.signed(paid, secret="whsec_of_somebody_else")
    for signature in (forged, "t=1,v1=00", ""):
        with pytest.raises(ServiceRefused):
            hear_event(stripe_account_id=shop.account.pk, body=body, signature=signature, clock=shop.clock)
    old_body, old = shop.service.signed(paid, at=1)
    with pytest.raises(ServiceRefused):
        hear_event(stripe_account_id=shop.account.pk, body=old_body, signature=old, clock=shop.clock)
    # An account that is not there answers like a wrong signature: strangers ask.
    with pytest.raises(ServiceRefused):
        hear_event(stripe_account_id=payment.pk, body=body, signature=forged, clock=shop.clock)
    # Of another account, or of real money: kept, and nothing is asked.
    asked = len(shop.service.requests)
    foreign: tuple[dict[str, Any], ...] = ({"account": "acct_other"}, {"livemode": True})
    for number, changes in enumerate(foreign):
        shop.hear({**paid, "id": f"evt_foreign_{number}", **changes})
    shop.work()
    assert ServiceEvent.objects.filter(payment=None, service_id__startswith="evt_foreign").count() == 2
    assert len(shop.service.requests) == asked


def test_what_no_event_told_is_found_all_the_same(shop: Shop) -> None:
    payment = shop.start(1000)
    shop.work()
    shop.pays(payment)
    due = OnlinePayment.objects.get(pk=payment.pk).due_at
    assert due is not None
    shop.clock.set(due)
    work_on_payment(payment_id=payment.pk, clock=shop.clock)
    assert shop.booked(payment) == 1000


def test_what_is_told_while_the_service_is_asked_is_asked_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = shop.start(1000)
    shop.work()
    asks = Gateway.facts

    def overtaken(gateway: Gateway, asked: OnlinePayment) -> object:
        answer = asks(gateway, asked)
        monkeypatch.setattr(Gateway, "facts", asks)
        shop.service.pay(asked.session_id)
        shop.deliver()
        return answer

    monkeypatch.setattr(Gateway, "facts", overtaken)
    due = OnlinePayment.objects.get(pk=payment.pk).due_at
    assert due is not None
    shop.clock.set(due)
    work_on_payment(payment_id=payment.pk, clock=shop.clock)
    assert shop.booked(payment) == 0
    work_on_payment(payment_id=payment.pk, clock=shop.clock)
    assert shop.booked(payment) == 1000


def test_keys_that_were_forgotten_open_nothing_twice(shop: Shop) -> None:
    payment = shop.start(1000)
    shop.service.fault(STEPS["open"], Fault.DROP_AFTER)
    work_on_payment(payment_id=payment.pk, clock=shop.clock)
    shop.service.forget_keys()
    shop.clock.move(timedelta(hours=30))
    work_on_payment(payment_id=payment.pk, clock=shop.clock)
    payment.refresh_from_db()
    assert list(shop.service.sessions) == [payment.session_id]


def test_nobody_is_called_inside_a_transaction(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[bool] = []
    asks = Gateway._ask

    def watched(gateway: Gateway, call: object) -> object:
        inside.append(connection.in_atomic_block)
        return asks(gateway, call)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(Gateway, "_ask", watched)
    payment = shop.start(1000)
    shop.work()
    shop.pays(payment)
    shop.deliver()
    shop.work()
    shop.give_back(payment, 100)
    shop.work()
    assert len(inside) > 5
    assert not any(inside)
