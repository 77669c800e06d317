"""What may settle an invoice, and what may not: signs, days, charges of banks, and papers that take others back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Receipt
from licensing.billing.lifecycle import InvoiceState, SettlementKind
from licensing.billing.models import Invoice, Settlement
from licensing.billing.services import (
    NewSettlement,
    charge_interest,
    credit_invoice,
    discard_invoice,
    issue_invoices,
    prepare_invoices,
    record_tax_invoice,
    set_off,
    settle_invoice,
    take_settlement_back,
)
from licensing.payments.services import set_matching_terms
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.ids import new_id
from platform_core.problems import Conflict, InvalidInput, WrongState
from tests.factories.billing import balances, billed, pay, set_up_billing, unassigned
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

TODAY = date(2026, 2, 2)


def settled(world: SmallWorld, invoice: Invoice, kind: SettlementKind, amount: int, **columns: Any) -> Settlement:
    return settle_invoice(
        actor=world.acting("calculator"),
        invoice_id=invoice.pk,
        settlement=NewSettlement(
            **{"key": new_id(), "kind": kind, "amount_minor": amount, "on": TODAY, "reference": "KR-1", **columns}
        ),
    )


def refused(problem: type[Exception], act: Callable[[], object]) -> None:
    """See something refused, and that it left nothing behind."""
    before = (
        list(Settlement.objects.order_by("pk").values_list("pk", flat=True)),
        list(Invoice.objects.order_by("pk").values_list("pk", "state", "open_minor")),
        AuditEvent.objects.count(),
    )
    with pytest.raises(problem):
        act()
    after = (
        list(Settlement.objects.order_by("pk").values_list("pk", flat=True)),
        list(Invoice.objects.order_by("pk").values_list("pk", "state", "open_minor")),
        AuditEvent.objects.count(),
    )
    assert after == before


def test_what_was_paid_is_not_opened_again_by_a_certificate_below_zero(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    pay(world, invoice, on=TODAY)
    refused(InvalidInput, lambda: settled(world, invoice, SettlementKind.CERTIFICATE, -40000))


def test_money_below_zero_goes_back_by_taking_a_settlement_back_only(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="")
    invoice = billed(world, world.closed("2025Q1"), series)["L1"]
    pay(world, invoice, on=TODAY)
    waiting = unassigned(world, 1, on=TODAY)

    def back() -> Settlement:
        return settle_invoice(
            actor=world.acting("calculator"),
            invoice_id=invoice.pk,
            settlement=NewSettlement(key=new_id(), kind=SettlementKind.PAYMENT, amount_minor=-40000, on=TODAY),
            from_account_id=waiting.pk,
        )

    refused(InvalidInput, back)


def test_banks_keep_no_more_than_the_entity_tolerates(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    # Else one person gives up alone what takes two.
    pay(world, invoice, 40000, on=TODAY)
    refused(InvalidInput, lambda: settled(world, invoice, SettlementKind.BANK_CHARGE, 2400))
    set_matching_terms(
        actor=world.acting("approver"),
        operating_entity_id=world.entity.pk,
        currency="CNY",
        from_on=date(2026, 1, 1),
        charge_tolerance_minor=500,
    )
    refused(InvalidInput, lambda: settled(world, invoice, SettlementKind.BANK_CHARGE, 501))
    settled(world, invoice, SettlementKind.BANK_CHARGE, 500)
    # Of one payment banks keep something once.
    refused(InvalidInput, lambda: settled(world, invoice, SettlementKind.BANK_CHARGE, 500))
    invoice.refresh_from_db()
    assert invoice.open_minor == 1900


def test_a_payment_cut_into_pieces_gives_up_no_more_than_one_tolerance(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    set_matching_terms(
        actor=world.acting("approver"),
        operating_entity_id=world.entity.pk,
        currency="CNY",
        from_on=date(2026, 1, 1),
        charge_tolerance_minor=500,
    )
    for _ in range(4):
        pay(world, invoice, 10000, on=TODAY)
    first = settled(world, invoice, SettlementKind.BANK_CHARGE, 300)
    refused(InvalidInput, lambda: settled(world, invoice, SettlementKind.BANK_CHARGE, 201))
    settled(world, invoice, SettlementKind.BANK_CHARGE, 200)
    refused(InvalidInput, lambda: settled(world, invoice, SettlementKind.BANK_CHARGE, 1))
    # What was taken back leaves room again.
    take_settlement_back(
        actor=world.acting("calculator"), settlement_id=first.pk, key=new_id(), on=TODAY, reason="of another one"
    )
    settled(world, invoice, SettlementKind.BANK_CHARGE, 300)


def test_tax_withheld_is_proven_by_a_certificate_with_a_number(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    refused(InvalidInput, lambda: settled(world, invoice, SettlementKind.CERTIFICATE, 4000, reference="  "))
    assert settled(world, invoice, SettlementKind.CERTIFICATE, 4000).lost_minor == 4000


def test_nothing_settles_on_a_day_that_is_not_over_yet(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    tomorrow = date(2026, 2, 3)
    refused(
        InvalidInput,
        lambda: settled(world, invoices["L1"], SettlementKind.CERTIFICATE, 100, on=tomorrow),
    )
    settlement = settled(world, invoices["L1"], SettlementKind.CERTIFICATE, 100)
    finance = world.acting("calculator")

    def back(on: date) -> Callable[[], object]:
        return lambda: take_settlement_back(
            actor=finance, settlement_id=settlement.pk, key=new_id(), on=on, reason="of somebody else"
        )

    refused(InvalidInput, back(tomorrow))
    later = replace(world, clock=FixedClock(datetime(2026, 2, 5, 4, tzinfo=UTC)))
    certain = settled(later, invoices["L2"], SettlementKind.CERTIFICATE, 100, on=date(2026, 2, 4))
    # Before it counted there is nothing to take back: more would have been open on those days than was ever billed.
    refused(
        InvalidInput,
        lambda: take_settlement_back(
            actor=later.acting("calculator"), settlement_id=certain.pk, key=new_id(), on=date(2026, 2, 3), reason="x"
        ),
    )
    refused(
        InvalidInput,
        lambda: record_tax_invoice(actor=finance, invoice_id=invoices["L1"].pk, number="1", on=tomorrow),
    )


def test_a_discarded_credit_note_can_be_prepared_again(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    wrong = billed(world, world.closed("2025Q1"), series)["L1"]
    finance = world.acting("calculator")
    note, again = credit_invoice(actor=finance, invoice_id=wrong.pk, reason="wrong address")
    # One without the other would be billed twice, or never: they go together.
    discard_invoice(actor=finance, invoice_id=again.pk)
    note.refresh_from_db()
    again.refresh_from_db()
    assert (note.state, again.state) == (InvoiceState.DISCARDED, InvoiceState.DISCARDED)
    second, third = credit_invoice(actor=finance, invoice_id=wrong.pk, reason="wrong address")
    issue_invoices(actor=finance, invoice_ids=[second.pk, third.pk], series_id=series.pk)
    assert Invoice.objects.filter(state=InvoiceState.ISSUED).count() == 5
    assert balances(world)["receivable"] == 318000


def test_what_replaces_an_invoice_is_not_issued_before_the_old_one_is_credited(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    wrong = billed(world, world.closed("2025Q1"), series)["L1"]
    finance = world.acting("calculator")
    note, again = credit_invoice(actor=finance, invoice_id=wrong.pk, reason="wrong address")
    refused(Conflict, lambda: issue_invoices(actor=finance, invoice_ids=[again.pk], series_id=series.pk))
    refused(Conflict, lambda: issue_invoices(actor=finance, invoice_ids=[again.pk, note.pk], series_id=series.pk))
    issue_invoices(actor=finance, invoice_ids=[note.pk], series_id=series.pk)
    issue_invoices(actor=finance, invoice_ids=[again.pk], series_id=series.pk)
    assert balances(world)["receivable"] == 318000


def test_a_close_whose_invoice_was_credited_is_billed_anew(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    run = world.closed("2025Q1")
    wrong = billed(world, run, series)["L1"]
    finance = world.acting("calculator")
    note, again = credit_invoice(actor=finance, invoice_id=wrong.pk, reason="wrong address")
    issue_invoices(actor=finance, invoice_ids=[note.pk], series_id=series.pk)
    discard_invoice(actor=finance, invoice_id=again.pk)
    [anew] = prepare_invoices(actor=finance, run_id=run.pk)
    assert (anew.replaces_id, anew.gross_minor, anew.licence.code) == (wrong.pk, 42400, "L1")
    assert [(line.product, line.amount_minor) for line in anew.lines.all()] == [("tv", 40000)]
    assert prepare_invoices(actor=finance, run_id=run.pk) == []
    issue_invoices(actor=finance, invoice_ids=[anew.pk], series_id=series.pk)
    assert balances(world)["receivable"] == 318000


def test_interest_on_interest_is_the_same_in_one_note_and_in_two(world: SmallWorld, filed: Filed) -> None:
    # 2 % a month, compounded: 400.00 for 60 days late are 16.16, however often it is charged.
    series = set_up_billing(
        world, vat="", interest_kind=InterestKind.MONTHLY_COMPOUND, interest_percent=Decimal(2), payment_days=0
    )
    invoice = billed(world, world.closed("2025Q1"), series)["L1"]
    later = replace(world, clock=FixedClock(datetime(2026, 6, 20, 4, tzinfo=UTC))).acting("calculator")
    first = charge_interest(actor=later, invoice_id=invoice.pk, until_on=date(2026, 3, 5))
    second = charge_interest(actor=later, invoice_id=invoice.pk, until_on=date(2026, 4, 4))
    assert (first.amount_minor, second.amount_minor) == (800, 816)


def test_a_key_that_set_off_one_pair_is_refused_for_another(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="")
    run = world.closed("2025Q1")
    wrong = billed(world, run, series)["L1"]
    following = billed(world, world.closed("2025Q2"), series)["L1"]
    finance = world.acting("calculator")
    note, again = credit_invoice(actor=finance, invoice_id=wrong.pk, reason="wrong address")
    issue_invoices(actor=finance, invoice_ids=[note.pk, again.pk], series_id=series.pk)
    key = new_id()

    def off(invoice: Invoice) -> object:
        return set_off(
            actor=finance, credit_note_id=note.pk, invoice_id=invoice.pk, amount_minor=100, key=key, on=TODAY
        )

    off(wrong)
    refused(Conflict, lambda: off(following))
    assert not Receipt.objects.filter(period="2025Q2").exists()


@pytest.mark.parametrize("act", ["issue", "settle"])
def test_whoever_books_holds_the_books_before_any_account_is_opened(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    # Else two that open the same accounts wait for each other: one for the books, the other for the account.
    from platform_core.ledger.services import accounts, open_account

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

    assert accounts.open_account is open_account
    monkeypatch.setattr("licensing.billing.kinds.open_account", opened)
    series = set_up_billing(world)
    drafts = prepare_invoices(actor=world.acting("calculator"), run_id=world.closed("2025Q1").pk)
    issue_invoices(actor=world.acting("calculator"), invoice_ids=[row.pk for row in drafts], series_id=series.pk)
    if act == "settle":
        held.clear()
        with transaction.atomic():
            settled(world, drafts[0], SettlementKind.CERTIFICATE, 100)
    assert held
    assert all(held)


def test_a_settlement_cannot_be_taken_back_by_taking_back_what_took_it_back(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    settlement = settled(world, invoice, SettlementKind.CERTIFICATE, 100)
    finance = world.acting("calculator")
    [back] = take_settlement_back(
        actor=finance, settlement_id=settlement.pk, key=new_id(), on=TODAY, reason="wrong licensee"
    )
    refused(
        WrongState,
        lambda: take_settlement_back(actor=finance, settlement_id=back.pk, key=new_id(), on=TODAY, reason="again"),
    )
