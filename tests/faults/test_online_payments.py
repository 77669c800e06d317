"""Each fault at each step of a payment: money lost 0, doubled 0; events in any order; books equal in the end."""

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings

from licensing.billing.selectors import account_paid_from
from licensing.billing.services import take_settlement_back
from licensing.payments import gateway
from licensing.payments.calculation import refusal_of
from licensing.payments.gateway import Gateway, ServiceRefused
from licensing.payments.lifecycle import PaymentState, RefundState
from licensing.payments.models import OnlineMovement, OnlinePayment, OnlineRefund, ServiceEvent
from licensing.payments.selectors import payment_steps
from licensing.payments.services import (
    ask_about_payment,
    change_stripe_keys,
    decide_refund,
    end_online_payment,
    hear_event,
    propose_refund,
    start_online_payment,
    use_prepaid,
    work_on_payment,
)
from platform_core.ids import new_id
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.billing import balances, pay
from tests.factories.royalties import SmallWorld
from tests.faults.shop import Shop, open_shop, serving
from tests.small_worlds import Filed
from tests.stripe_server import Fault
from tests.stripe_server.server import KEY, SECRET

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

STEPS = {
    "open": "POST checkout/sessions",
    "page": "GET checkout/sessions/ID",
    "look": "GET payment_intents/ID",
    "refunds": "GET refunds",
    "disputes": "GET disputes",
    "give back": "POST refunds",
}


@pytest.fixture
def shop(world: SmallWorld, filed: Filed, settings: Settings) -> Iterator[Shop]:
    with serving(settings) as service:
        yield open_shop(world, service)


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


def test_what_is_paid_twice_is_the_licensees_and_can_be_given_back(shop: Shop) -> None:
    invoice = shop.invoices[0]
    payment = shop.start(42400, invoice)
    shop.work()
    pay(shop.world, invoice, 42000)
    intent = shop.pays(payment)
    shop.deliver()
    shop.work()
    invoice.refresh_from_db()
    assert invoice.open_minor == 0
    [received] = OnlineMovement.objects.filter(kind="received")
    assert (received.settled_minor, received.prepaid_minor) == (400, 42000)
    assert balances(shop.world)["prepaid"] == -42000
    shop.give_back(payment, 42000)
    shop.work()
    assert shop.service.held(intent) == 400
    assert "prepaid" not in balances(shop.world)
    invoice.refresh_from_db()
    assert invoice.open_minor == 0


def test_what_is_given_back_opens_no_more_than_the_payment_itself_settled(
    world: SmallWorld, filed: Filed, settings: Settings
) -> None:
    with serving(settings) as service:
        shop = open_shop(world, service, periods=("2025Q1", "2025Q2"))
        invoice, following = (each for each in shop.invoices if each.licence.code == "L1")
        payment = shop.start(42400, invoice)
        shop.work()
        pay(world, invoice, 42000)
        shop.pays(payment)
        shop.deliver()
        shop.work()
        # 4.00 settled it, 420.00 were paid ahead, and settled the next one since.
        use_prepaid(actor=shop.acting("calculator"), invoice_id=following.pk, amount_minor=42000, key=new_id())
        shop.give_back(payment, 42400)
        shop.work()
        for each in (invoice, following):
            each.refresh_from_db()
        # What the bank brought stays; the rest the licensee owes on its own account.
        assert (invoice.open_minor, following.open_minor) == (400, 63600 - 42000)
        assert balances(shop.world)["prepaid"] == 42000


def test_what_a_bank_takes_back_opens_the_invoice_and_what_it_returns_settles_it(shop: Shop) -> None:
    payment = shop.start(42400, shop.invoices[0])
    shop.work()
    intent = shop.pays(payment)
    shop.deliver()
    shop.work()
    dispute = shop.service.dispute(intent)
    shop.deliver()
    shop.work()
    shop.invoices[0].refresh_from_db()
    assert (shop.invoices[0].open_minor, shop.booked(payment)) == (42400, 0)
    shop.service.win_dispute(dispute)
    shop.deliver()
    shop.work()
    shop.invoices[0].refresh_from_db()
    assert (shop.invoices[0].open_minor, shop.booked(payment)) == (0, 42400)
    assert balances(shop.world)["payment_fees"] == 1302 + 1500
    refund = shop.service.refund_there(intent, 400)
    shop.deliver()
    shop.work()
    shop.service.refund_fails(refund)
    shop.deliver()
    shop.work()
    shop.invoices[0].refresh_from_db()
    assert (shop.invoices[0].open_minor, shop.booked(payment)) == (0, 42400)
    assert OnlineRefund.objects.get().state == RefundState.FAILED


def test_what_a_bank_took_back_is_not_given_back_once_more(shop: Shop) -> None:
    payment = shop.start(1000)
    shop.work()
    intent = shop.pays(payment)
    shop.deliver()
    shop.work()
    dispute = shop.service.dispute(intent)
    shop.deliver()
    shop.work()
    with pytest.raises(InvalidInput):
        shop.give_back(payment, 1)
    assert not OnlineRefund.objects.exists()
    shop.service.win_dispute(dispute)
    shop.deliver()
    shop.work()
    shop.give_back(payment, 1000)
    shop.work()
    assert (shop.booked(payment), shop.service.held(intent)) == (0, 0)


def test_a_dispute_told_in_the_accounts_own_currency_takes_what_the_payer_paid(shop: Shop) -> None:
    payment = shop.start(1000)
    shop.work()
    intent = shop.pays(payment)
    dispute = shop.service.dispute(intent)
    # The account keeps dollars: 10.00 yuan are 1.40 of them.
    shop.service.disputes[dispute]["balance_transactions"] = [{"amount": -140, "fee": 1500, "currency": "usd"}]
    shop.deliver()
    shop.work()
    assert shop.booked(payment) == 0
    assert not OnlineMovement.objects.filter(kind="fee", service_id=dispute).exists()


def test_what_strangers_write_beside_a_refund_holds_nothing_up(shop: Shop) -> None:
    payment = shop.start(1000)
    shop.work()
    intent = shop.pays(payment)
    refund = shop.service.refund_there(intent, 300)
    shop.service.refunds[refund]["metadata"] = {"lianchi_refund": "'; DROP TABLE"}
    shop.deliver()
    shop.work()
    assert shop.booked(payment) == 700
    assert OnlineRefund.objects.get().made_there


def test_what_was_paid_online_is_taken_back_by_a_refund_alone(shop: Shop) -> None:
    payment = shop.start(1000, shop.invoices[0])
    shop.work()
    shop.pays(payment)
    shop.deliver()
    shop.work()
    settlement = OnlineMovement.objects.get(kind="received").settlement
    assert settlement is not None
    with pytest.raises(Conflict, match="give it back by a refund"):
        take_settlement_back(
            actor=shop.acting("calculator"),
            settlement_id=settlement.pk,
            key=new_id(),
            on=settlement.on,
            reason="no",
            to_account_id=account_paid_from(settlement),
        )
    shop.invoices[0].refresh_from_db()
    assert shop.invoices[0].open_minor == 42400 - 1000


def test_the_invoice_is_held_before_the_books_as_everybody_does_who_settles(shop: Shop) -> None:
    payment = shop.start(1000)
    shop.work()
    shop.pays(payment)
    shop.deliver()
    asked: list[str] = []

    def noted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'FROM "billing_invoice"' in sql and " FOR " in sql:
            asked.append("invoice")
        if "ledger of" in sql:
            asked.append("books")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted):
        shop.work()
    assert asked.index("invoice") < asked.index("books")
    assert shop.booked(payment) == 1000


def test_giving_back_takes_two_people_and_no_more_than_there_is(shop: Shop) -> None:
    payment = shop.start(1000)
    shop.work()
    with pytest.raises(Exception, match="Only what was paid"):
        propose_refund(actor=shop.acting("calculator"), payment_id=payment.pk, amount_minor=1, reason="x")
    shop.pays(payment)
    shop.deliver()
    shop.work()
    refund = propose_refund(actor=shop.acting("calculator"), payment_id=payment.pk, amount_minor=600, reason="x")
    with pytest.raises(NotAllowed):
        decide_refund(actor=shop.acting("calculator"), refund_id=refund.pk, approve=True)
    with pytest.raises(InvalidInput):
        propose_refund(actor=shop.acting("calculator"), payment_id=payment.pk, amount_minor=401, reason="x")
    decide_refund(actor=shop.acting("approver"), refund_id=refund.pk, approve=False)
    shop.work()
    assert shop.service.refunds == {}


def test_a_page_that_nobody_pays_on_closes_after_a_day_and_holds_nothing_up(shop: Shop) -> None:
    payment = shop.start(42400, shop.invoices[0])
    shop.work()
    payment.refresh_from_db()
    # A bad card leaves the page open, and says so.
    shop.service.decline(payment.session_id)
    shop.deliver()
    shop.work()
    payment.refresh_from_db()
    assert (payment.state, payment.message) == (PaymentState.OPEN, "Your card was declined.")
    assert payment.service_id == shop.service.sessions[payment.session_id]["payment_intent"]
    shop.clock.move(timedelta(hours=25))
    work_on_payment(payment_id=payment.pk, clock=shop.clock)
    payment.refresh_from_db()
    assert (payment.state, payment.due_at) == (PaymentState.CANCELLED, None)
    again = shop.start(42400, shop.invoices[0])
    shop.work()
    shop.pays(again)
    shop.deliver()
    for each in (payment, again):
        work_on_payment(payment_id=each.pk, clock=shop.clock)
    shop.invoices[0].refresh_from_db()
    payment.refresh_from_db()
    assert (shop.invoices[0].open_minor, payment.state) == (0, PaymentState.CANCELLED)


def test_a_payment_is_ended_by_its_payer_unless_somebody_was_faster(shop: Shop) -> None:
    payment = shop.start(1000, shop.invoices[0])
    shop.work()
    with pytest.raises(NotFound):
        end_online_payment(actor=shop.acting("L2"), payment_id=payment.pk)
    assert payment_steps(OnlinePayment.objects.get(pk=payment.pk), actor=shop.acting("L1")) == ["pay", "end"]
    assert payment_steps(OnlinePayment.objects.get(pk=payment.pk), actor=shop.acting("calculator")) == ["end"]
    end_online_payment(actor=shop.acting("L1"), payment_id=payment.pk)
    end_online_payment(actor=shop.acting("L1"), payment_id=payment.pk)
    assert payment_steps(OnlinePayment.objects.get(pk=payment.pk), actor=shop.acting("L1")) == []
    shop.service.fault("POST checkout/sessions/ID/expire", Fault.ERROR_AFTER)
    shop.work()
    payment.refresh_from_db()
    assert (payment.state, shop.service.sessions[payment.session_id]["status"]) == (PaymentState.CANCELLED, "expired")
    with pytest.raises(WrongState):
        end_online_payment(actor=shop.acting("L1"), payment_id=payment.pk)

    # Asked to end while somebody pays: what was paid stays paid.
    second = shop.start(1000, shop.invoices[0])
    shop.work()
    end_online_payment(actor=shop.acting("calculator"), payment_id=second.pk)
    shop.pays(second)
    shop.work()
    second.refresh_from_db()
    assert (second.state, shop.booked(second)) == (PaymentState.SUCCEEDED, 1000)

    # One that the service never heard of ends at once, and it never does.
    asked = len(shop.service.requests)
    third = end_online_payment(actor=shop.acting("L1"), payment_id=shop.start(1000, shop.invoices[0]).pk)
    shop.work()
    assert (third.state, len(shop.service.requests)) == (PaymentState.CANCELLED, asked)


def test_a_payer_who_comes_back_has_the_service_asked_at_once(shop: Shop) -> None:
    payment = shop.start(1000, shop.invoices[0])
    shop.work()
    shop.pays(payment)
    payment.refresh_from_db()
    assert payment.due_at is not None
    assert payment.due_at > shop.clock.now() + timedelta(minutes=2)
    with pytest.raises(NotFound):
        ask_about_payment(actor=shop.acting("L2"), payment_id=payment.pk)
    ask_about_payment(actor=shop.acting("L1"), payment_id=payment.pk)
    work_on_payment(payment_id=payment.pk, clock=shop.clock)
    assert shop.booked(payment) == 1000


def test_what_the_service_does_not_take_is_not_offered_there(shop: Shop) -> None:
    invoice = shop.invoices[0]
    told = [
        refusal_of(amount, currency)
        for amount, currency in (
            (99_999_999, "CNY"), (100_000_000, "CNY"), (49, "USD"), (50, "USD"), (12_345, "KWD"), (12_340, "KWD"),
            # Counted in hundredths there.
            (1_000_000, "ISK"), (999_999, "ISK"),
        )
    ]  # fmt: skip
    assert told == [None, "too_much", "too_little", None, "steps", None, "too_much", None]
    with pytest.raises(InvalidInput):
        shop.start(42401, invoice)


def test_keys_are_changed_and_what_was_signed_with_the_ones_before_is_taken_for_a_while(shop: Shop) -> None:
    finance = shop.acting("calculator")
    paid = {"id": "evt_1", "object": "event", "type": "x", "livemode": False, "data": {"object": {}}}

    def hear(secret: str, number: int) -> None:
        body, signature = shop.service.signed({**paid, "id": f"evt_{number}"}, secret=secret)
        hear_event(stripe_account_id=shop.account.pk, body=body, signature=signature, clock=shop.clock)

    def change(**given: Any) -> None:
        keys = {"secret_key": KEY, "webhook_secret": "whsec_second", **given}
        change_stripe_keys(actor=finance, stripe_account_id=shop.account.pk, **keys)

    with pytest.raises(InvalidInput):
        change(secret_key="sk_live_real")
    with pytest.raises(InvalidInput):
        change(both_for_hours=73)
    with pytest.raises(NotFound):
        change_stripe_keys(
            actor=shop.acting("L1"), stripe_account_id=shop.account.pk, secret_key=KEY, webhook_secret="whsec_second"
        )
    hear(SECRET, 1)
    change(both_for_hours=2)
    hear(SECRET, 2)
    hear("whsec_second", 3)
    shop.clock.move(timedelta(hours=2))
    with pytest.raises(ServiceRefused):
        hear(SECRET, 4)
    hear("whsec_second", 5)
    # What got into wrong hands counts no more from the first moment.
    change(webhook_secret="whsec_third", both_for_hours=0)
    with pytest.raises(ServiceRefused):
        hear("whsec_second", 6)
    hear("whsec_third", 7)
    assert ServiceEvent.objects.count() == 5


def test_one_payment_of_an_invoice_is_under_way_at_a_time(shop: Shop) -> None:
    shop.start(1000, shop.invoices[0])
    with pytest.raises(Conflict):
        shop.start(1000, shop.invoices[0])
    with pytest.raises(NotFound):
        start_online_payment(actor=shop.acting("L2"), invoice_id=shop.invoices[0].pk)


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
