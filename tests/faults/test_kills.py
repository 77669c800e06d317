"""A worker that dies at any point of a payment leaves nothing lost, doubled or stuck: the next one goes on."""

from collections.abc import Iterator
from pkgutil import resolve_name
from unittest import mock

import pytest
from django.db import connection
from pytest_django import Settings

from licensing.payments.lifecycle import PaymentState, RefundState
from licensing.payments.models import OnlinePayment
from licensing.payments.services import work_on_payment
from platform_core.ledger.verifying import flaws
from tests.factories.core import command_line
from tests.factories.royalties import SmallWorld
from tests.faults.killing import DIED, dies, in_a_child
from tests.faults.shop import Shop, open_shop, serving
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

_WORKING = "licensing.payments.services.working"
_GATEWAY = "licensing.payments.gateway.Gateway"

OPENING = (f"{_WORKING}._take", f"{_GATEWAY}.open_payment", f"{_WORKING}._take_down_opened", f"{_WORKING}._apply")
LOOKING = (
    f"{_GATEWAY}.facts",
    f"{_WORKING}.book_movements",
    "licensing.payments.services.booking.settle_invoice",
    "licensing.payments.services.booking._post",
)
GIVING_BACK = (f"{_GATEWAY}.ask_refund", f"{_WORKING}._know_refund")
POINTS = [
    (stage, name, when)
    for stage, names in (("open", OPENING), ("look", LOOKING), ("give back", GIVING_BACK))
    for name in names
    for when in ("before", "after")
]
"""Twenty points: before and after each call, inside and outside transactions."""


@pytest.fixture
def shop(world: SmallWorld, filed: Filed, settings: Settings) -> Iterator[Shop]:
    with serving(settings) as service:
        yield open_shop(world, service)


def test_a_worker_that_dies_at_any_of_twenty_points_is_followed_by_one_that_goes_on(shop: Shop) -> None:
    assert len(POINTS) == 20
    for stage, name, when in POINTS:
        payment = shop.start(1000)
        if stage == "open":
            dies_while_working(shop, payment, name, when)
        shop.work()
        intent = shop.pays(payment)
        shop.deliver()
        if stage == "look":
            dies_while_working(shop, payment, name, when)
        shop.work()
        refund = shop.give_back(payment, 400)
        if stage == "give back":
            dies_while_working(shop, payment, name, when)
        shop.work()
        shop.deliver()
        shop.work()
        payment.refresh_from_db()
        refund.refresh_from_db()
        assert (payment.state, refund.state) == (PaymentState.SUCCEEDED, RefundState.SUCCEEDED), (name, when)
        assert shop.booked(payment) == shop.service.held(intent) == 600, (name, when)
    assert len(shop.service.refunds) == len(POINTS)
    books_are_equal(shop)


def dies_while_working(shop: Shop, payment: OnlinePayment, name: str, when: str) -> None:
    def work() -> None:
        with mock.patch(name, dies(before=when == "before", call=resolve_name(name))):
            work_on_payment(payment_id=payment.pk, clock=shop.clock)

    assert in_a_child(work) == DIED, (name, when)


def books_are_equal(shop: Shop) -> None:
    """What the books say is at the service is there, every entry balances, and nothing in them was changed."""
    paid = [each["id"] for each in shop.service.intents.values() if each["status"] == "succeeded"]
    assert shop.at_the_service() == sum(map(shop.service.held, paid))
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting")
        assert cursor.fetchone() == (0,)
    assert list(flaws(shop.world.entity.pk, actor=command_line())) == []
