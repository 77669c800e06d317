"""Closed periods become invoices with numbers without gaps, and each payment is booked to the cent."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from licensing.agreements.models import Charge, Receipt
from licensing.billing.lifecycle import InvoiceState, SettlementKind, TaxInvoiceState
from licensing.billing.models import Invoice, Settlement
from licensing.billing.services import (
    NewSettlement,
    charge_interest,
    credit_invoice,
    decide_write_off,
    discard_invoice,
    dispute_invoice,
    issue_invoices,
    prepare_invoices,
    propose_write_off,
    set_off,
    settle_invoice,
    take_settlement_back,
)
from licensing.reports.services import supersede_sales_report
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.ids import new_id
from platform_core.ledger.models import Entry
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, Problem, WrongState
from tests.factories.billing import balances, billed, pay, set_up_billing, unassigned
from tests.factories.royalties import SmallWorld, upload_of
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def write(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def told(invoice: Invoice) -> tuple[object, ...]:
    return (invoice.number_text, invoice.net_minor, invoice.tax_minor, invoice.gross_minor, str(invoice.due_on))


def test_a_closed_quarter_is_billed_with_tax_and_booked(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    run = world.closed("2025Q1")
    issued = billed(world, run, series)
    # L1 sold 3,000, L2 6,000, L3 9,000 units; 1,000 a year are free, the others bear 0.20; 6 % on top.
    assert {code: told(invoice) for code, invoice in issued.items()} == {
        "L1": ("R2026-00001", 40000, 2400, 42400, "2026-03-04"),
        "L2": ("R2026-00002", 100000, 6000, 106000, "2026-03-04"),
        "L3": ("R2026-00003", 160000, 9600, 169600, "2026-03-04"),
    }
    assert [(line.product, line.amount_minor) for line in issued["L1"].lines.all()] == [("tv", 40000)]
    assert issued["L1"].tax_invoice == TaxInvoiceState.AWAITED
    assert issued["L1"].buyer["tax_number"] == "91310000MA1FL00001"
    assert balances(world) == {"receivable": 318000, "billed": -300000, "output_vat": -18000}
    # Asked again, there is nothing left to bill.
    assert prepare_invoices(actor=world.acting("approver"), run_id=run.pk) == []


def test_payments_in_parts_come_to_the_royalty_in_the_end(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    invoice = billed(world, world.closed("2025Q1"), series)["L1"]
    for amount in (1, 33, 10000, 32366):
        pay(world, invoice, amount)
    invoice.refresh_from_db()
    assert invoice.open_minor == 0
    # 6/106 of what was paid so far is tax, each time from the beginning.
    assert list(invoice.settlements.order_by("id").values_list("amount_minor", "collected_minor")) == [
        (1, 1),
        (33, 31),
        (10000, 9434),
        (32366, 30534),
    ]
    receipts = Receipt.objects.filter(licence__code="L1", period="2025Q1")
    assert sum(receipts.values_list("amount_minor", flat=True)) == 40000
    assert balances(world) == {
        "bank": 42400,
        "receivable": 275600,
        "billed": -260000,
        "collected": -40000,
        "output_vat": -18000,
    }


def test_a_payment_settles_once_however_often_it_is_told(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    account = unassigned(world, 42400)
    told_twice = NewSettlement(
        key=new_id(), kind=SettlementKind.PAYMENT, amount_minor=42400, on=date(2026, 2, 2), reference="1"
    )
    finance = world.acting("calculator")
    first, second = (
        settle_invoice(actor=finance, invoice_id=invoice.pk, settlement=told_twice, from_account_id=account.pk)
        for _ in range(2)
    )
    assert first.pk == second.pk
    other = NewSettlement(
        key=told_twice.key, kind=SettlementKind.PAYMENT, amount_minor=42399, on=date(2026, 2, 2), reference="1"
    )
    with pytest.raises(Conflict):
        settle_invoice(actor=finance, invoice_id=invoice.pk, settlement=other, from_account_id=account.pk)
    with pytest.raises(InvalidInput):
        pay(world, invoice, 1)
    assert Settlement.objects.count() == 1


def test_tax_withheld_and_proven_reduces_what_is_shared(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    invoice = billed(world, world.closed("2025Q1"), series)["L2"]
    pay(world, invoice, 96000)
    proof = NewSettlement(
        key=new_id(), kind=SettlementKind.CERTIFICATE, amount_minor=10000, on=date(2026, 2, 2), reference="KR-1"
    )
    settle_invoice(actor=world.acting("calculator"), invoice_id=invoice.pk, settlement=proof)
    invoice.refresh_from_db()
    assert invoice.open_minor == 0
    # All of the tax was in what was paid: 96,000 less 6,000 are shared, 10,000 never arrive.
    assert sum(Receipt.objects.filter(licence__code="L2").values_list("amount_minor", flat=True)) == 90000
    assert balances(world) == {
        "bank": 96000,
        "receivable": 212000,
        "billed": -200000,
        "collected": -90000,
        "output_vat": -18000,
    }


def test_a_correction_is_credited_and_set_off_without_a_refund(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="")
    first = billed(world, world.closed("2025Q1"), series)["L1"]
    pay(world, first)
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        upload=upload_of("L1", [("2025-01", 1000), ("2025-02", 750), ("2025-03", 750)]),
        reason="returns",
    )
    note = billed(world, world.corrected("2025Q1"), series)["L1"]
    assert (note.number_text, note.gross_minor, note.is_credit_note) == ("R2026-00004", -10000, True)
    following = billed(world, world.closed("2025Q2"), series)["L1"]
    key = new_id()
    for _ in range(2):
        set_off(
            actor=world.acting("approver"),
            credit_note_id=note.pk,
            invoice_id=following.pk,
            amount_minor=10000,
            key=key,
            on=date(2026, 2, 2),
        )
    note.refresh_from_db()
    following.refresh_from_db()
    assert (note.open_minor, following.open_minor) == (0, 50000)
    received = {
        period: sum(Receipt.objects.filter(licence__code="L1", period=period).values_list("amount_minor", flat=True))
        for period in ("2025Q1", "2025Q2")
    }
    assert received == {"2025Q1": 30000, "2025Q2": 10000}


def test_what_was_wrong_is_taken_back_once(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    before = balances(world)
    key = pay(world, invoice)
    settlement = Settlement.objects.get(key=key)
    suspense = settlement.entry.postings.get(account__kind="suspense").account
    finance = world.acting("calculator")
    take_settlement_back(
        actor=finance,
        settlement_id=settlement.pk,
        key=new_id(),
        on=date(2026, 2, 2),
        reason="of somebody else",
        to_account_id=suspense.pk,
    )
    invoice.refresh_from_db()
    assert invoice.open_minor == 42400
    assert sum(Receipt.objects.values_list("amount_minor", flat=True)) == 0
    assert balances(world) == {**before, "bank": 42400, "suspense": -42400}
    with pytest.raises(WrongState):
        take_settlement_back(
            actor=finance,
            settlement_id=settlement.pk,
            key=new_id(),
            on=date(2026, 2, 2),
            reason="again",
            to_account_id=suspense.pk,
        )


def test_giving_up_takes_two_people_and_leaves_the_tax_with_the_entity(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    pay(world, invoice, 21200)
    proposal = propose_write_off(
        actor=world.acting("calculator"), invoice_id=invoice.pk, amount_minor=21200, reason="insolvent"
    )
    with pytest.raises(NotAllowed):
        decide_write_off(actor=world.acting("calculator"), write_off_id=proposal.pk, approve=True)
    assert Settlement.objects.count() == 1
    decide_write_off(actor=world.acting("approver"), write_off_id=proposal.pk, approve=True)
    invoice.refresh_from_db()
    assert invoice.open_minor == 0
    assert balances(world) == {
        "bank": 21200,
        "receivable": 275600,
        "billed": -260000,
        "collected": -20000,
        "output_vat": -18000,
        "tax_given_up": 1200,
    }


def test_interest_is_charged_for_the_days_on_which_something_was_open(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    pay(world, invoice, 22400, on=date(2026, 3, 14))
    later = replace(world, clock=FixedClock(datetime(2026, 4, 20, 4, tzinfo=UTC)))
    note = charge_interest(actor=later.acting("calculator"), invoice_id=invoice.pk, until_on=date(2026, 4, 4))
    # Due on 4 March; 0.05 % a day: ten days on 424.00, the day the money came included, then twenty on 200.00.
    assert note.spans == [
        ["2026-03-05", "2026-03-15", 42400, 212],
        ["2026-03-15", "2026-04-04", 20000, 200],
    ]
    assert (note.amount_minor, note.charge.kind, note.charge.amount) == (412, "interest", Decimal("4.12"))
    assert note.charge.month == date(2026, 4, 1)
    with pytest.raises(InvalidInput):
        charge_interest(actor=later.acting("calculator"), invoice_id=invoice.pk, until_on=date(2026, 4, 4))
    dispute_invoice(actor=world.acting("L1"), invoice_id=invoice.pk, reason="too much")
    with pytest.raises(WrongState):
        charge_interest(actor=later.acting("calculator"), invoice_id=invoice.pk, until_on=date(2026, 4, 14))
    assert Charge.objects.count() == 1


@pytest.mark.parametrize(("who", "problem"), [("approver", None), ("secretariat", NotFound), ("M1", NotFound)])
def test_only_finance_bills(world: SmallWorld, filed: Filed, who: str, problem: type[Problem] | None) -> None:
    set_up_billing(world)
    run = world.closed("2025Q1")
    if problem is None:
        assert len(prepare_invoices(actor=world.acting(who), run_id=run.pk)) == 3
        return
    events = AuditEvent.objects.count()
    with pytest.raises(problem):
        prepare_invoices(actor=world.acting(who), run_id=run.pk)
    assert not Invoice.objects.exists()
    assert AuditEvent.objects.count() == events


def test_a_licensee_sees_its_own_invoices_once_they_are_issued(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    drafts = prepare_invoices(actor=world.acting("calculator"), run_id=world.closed("2025Q1").pk)
    licensee = world.acting("L1")
    assert not Invoice.objects.visible_to(licensee).exists()
    issue_invoices(actor=world.acting("calculator"), invoice_ids=[draft.pk for draft in drafts], series_id=series.pk)
    assert [invoice.licence.code for invoice in Invoice.objects.visible_to(licensee)] == ["L1"]
    with pytest.raises(NotFound):
        dispute_invoice(actor=world.acting("L2"), invoice_id=drafts[0].pk, reason="not mine")
    assert dispute_invoice(actor=licensee, invoice_id=drafts[0].pk, reason="too much").disputed_at is not None


def test_a_wrong_paper_is_credited_whole_and_written_anew(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    wrong = billed(world, world.closed("2025Q1"), series)["L1"]
    finance = world.acting("calculator")
    note, again = credit_invoice(actor=finance, invoice_id=wrong.pk, reason="wrong address")
    with pytest.raises(WrongState):
        credit_invoice(actor=finance, invoice_id=wrong.pk, reason="wrong address")
    issue_invoices(actor=finance, invoice_ids=[note.pk, again.pk], series_id=series.pk)
    set_off(
        actor=finance,
        credit_note_id=note.pk,
        invoice_id=wrong.pk,
        amount_minor=42400,
        key=new_id(),
        on=date(2026, 2, 2),
    )
    assert balances(world) == {"receivable": 318000, "billed": -300000, "output_vat": -18000}
    assert sum(Receipt.objects.values_list("amount_minor", flat=True)) == 0


def test_numbers_go_on_without_gaps_when_something_is_refused(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    finance = world.acting("calculator")
    drafts = prepare_invoices(actor=finance, run_id=world.closed("2025Q1").pk)
    discard_invoice(actor=finance, invoice_id=drafts[1].pk)
    with pytest.raises(WrongState):
        issue_invoices(actor=finance, invoice_ids=[draft.pk for draft in drafts], series_id=series.pk)
    assert not Invoice.objects.filter(state=InvoiceState.ISSUED).exists()
    assert not Entry.objects.exists()
    issued = issue_invoices(actor=finance, invoice_ids=[drafts[0].pk, drafts[2].pk], series_id=series.pk)
    assert [invoice.number for invoice in issued] == [1, 2]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoice SET gross_minor = gross_minor + 1, tax_minor = tax_minor + 1",
        "UPDATE billing_invoice SET open_minor = open_minor - 1",
        "UPDATE billing_invoice SET number = number + 1",
        "UPDATE billing_invoice SET state = 'draft'",
        "DELETE FROM billing_invoice",
        "DELETE FROM billing_settlement",
        "UPDATE billing_settlement SET amount_minor = amount_minor - 1",
        "UPDATE billing_invoiceline SET amount_minor = 0",
        "DELETE FROM billing_invoiceline",
        "TRUNCATE billing_invoice CASCADE",
    ],
)
def test_issued_invoices_stay_as_they_are_whoever_writes(world: SmallWorld, filed: Filed, statement: str) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    pay(world, invoice, 100)
    with pytest.raises(DatabaseError):
        write(statement)


def test_a_credit_of_what_was_not_paid_settles_nothing_else(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="")
    first = billed(world, world.closed("2025Q1"), series)["L1"]
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        upload=upload_of("L1", [("2025-01", 1000), ("2025-02", 750), ("2025-03", 750)]),
        reason="returns",
    )
    note = billed(world, world.corrected("2025Q1"), series)["L1"]
    following = billed(world, world.closed("2025Q2"), series)["L1"]
    with pytest.raises(Conflict):
        set_off(
            actor=world.acting("calculator"),
            credit_note_id=note.pk,
            invoice_id=following.pk,
            amount_minor=10000,
            key=new_id(),
            on=date(2026, 2, 2),
        )
    assert not Settlement.objects.exists()
    assert not Receipt.objects.exists()
    set_off(
        actor=world.acting("calculator"),
        credit_note_id=note.pk,
        invoice_id=first.pk,
        amount_minor=10000,
        key=new_id(),
        on=date(2026, 2, 2),
    )
    first.refresh_from_db()
    assert first.open_minor == 30000


def test_drafts_of_a_close_that_turns_out_to_be_billed_elsewhere_are_not_issued(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    series, finance = set_up_billing(world), world.acting("calculator")
    drafts = prepare_invoices(actor=finance, run_id=world.closed("2025Q1").pk)
    monkeypatch.setattr("licensing.billing.services.issuing.billed_elsewhere", lambda: Q(period="2025Q1"))
    with pytest.raises(Conflict, match="billed before the cut-over"):
        issue_invoices(actor=finance, invoice_ids=[draft.pk for draft in drafts], series_id=series.pk)
    assert {row.state for row in Invoice.objects.all()} == {"draft"}
