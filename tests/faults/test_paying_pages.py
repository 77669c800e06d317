"""Pages on which one pays, what may be under way at a time, and the keys to an account."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from stripe import WebhookSignature

from licensing.payments.calculation import refusal_of
from licensing.payments.gateway import ServiceRefused
from licensing.payments.lifecycle import PaymentState
from licensing.payments.models import OnlinePayment, ServiceEvent
from licensing.payments.selectors import AccountStanding, payment_options, payment_steps, stripe_account_standings
from licensing.payments.services import (
    ask_about_payment,
    change_stripe_keys,
    close_stripe_account,
    connect_stripe_account,
    end_online_payment,
    hear_event,
    start_online_payment,
    work_on_payment,
)
from platform_core.audit.models import AuditEvent
from platform_core.problems import Conflict, InvalidInput, NotFound, WrongState
from tests.faults.shop import Shop
from tests.stripe_server import Fault
from tests.stripe_server.server import KEY, SECRET

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


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


def test_parts_that_are_under_way_never_come_to_more_than_what_is_open(shop: Shop) -> None:
    invoice = shop.invoices[0]
    shop.start(1000, invoice)
    with pytest.raises(InvalidInput):
        shop.start(41401, invoice)
    # Whoever writes: the sum is the database's rule as well.
    with pytest.raises(IntegrityError, match="more would be under way"):
        OnlinePayment.objects.create(
            account=shop.account, invoice=invoice, amount_minor=41401, currency="CNY", started_at=shop.clock.now()
        )
    rest = start_online_payment(actor=shop.acting(invoice.licence.code), invoice_id=invoice.pk)
    assert rest.amount_minor == 41400
    with pytest.raises(Conflict, match="under way"):
        start_online_payment(actor=shop.acting(invoice.licence.code), invoice_id=invoice.pk)
    with pytest.raises(NotFound):
        start_online_payment(actor=shop.acting("L2"), invoice_id=invoice.pk)
    options = payment_options(invoice.pk, actor=shop.acting("L1"))
    assert (options.payable_minor, options.is_online) == (0, False)
    assert [each.amount_minor for each in options.under_way] == [1000, 41400]
    # One that ends leaves its amount to be paid.
    end_online_payment(actor=shop.acting("L1"), payment_id=rest.pk)
    assert payment_options(invoice.pk, actor=shop.acting("L1")).payable_minor == 41400


def test_each_part_that_is_paid_online_settles_no_more_than_itself(shop: Shop) -> None:
    invoice = shop.invoices[0]
    parts = [shop.start(1000, invoice), shop.start(2000, invoice)]
    shop.work()
    for part in parts:
        shop.pays(part)
    shop.deliver()
    shop.work()
    invoice.refresh_from_db()
    assert [shop.booked(part) for part in parts] == [1000, 2000]
    assert invoice.open_minor == 42400 - 3000


def test_an_account_tells_what_it_heard_last_and_what_failed(shop: Shop) -> None:
    def standing() -> AccountStanding:
        return stripe_account_standings([shop.account], actor=finance)[shop.account.pk]

    finance = shop.acting("calculator")
    assert (standing().last_event_at, standing().under_way) == (None, 0)
    payment = shop.start(1000)
    # The key was rolled at the service, and not here.
    shop.service.key = "sk_test_rolled_there_and_not_here"
    work_on_payment(payment_id=payment.pk, clock=shop.clock)
    shop.account.refresh_from_db()
    assert (shop.account.failed_at, shop.account.failure) == (shop.clock.now(), "Invalid API Key provided.")
    # Something with a wrong signature is noted once a minute at most, and is no event.
    stray = {"id": "evt_1", "object": "event", "type": "x", "livemode": False, "data": {"object": {}}}
    body, forged = shop.service.signed(stray, secret="whsec_of_somebody_else")
    began = shop.clock.now()
    for seconds in (0, 30, 40):
        shop.clock.move(timedelta(seconds=seconds))
        with pytest.raises(ServiceRefused):
            hear_event(stripe_account_id=shop.account.pk, body=body, signature=forged, clock=shop.clock)
        shop.account.refresh_from_db()
        assert shop.account.unsigned_at == began + timedelta(seconds=70 if seconds == 40 else 0)
    assert standing().last_event_at is None
    shop.hear(stray)
    assert standing().last_event_at == shop.clock.now()
    assert standing().allowed_steps == ["change keys", "close"]
    assert stripe_account_standings([shop.account], actor=shop.acting("L1"))[shop.account.pk].allowed_steps == []


def test_an_account_is_closed_for_a_reason_and_what_is_under_way_goes_on(shop: Shop) -> None:
    payment = shop.start(1000, shop.invoices[0])
    shop.work()
    finance = shop.acting("calculator")
    with pytest.raises(InvalidInput):
        close_stripe_account(actor=finance, stripe_account_id=shop.account.pk, reason=" ")
    closed = close_stripe_account(actor=finance, stripe_account_id=shop.account.pk, reason="another account")
    assert (closed.closing_reason, closed.closed_at is not None) == ("another account", True)
    assert stripe_account_standings([closed], actor=finance)[closed.pk].allowed_steps == ["change keys"]
    with pytest.raises(Conflict, match="takes no payments online"):
        shop.start(1000, shop.invoices[0])
    shop.pays(payment)
    shop.deliver()
    shop.work()
    assert shop.booked(payment) == 1000


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

    def told() -> dict[str, Any]:
        event = AuditEvent.objects.filter(name="stripe_account.keys_changed").order_by("-pk")[0]
        return {name: change for name, change in event.changes.items() if name != "replaced"}

    change(webhook_secret="whsec_fourth", both_for_hours=2)
    hear("whsec_third", 8)
    change(webhook_secret="")
    hear("whsec_third", 9)
    assert told() == {}
    # So it does where the webhook secret in use stays.
    change(webhook_secret="", both_for_hours=0)
    with pytest.raises(ServiceRefused):
        hear("whsec_third", 10)
    hear("whsec_fourth", 11)
    [(name, change_of_it)] = told().items()
    assert (name, change_of_it["old"] is not None, change_of_it["new"]) == ("earlier_until", True, None)


def test_the_webhook_secret_may_follow_and_until_then_nobody_signs(shop: Shop) -> None:
    finance = shop.acting("calculator")
    close_stripe_account(actor=finance, stripe_account_id=shop.account.pk, reason="another account")
    account = connect_stripe_account(
        actor=finance, operating_entity_id=shop.world.entity.pk, account_id="acct_second", secret_key=KEY
    )
    told = {"id": "evt_1", "object": "event", "type": "x", "livemode": False, "data": {"object": {}}}
    unsigned = json.dumps(told)
    blank = WebhookSignature.generate_signature_header(unsigned, "", timestamp=int(time.time()))
    with pytest.raises(ServiceRefused):
        hear_event(stripe_account_id=account.pk, body=unsigned.encode(), signature=blank, clock=shop.clock)
    with pytest.raises(InvalidInput):
        change_stripe_keys(actor=finance, stripe_account_id=account.pk)
    changed = change_stripe_keys(actor=finance, stripe_account_id=account.pk, webhook_secret=SECRET)
    # There was none before that could still be taken, and what was not named stayed.
    assert (changed.secret_key, changed.earlier_until, changed.earlier_webhook_secret) == (KEY, None, "")
    # While nothing could be signed rightly, a wrong signature was nothing to tell of.
    assert changed.unsigned_at is None
    body, signature = shop.service.signed(told)
    hear_event(stripe_account_id=account.pk, body=body, signature=signature, clock=shop.clock)
    assert ServiceEvent.objects.filter(account=account).count() == 1
