"""Invoices that were carried over, and payments of them that are under way while they are taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from licensing.billing.events import carried_returning
from licensing.billing.models import Invoice
from licensing.cutover.models import Opening
from licensing.cutover.services import confirm_opening, undo_opening
from licensing.payments.models import OnlineMovement
from licensing.payments.subscribers import refuse_return_while_paid
from platform_core.problems import Conflict
from tests.factories.billing import balances
from tests.factories.royalties import SmallWorld
from tests.faults.shop import Shop, connected, serving
from tests.integration.cutover.carrying import moving, previewed
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


@pytest.fixture
def opening(world: SmallWorld, filed: Filed, tmp_path: Path) -> Opening:
    found = previewed(world, moving(world), tmp_path / "old")
    return confirm_opening(actor=world.acting("approver"), opening_id=found.pk, sha256=found.sha256)


@pytest.fixture
def shop(world: SmallWorld, opening: Opening, settings: Settings) -> Iterator[Shop]:
    with serving(settings) as service:
        yield connected(world, service, list(Invoice.objects.order_by("outside_number")))


def test_an_opening_is_not_undone_while_somebody_pays_one_of_its_invoices(shop: Shop, opening: Opening) -> None:
    payment = shop.start(106000, shop.invoices[0])
    before = balances(shop.world)
    with pytest.raises(Conflict, match="OLD-17: an online payment of it is under way"):
        undo_opening(actor=shop.acting("calculator"), opening_id=opening.pk, reason="A wrong file.")
    opening.refresh_from_db()
    assert (opening.state, balances(shop.world)) == ("booked", before)
    shop.work()
    shop.pays(payment)
    shop.deliver()
    shop.work()
    shop.invoices[0].refresh_from_db()
    assert shop.invoices[0].open_minor == 0


def test_money_for_an_invoice_that_was_taken_back_all_the_same_is_the_licensees(shop: Shop, opening: Opening) -> None:
    payment = shop.start(106000, shop.invoices[0])
    shop.work()
    carried_returning.unsubscribe(refuse_return_while_paid)
    try:
        undo_opening(actor=shop.acting("calculator"), opening_id=opening.pk, reason="A wrong file.")
    finally:
        carried_returning.subscribe(refuse_return_while_paid)
    intent = shop.pays(payment)
    shop.deliver()
    shop.work()
    [received] = OnlineMovement.objects.filter(kind="received")
    assert (received.settled_minor, received.prepaid_minor) == (0, 106000)
    # 3 % and 0.30 stay with the service.
    assert balances(shop.world) == {"service_balance": 102790, "payment_fees": 3210, "prepaid": -106000}
    shop.give_back(payment, 106000)
    shop.work()
    assert shop.service.held(intent) == 0
    assert "prepaid" not in balances(shop.world)
