"""What was taken goes back where it came from, and nobody gives money up alone by calling it a bank's charge."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from licensing.billing.events import settlement_returning
from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import Invoice, Settlement
from licensing.billing.selectors import account_paid_from
from licensing.billing.services import NewSettlement, settle_invoice, take_settlement_back
from licensing.payments.models import BankAllocation, BankReceipt
from licensing.payments.reconciling import Compared, reconciliation
from licensing.payments.services import Part, allocate_line, set_matching_terms, use_prepaid
from licensing.payments.subscribers import refuse_return_by_hand
from platform_core.clock import FixedClock
from platform_core.ids import new_id
from platform_core.ledger.services import open_account
from platform_core.problems import Conflict, InvalidInput, NotAllowed
from platform_core.treasury.models import BankAccount
from platform_core.treasury.services import assign_line, release_line, reverse_line
from tests.factories.billing import balances, billed, pay, set_up_billing
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import make_bank_account
from tests.integration.payments.test_bank_receipts import arrive, opened
from tests.small_worlds import Filed, Stages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


@pytest.fixture
def invoices(world: SmallWorld, filed: Filed, stages: Stages) -> dict[str, Invoice]:
    return stages.reach(
        "the first quarter is billed", lambda: billed(world, world.closed("2025Q1"), set_up_billing(world))
    )


@pytest.fixture
def bank(world: SmallWorld, invoices: dict[str, Invoice]) -> BankAccount:
    return make_bank_account(world.entity)


def take_back(world: SmallWorld, settlement: Settlement) -> None:
    take_settlement_back(
        actor=world.acting("approver"),
        settlement_id=settlement.pk,
        key=new_id(),
        on=date(2026, 2, 2),
        reason="said wrongly",
        to_account_id=account_paid_from(settlement),
    )


def tolerate(world: SmallWorld, minor: int, who: str = "approver") -> None:
    set_matching_terms(
        actor=world.acting(who),
        operating_entity_id=world.entity.pk,
        currency="CNY",
        from_on=date(2026, 1, 1),
        charge_tolerance_minor=minor,
    )


def differing(world: SmallWorld, on: date) -> list[Compared]:
    found = reconciliation(world.entity.pk, actor=world.acting("calculator"), on=on)
    assert found
    return [each for each in found if each.difference_minor]


def test_what_was_paid_ahead_and_used_wrongly_is_paid_ahead_again(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    finance = world.acting("calculator")
    [line] = arrive(bank, ("300.00", "", "", ""))
    allocate_line(actor=finance, line_id=line.pk, parts=[], licensee_id=invoices["L1"].licence.licensee_id)
    before = balances(world)
    used = use_prepaid(actor=finance, invoice_id=invoices["L1"].pk, amount_minor=30000, key=new_id())

    take_back(world, used)

    assert opened(invoices["L1"]) == 42400
    assert balances(world) == before
    assert before["prepaid"] == -30000
    # It is that licensee's again, and can be used again; what settled is taken back once.
    use_prepaid(actor=finance, invoice_id=invoices["L1"].pk, amount_minor=30000, key=new_id())
    assert opened(invoices["L1"]) == 12400
    assert differing(world, date(2026, 2, 28)) == []


def test_what_a_line_settled_is_taken_back_by_releasing_the_line_alone(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    tolerate(world, 500)
    [line] = arrive(bank, ("420.00", "", "", ""))
    finance = world.acting("calculator")
    allocate_line(actor=finance, line_id=line.pk, parts=[Part(invoices["L1"].pk, 42000, 400)])
    allocation = BankAllocation.objects.select_related("settlement", "charge").get()
    assert allocation.charge is not None
    for settlement in (allocation.settlement, allocation.charge):
        with pytest.raises(Conflict, match="release the line"):
            take_back(world, settlement)
    assert opened(invoices["L1"]) == 0
    release_line(actor=finance, line_id=line.pk, reason="of somebody else")
    assert opened(invoices["L1"]) == 42400
    # What was said by hand is taken back by hand as before.
    pay(world, invoices["L2"], 100)
    take_back(world, Settlement.objects.get(invoice=invoices["L2"]))
    assert opened(invoices["L2"]) == 106000


def test_nobody_gives_money_up_alone_as_what_a_bank_kept(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    def kept(who: str, amount: int) -> Settlement:
        return settle_invoice(
            actor=world.acting(who),
            invoice_id=invoices["L1"].pk,
            settlement=NewSettlement(
                key=new_id(), kind=SettlementKind.BANK_CHARGE, amount_minor=amount, on=date(2026, 2, 2)
            ),
        )

    with pytest.raises(InvalidInput, match="note it first"):
        kept("calculator", 42400)
    pay(world, invoices["L1"], 40000)
    with pytest.raises(InvalidInput, match="more than agreed"):
        kept("calculator", 1)
    tolerate(world, 500)
    with pytest.raises(NotAllowed, match="somebody else lets them"):
        kept("approver", 500)
    with pytest.raises(InvalidInput):
        kept("calculator", 501)
    kept("calculator", 300)
    # One payment arrived, and of one payment something was kept.
    with pytest.raises(InvalidInput):
        kept("calculator", 100)
    assert opened(invoices["L1"]) == 42400 - 40000 - 300

    [line] = arrive(bank, ("1000.00", "", "", ""))
    parts = [Part(invoices["L1"].pk, 1800, 300), Part(invoices["L2"].pk, 98200, 300)]
    for who, refusal in (("calculator", InvalidInput), ("approver", InvalidInput)):
        # The tolerance is that of the payment, not of each invoice it is for.
        with pytest.raises(refusal):
            allocate_line(actor=world.acting(who), line_id=line.pk, parts=parts)
    # Nor is it had anew for an invoice of which something was kept already.
    parts = [Part(invoices["L1"].pk, 1800, 300), Part(invoices["L2"].pk, 98200, 200)]
    with pytest.raises(InvalidInput, match="more than agreed"):
        allocate_line(actor=world.acting("calculator"), line_id=line.pk, parts=parts)
    parts = [Part(invoices["L1"].pk, 1900, 200), Part(invoices["L2"].pk, 98100, 300)]
    with pytest.raises(NotAllowed):
        allocate_line(actor=world.acting("approver"), line_id=line.pk, parts=parts)
    assert not BankReceipt.objects.exists()
    allocate_line(actor=world.acting("calculator"), line_id=line.pk, parts=parts)
    assert opened(invoices["L1"]) == 0


def test_what_a_bank_kept_is_tolerated_by_the_terms_of_the_day_on_which_the_payment_arrived(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    tolerate(world, 500)
    # The invoice is of 2 February, the payment of 20 January, and nothing is tolerated from 1 February on.
    set_matching_terms(
        actor=world.acting("calculator"),
        operating_entity_id=world.entity.pk,
        currency="CNY",
        from_on=date(2026, 2, 1),
        charge_tolerance_minor=0,
    )
    [line] = arrive(bank, ("420.00", "", "", ""))
    parts = [Part(invoices["L1"].pk, 42000, 400)]
    with pytest.raises(NotAllowed):
        allocate_line(actor=world.acting("approver"), line_id=line.pk, parts=parts)
    allocate_line(actor=world.acting("calculator"), line_id=line.pk, parts=parts)
    assert opened(invoices["L1"]) == 0


def test_a_line_is_released_though_what_it_settled_was_taken_back_by_hand_before_that_was_refused(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    finance = world.acting("calculator")
    before = balances(world)
    [line] = arrive(bank, ("500.00", "", "", ""))
    parts = [Part(invoices["L1"].pk, 20000), Part(invoices["L2"].pk, 30000)]
    allocate_line(actor=finance, line_id=line.pk, parts=parts)
    settlement_returning.unsubscribe(refuse_return_by_hand)
    try:
        take_back(world, Settlement.objects.get(invoice=invoices["L1"]))
    finally:
        settlement_returning.subscribe(refuse_return_by_hand)
    release_line(actor=finance, line_id=line.pk, reason="of somebody else")
    assert (opened(invoices["L1"]), opened(invoices["L2"])) == (42400, 106000)
    assert balances(world) == {**before, "bank": 50000, "suspense": -50000}


@pytest.mark.parametrize("act", ["line", "invoice", "prepaid", "release"])
def test_whoever_matches_holds_the_books_before_any_account_is_opened(
    world: SmallWorld,
    invoices: dict[str, Invoice],
    bank: BankAccount,
    monkeypatch: pytest.MonkeyPatch,
    act: str,
) -> None:
    finance, licensee = world.acting("calculator"), invoices["L1"].licence.licensee_id
    first, second = arrive(bank, ("100.00", "", "", ""), ("100.00", "", "", ""))
    allocate_line(actor=finance, line_id=first.pk, parts=[], licensee_id=licensee)
    held = held_when_opening(monkeypatch)
    with transaction.atomic():
        match act:
            case "line":
                part = Part(invoices["L1"].pk, 9000)
                allocate_line(actor=finance, line_id=second.pk, parts=[part], licensee_id=licensee)
            case "invoice":
                assign_line(actor=finance, line_id=second.pk, claimant="invoices", subject_id=invoices["L1"].pk)
            case "prepaid":
                use_prepaid(actor=finance, invoice_id=invoices["L1"].pk, amount_minor=100, key=new_id())
            case "release":
                release_line(actor=finance, line_id=first.pk, reason="of somebody else")
    assert held
    assert all(held)


def held_when_opening(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Note, whenever an account is opened from here on, whether the books are held."""
    held: list[bool] = []

    def opened(**given: Any) -> object:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
                " AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('ledger of ' || %s::text, 0)",
                [given["operating_entity_id"]],
            )
            held.append(cursor.fetchone()[0] == 1)
        return open_account(**given)

    for room in (
        "licensing.billing.kinds",
        "licensing.payments.services.limiting",
        "licensing.cutover.services.carrying",
    ):
        monkeypatch.setattr(f"{room}.open_account", opened)
    return held


def test_the_database_itself_asks_for_two_where_a_bank_kept_something(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    tolerate(world, 500)
    [line] = arrive(bank, ("420.00", "", "", ""))
    receipt = allocate_line(
        actor=world.acting("calculator"), line_id=line.pk, parts=[Part(invoices["L1"].pk, 42000, 400)]
    )
    allocation = BankAllocation.objects.get()
    alone = BankReceipt.objects.create(
        line=line, at=receipt.at, user_id=world.acting("approver").user_id, taken_back_at=receipt.at
    )
    written = BankAllocation(receipt=alone, settlement=allocation.settlement, charge=allocation.charge)
    with pytest.raises(IntegrityError, match="lets nothing be kept"), transaction.atomic():
        written.save(force_insert=True)


def test_a_day_that_is_over_is_told_as_it_was_whatever_is_found_out_since(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    told = world.acting("calculator")
    wrong, never = arrive(bank, ("424.00", "", "", ""), ("7.00", "", "", ""))
    allocate_line(actor=told, line_id=wrong.pk, parts=[Part(invoices["L1"].pk, 42400)])
    end = date(2026, 2, 28)
    assert differing(world, end) == []
    clock = FixedClock(world.clock.now() + timedelta(days=80))
    finance = replace(world, clock=clock).acting("calculator")
    release_line(actor=finance, line_id=wrong.pk, reason="of somebody else")
    reverse_line(actor=finance, line_id=never.pk, reason="read by wrong columns")
    allocate_line(actor=finance, line_id=wrong.pk, parts=[Part(invoices["L2"].pk, 42400)])
    for day in (end, clock.now().date(), clock.now().date() - timedelta(days=2)):
        assert differing(world, day) == []
