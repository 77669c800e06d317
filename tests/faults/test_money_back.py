"""What is paid twice, given back, or taken back by a bank: the invoice, the books and the service agree."""

from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from licensing.billing.selectors import account_paid_from
from licensing.billing.services import take_settlement_back
from licensing.payments.lifecycle import RefundState
from licensing.payments.models import OnlineMovement, OnlineRefund
from licensing.payments.services import (
    decide_refund,
    propose_refund,
    use_prepaid,
)
from platform_core.ids import new_id
from platform_core.problems import Conflict, InvalidInput, NotAllowed
from tests.factories.billing import balances, pay
from tests.factories.royalties import SmallWorld
from tests.faults.shop import Shop, open_shop, serving
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


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
