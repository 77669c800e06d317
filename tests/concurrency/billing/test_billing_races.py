"""Invoices under races: real threads on real connections, as they happen when two people press at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connections

from licensing.agreements.models import Receipt
from licensing.billing.instalments import Part
from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import InstalmentPlan, Invoice, Settlement
from licensing.billing.services import (
    NewSettlement,
    accept_instalment_plan,
    ask_for_instalment_plan,
    credit_invoice,
    decide_instalment_plan,
    issue_invoices,
    prepare_invoices,
    propose_instalment_plan,
    set_off,
    settle_invoice,
    take_settlement_back,
    withdraw_instalment_plan,
)
from platform_core.ids import new_id
from platform_core.ledger.models import Account
from platform_core.problems import Problem
from tests.factories.billing import balances, billed, pay, set_up_billing, unassigned
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

DAY = date(2026, 2, 2)


def together(*acts: Callable[[], Any]) -> list[str]:
    """Do several things that begin at the same moment, each in a thread of its own; return how each ended."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> str:
        try:
            barrier.wait(10)
            act()
        except Problem as problem:
            return problem.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def paying(world: SmallWorld, invoice: Invoice, amount: int, account: Account) -> Callable[[], Settlement]:
    actor = world.acting("calculator")
    settlement = NewSettlement(key=new_id(), kind=SettlementKind.PAYMENT, amount_minor=amount, on=DAY)
    return lambda: settle_invoice(actor=actor, invoice_id=invoice.pk, settlement=settlement, from_account_id=account.pk)


def test_two_who_prepare_and_issue_at_once_leave_no_gap_and_no_double(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    run = world.closed("2025Q1")
    people = [world.acting(who) for who in ("calculator", "approver")]

    prepared = together(*(lambda actor=actor: prepare_invoices(actor=actor, run_id=run.pk) for actor in people))

    assert "done" in prepared
    assert set(prepared) <= {"done", "conflict"}
    drafts = list(Invoice.objects.order_by("pk"))
    assert len(drafts) == 3
    # Each wants two, one of which both want.
    wanted = [[drafts[0].pk, drafts[1].pk], [drafts[1].pk, drafts[2].pk]]
    ended = together(
        *(
            lambda actor=actor, ids=ids: issue_invoices(actor=actor, invoice_ids=ids, series_id=series.pk)
            for actor, ids in zip(people, wanted, strict=True)
        )
    )
    assert sorted(ended) == ["done", "wrong_state"]
    numbers = Invoice.objects.filter(state="issued").order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2]
    [left] = Invoice.objects.filter(state="draft")
    issue_invoices(actor=people[0], invoice_ids=[left.pk], series_id=series.pk)
    left.refresh_from_db()
    assert left.number == 3


def test_drafts_of_two_people_are_numbered_one_after_the_other(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    drafts = prepare_invoices(actor=world.acting("calculator"), run_id=world.closed("2025Q1").pk)
    acting = [world.acting("calculator"), world.acting("approver"), world.acting("calculator")]

    ended = together(
        *(
            lambda actor=actor, pk=draft.pk: issue_invoices(actor=actor, invoice_ids=[pk], series_id=series.pk)
            for actor, draft in zip(acting, drafts, strict=True)
        )
    )

    assert ended == ["done"] * 3
    assert set(Invoice.objects.values_list("number", flat=True)) == {1, 2, 3}


def test_two_who_settle_at_once_never_settle_more_than_is_open(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    account = unassigned(world, 100000)

    ended = together(paying(world, invoice, 30000, account), paying(world, invoice, 30000, account))

    assert sorted(ended) == ["done", "invalid_input"]
    invoice.refresh_from_db()
    assert invoice.open_minor == 12400
    assert balances(world)["suspense"] == -70000


def test_the_same_money_settles_one_of_two_invoices(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
    account = unassigned(world, 42400)

    ended = together(paying(world, invoices["L1"], 42400, account), paying(world, invoices["L2"], 42400, account))

    assert sorted(ended) == ["done", "invalid_input"]
    assert Settlement.objects.count() == 1
    assert sum(Receipt.objects.values_list("amount_minor", flat=True)) == 40000
    assert "suspense" not in balances(world)


def test_what_is_set_off_twice_and_paid_at_once_settles_once_and_nobody_hangs(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    issued = billed(world, world.closed("2025Q1"), series)
    finance = world.acting("calculator")
    papers = [credit_invoice(actor=finance, invoice_id=issued[code].pk, reason="address") for code in ("L1", "L2")]
    notes = issue_invoices(actor=finance, invoice_ids=[note.pk for note, _ in papers], series_id=series.pk)

    def setting_off(note: Invoice, invoice: Invoice) -> Callable[[], Any]:
        return lambda: set_off(
            actor=finance, credit_note_id=note.pk, invoice_id=invoice.pk, amount_minor=42400, key=new_id(), on=DAY
        )

    account = unassigned(world, 42400)
    ended = together(
        setting_off(notes[0], issued["L1"]),
        setting_off(notes[0], issued["L1"]),
        setting_off(notes[1], issued["L2"]),
        paying(world, issued["L1"], 42400, account),
    )

    assert ended[2] == "done"
    assert sorted([ended[0], ended[1], ended[3]]) == ["done", "invalid_input", "invalid_input"]
    for invoice in Invoice.objects.filter(state="issued"):
        low, high = sorted((0, invoice.gross_minor))
        assert low <= invoice.open_minor <= high


def test_what_is_taken_back_while_more_is_settled_adds_up(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    key = pay(world, invoice, 40000)
    settlement = Settlement.objects.get(key=key)
    waiting = unassigned(world, 2400)
    finance = world.acting("approver")

    def back() -> object:
        return take_settlement_back(
            actor=finance,
            settlement_id=settlement.pk,
            key=new_id(),
            on=DAY,
            reason="of somebody else",
            to_account_id=waiting.pk,
        )

    ended = together(back, back, paying(world, invoice, 2400, waiting))

    assert sorted(ended[:2]) == ["done", "wrong_state"]
    assert ended[2] == "done"
    invoice.refresh_from_db()
    assert invoice.open_minor == 40000
    assert sum(Receipt.objects.values_list("amount_minor", flat=True)) == sum(
        Settlement.objects.values_list("collected_minor", flat=True)
    )
    assert balances(world)["suspense"] == -40000


def test_two_payments_at_once_fill_the_parts_of_an_invoice_one_after_the_other(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"]
    days = [date(2026, month, 1) for month in (3, 4, 5)]
    plan = propose_instalment_plan(
        actor=world.acting("calculator"),
        invoice_id=invoice.pk,
        parts=[Part(day, amount) for day, amount in zip(days, (10000, 10000, 20000), strict=True)],
        reason="asked for",
    )
    account = unassigned(world, 100000)
    approver = world.acting("approver")

    def decide() -> object:
        return decide_instalment_plan(actor=approver, plan_id=plan.pk, approve=True)

    # Either the parts are agreed first, or another amount is open by then, and they are not.
    decided, *_ = together(decide, decide)
    assert InstalmentPlan.objects.get(pk=plan.pk).state == "agreed"
    assert decided in ("done", "wrong_state")
    ended = together(*(paying(world, invoice, 15000, account) for _ in range(3)))

    assert sorted(ended) == ["done", "done", "invalid_input"]
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.due_order) == (10000, days[2])
    assert set(Settlement.objects.values_list("plan", flat=True)) == {plan.pk}


def test_a_plan_and_a_payment_at_once_leave_parts_that_add_up(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"]
    plan = propose_instalment_plan(
        actor=world.acting("calculator"),
        invoice_id=invoice.pk,
        parts=[Part(date(2026, 3, 1), 10000), Part(date(2026, 4, 1), 30000)],
        reason="asked for",
    )
    account, approver = unassigned(world, 10000), world.acting("approver")

    ended = together(
        lambda: decide_instalment_plan(actor=approver, plan_id=plan.pk, approve=True),
        paying(world, invoice, 10000, account),
    )

    invoice.refresh_from_db()
    assert ended[1] == "done"
    assert invoice.open_minor == 30000
    if ended[0] == "done":
        assert (invoice.plan_id, invoice.due_order) == (plan.pk, date(2026, 4, 1))
    else:
        assert (ended[0], invoice.plan_id, invoice.due_order) == ("conflict", None, invoice.due_on)


def test_of_accepting_and_withdrawing_what_was_asked_for_at_once_one_comes_first(
    world: SmallWorld, filed: Filed
) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"]
    licensee, finance = world.acting("L1"), world.acting("calculator")
    for _ in range(4):
        plan = ask_for_instalment_plan(
            actor=licensee,
            invoice_id=invoice.pk,
            parts=[Part(date(2026, 3, 1), 10000), Part(date(2026, 4, 1), 30000)],
            reason="asked for",
        )
        ended = together(
            lambda: accept_instalment_plan(actor=finance, plan_id=plan.pk),  # noqa: B023 - it is over before the next one
            lambda: accept_instalment_plan(actor=finance, plan_id=plan.pk),  # noqa: B023
            lambda: withdraw_instalment_plan(actor=licensee, plan_id=plan.pk),  # noqa: B023
        )
        plan.refresh_from_db()
        # Withdrawn first, nobody accepts it; accepted first, it is still the licensee's to withdraw.
        assert (ended[2], plan.state) == ("done", "withdrawn")
        assert sorted(ended[:2]) in (["wrong_state", "wrong_state"], ["done", "wrong_state"])
        assert InstalmentPlan.objects.filter(state__in=("asked", "proposed")).count() == 0
