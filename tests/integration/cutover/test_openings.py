"""What an old workbook ends with is carried over whole, ties, and what follows from it comes to the cent."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.db import DatabaseError, transaction

from licensing.agreements.models import Receipt
from licensing.agreements.services import cancel_charge
from licensing.billing.instalments import Part
from licensing.billing.models import Invoice
from licensing.billing.selectors import ageing
from licensing.billing.services import (
    charge_interest,
    credit_invoice,
    decide_instalment_plan,
    discard_invoice,
    prepare_invoices,
    propose_instalment_plan,
)
from licensing.close.models import CloseRun, LicenceResult
from licensing.cutover.models import Cutover, Opening, OpeningDifference
from licensing.cutover.reading import WorkbookRejected
from licensing.cutover.services import confirm_opening, preview_opening, undo_opening
from licensing.distribution.models import EarlierShare
from platform_core.audit.models import AuditEvent
from platform_core.ledger.models import Entry
from platform_core.problems import Conflict, NotAllowed, Problem, WrongState
from tests.factories.billing import balances, billed, pay
from tests.factories.core import NOON
from tests.factories.distribution import amounts, released
from tests.factories.royalties import SmallWorld
from tests.integration.cutover.carrying import (
    AS_TOLD,
    CUT_OVER,
    TABLES,
    Table,
    added,
    changed,
    moving,
    previewed,
    settle_past,
    without,
    workbook,
)
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

EARLY = date(2026, 1, 20)


def booked(world: SmallWorld, cutover: Cutover, folder: Path) -> Opening:
    opening = previewed(world, cutover, folder)
    return confirm_opening(actor=world.acting("approver"), opening_id=opening.pk, sha256=opening.sha256)


def found(opening: Opening) -> set[tuple[str, str, int, str]]:
    rows = OpeningDifference.objects.filter(opening=opening)
    return {(row.tie, row.name, row.amount_minor, row.cause) for row in rows}


def test_from_the_old_workbook_to_the_first_distribution_everything_ties(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    cutover = moving(world)
    settle_past(world, cutover, tmp_path / "past")
    opening = previewed(world, cutover, tmp_path / "new")
    assert found(opening) == set()
    assert balances(world) == {}
    confirm_opening(actor=world.acting("approver"), opening_id=opening.pk, sha256=opening.sha256)
    # Each account stands as it stood, and the opening account at nothing.
    assert balances(world) == AS_TOLD

    # What is open is chased like our own, under its old number.
    totals, _, _ = ageing(Invoice.objects.all(), on=date(2025, 8, 1))
    assert [(each.invoices, each.to_30_minor, each.total_minor) for each in totals] == [(3, 296800, 296800)]
    old = {invoice.number_text: invoice for invoice in Invoice.objects.all()}
    assert set(old) == {"OLD-17", "OLD-18", "OLD-19"}
    # What the workbook billed is not billed again.
    past = CloseRun.objects.get(period="2025Q2")
    with pytest.raises(WrongState, match="billed before"):
        prepare_invoices(actor=world.acting("calculator"), run_id=past.pk)
    with pytest.raises(WrongState, match="issued elsewhere"):
        credit_invoice(actor=world.acting("calculator"), invoice_id=old["OLD-17"].pk, reason="wrong")

    # Bands are of the year: the first live quarter goes on from the units of the first half.
    live = world.closed("2025Q3")
    due = dict(LicenceResult.objects.filter(run=live).values_list("licence__code", "due_minor"))
    assert due == {code: plain_quarter(factor, 3) for factor, code in enumerate(("L1", "L2", "L3"), start=1)}
    series = world.entity.invoice_series.get()
    invoices = billed(world, live, series)
    for invoice in (old["OLD-17"], old["OLD-18"], invoices["L1"]):
        pay(world, invoice, on=EARLY)

    run = released(world)
    # A plain model: all the money of each period by its shares, less what was given of it before.
    expected = plain_distribution(
        received={"2025Q1": 300000, "2025Q2": 60000 + 20000 + 100000 + 80000, "2025Q3": 60000},
        given={
            "2025Q1": {"M1": 135000, "M2": 81000, "M3": 50000, "~held:M3": 4000, "~fee": 30000},
            "2025Q2": {"M1": 27000, "M2": 16200, "M3": 10800, "~fee": 6000},
        },
    )
    assert amounts(run) == expected == {"M1": 117000, "M2": 70200, "M3": 50800, "~held:M3": -4000, "~fee": 26000}
    assert balances(world) == {
        "bank": 46434 + 106000 + 84800 + 63600,
        "receivable": 106000 + 127200 + 190800,
        "billed": -(100000 + 120000 + 180000),
        "payable": -(27000 + 117000 + 70200 + 50800),
        "prepaid": -5000,
        "output_vat": -(1234 + 3600 + 7200 + 10800),
        "fee_income": -(6000 + 26000),
    }


def plain_quarter(factor: int, quarter: int) -> int:
    """Royalty of a quarter in minor units: 3,000 units times the factor, the first 1,000 of the year free."""

    def year_to(units: int) -> int:
        return 20 * max(min(units, 50_000) - 1_000, 0) + 10 * max(units - 50_000, 0)

    before = 3_000 * factor * (quarter - 1)
    return year_to(before + 3_000 * factor) - year_to(before)


def plain_distribution(*, received: Mapping[str, int], given: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for period, money in received.items():
        fee = money // 10
        due = {"~fee": fee} | {payee: (money - fee) * part // 10 for payee, part in (("M1", 5), ("M2", 3), ("M3", 2))}
        assert sum(due.values()) == money
        for payee in {*due, *given.get(period, {})}:
            sums[payee] = sums.get(payee, 0) + due.get(payee, 0) - given.get(period, {}).get(payee, 0)
    return sums


PLANTED: dict[str, tuple[dict[str, Table], set[tuple[str, str, int, str]]]] = {
    "an invoice that is not in the balance": (
        changed("balances", 2, debit="1060.00"),
        {("receivable", "L3", -84800, "invoice_missing"), ("rest", "royalties", -84800, "not_balanced")},
    ),
    "an invoice left out": (
        without("open_invoices", 0),
        {
            ("receivable", "L2", 106000, "only_balance"),
            # By its amount it could be another one: so it is told, with that number.
            ("billed", "", 100000, "invoice_twice"),
        },
    ),
    "a balance without its tax": (
        changed("balances", 1, debit="1000.00"),
        {("receivable", "L2", -6000, "tax"), ("rest", "royalties", -6000, "not_balanced")},
    ),
    "a balance on the other side": (
        changed("balances", 5, debit="40.00", credit=""),
        {("held", "M3", -8000, "side"), ("rest", "royalties", 8000, "not_balanced")},
    ),
    "money with another licensee": (
        {
            **TABLES,
            "balances": (
                TABLES["balances"][0],
                [
                    *TABLES["balances"][1][:1],
                    ("receivable", "L2", "", "1160.00", ""),
                    ("receivable", "L3", "", "1808.00", ""),
                    *TABLES["balances"][1][3:],
                ],
            ),
        },
        {("receivable", "L2", 10000, "other_holder"), ("receivable", "L3", -10000, "other_holder")},
    ),
    "money of a period that was not distributed": (
        changed("balances", 4, credit="0.00"),
        {("collected", "", -20000, "other_period"), ("rest", "royalties", 20000, "not_balanced")},
    ),
    "held money that the books do not have": (
        without("balances", 5),
        {("held", "M3", -4000, "only_details"), ("rest", "royalties", 4000, "not_balanced")},
    ),
    "a reserve that was never set aside": (
        added("balances", ("reserve", "", "upkeep", "", "7.00")),
        {("reserve", "upkeep", 700, "only_balance"), ("rest", "royalties", -700, "not_balanced")},
    ),
    "undistributed money that is in no balance": (
        added("distributed", ("2025Q2", "~undistributed", "200.00")),
        {("undistributed", "", -20000, "only_details"), ("collected", "", 20000, "only_balance")},
    ),
    "a period that is not closed here": (
        added("collected", ("L1", "2024Q4", "5.00")),
        {("period", "2024Q4", 500, "not_closed"), ("collected", "", -500, "other_period")},
    ),
    "units that were reported otherwise": (
        changed("reported", 1, units="12500"),
        {("reported", "L2 tv", 500, "other_units")},
    ),
    "units nobody told": (without("reported", 2), {("reported", "L3 tv", -18000, "not_told")}),
    "an amount nothing explains": (
        changed("balances", 2, debit="1900.00"),
        {("receivable", "L3", -800, "unexplained"), ("rest", "royalties", -800, "not_balanced")},
    ),
}


def test_each_planted_difference_is_found_with_its_cause_and_hinders_the_booking(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    cutover = moving(world)
    for place, (name, (tables, expected)) in enumerate(PLANTED.items()):
        opening = previewed(world, cutover, tmp_path / str(place), tables)
        assert found(opening) == expected, name
        events = AuditEvent.objects.count()
        with pytest.raises(Conflict, match="do not tie"):
            confirm_opening(actor=world.acting("approver"), opening_id=opening.pk, sha256=opening.sha256)
        assert not Entry.objects.exists()
        assert AuditEvent.objects.count() == events
    # Receipts that are here and not told would be given out once more.
    tables = {name: table for name, table in TABLES.items() if name != "collected"}
    Receipt.objects.create(
        licence=world.licences["L1"], period="2025Q1", amount_minor=40000, created_at=NOON, received_on=EARLY
    )
    opening = previewed(world, cutover, tmp_path / "receipts", tables)
    assert ("receipt", "L1 2025Q1", -40000, "recorded_beyond") in found(opening)


def test_whoever_brought_it_does_not_confirm_it_and_it_is_booked_once(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    cutover = moving(world)
    opening = previewed(world, cutover, tmp_path / "a")
    same = previewed(world, cutover, tmp_path / "b")
    assert same.pk == opening.pk

    def refused(who: str, sha256: str, kind: type[Problem], why: str) -> None:
        with pytest.raises(kind, match=why):
            confirm_opening(actor=world.acting(who), opening_id=opening.pk, sha256=sha256)
        assert not Entry.objects.exists()

    refused("calculator", opening.sha256, NotAllowed, "You brought this yourself")
    refused("approver", "0" * 64, Conflict, "not what you looked at")
    with pytest.raises(DatabaseError, match="opening_two_people"), transaction.atomic():
        Opening.objects.filter(pk=opening.pk).update(
            state="booked", confirmed_at=NOON, confirmed_by=opening.previewed_by
        )
    first = confirm_opening(actor=world.acting("approver"), opening_id=opening.pk, sha256=opening.sha256)
    entries = Entry.objects.count()
    again = confirm_opening(actor=world.acting("approver"), opening_id=opening.pk, sha256=opening.sha256)
    assert (again.pk, Entry.objects.count(), Receipt.objects.count()) == (first.pk, entries, 5)
    # The same tables, saved as files of their own, are what was booked; anything else is refused.
    assert previewed(world, cutover, tmp_path / "c").pk == first.pk
    with pytest.raises(Conflict, match="Something else was carried over"):
        previewed(world, cutover, tmp_path / "d", changed("balances", 7, credit="51.00"))
    with pytest.raises(DatabaseError, match="does not go from booked"), transaction.atomic():
        Opening.objects.filter(pk=opening.pk).update(state="previewed", confirmed_at=None, confirmed_by=None)


def test_records_that_changed_since_the_preview_are_noticed(world: SmallWorld, filed: Filed, tmp_path: Path) -> None:
    cutover = moving(world)
    opening = previewed(world, cutover, tmp_path / "a")
    Receipt.objects.create(
        licence=world.licences["L3"], period="2025Q2", amount_minor=1, created_at=NOON, received_on=EARLY
    )
    with pytest.raises(Conflict, match="Records changed"):
        confirm_opening(actor=world.acting("approver"), opening_id=opening.pk, sha256=opening.sha256)
    assert not Entry.objects.exists()


def test_all_of_it_is_undone_as_long_as_nothing_stands_on_it(world: SmallWorld, filed: Filed, tmp_path: Path) -> None:
    cutover = moving(world)
    opening = booked(world, cutover, tmp_path / "a")
    undo_opening(actor=world.acting("calculator"), opening_id=opening.pk, reason="A wrong file.")
    assert balances(world) == {}
    assert set(Invoice.objects.values_list("state", flat=True)) == {"discarded"}
    assert sum(Receipt.objects.values_list("amount_minor", flat=True)) == 0
    assert sum(EarlierShare.objects.values_list("amount_minor", flat=True)) == 0

    # Once more, and then money arrives on one of its accounts.
    again = booked(world, cutover, tmp_path / "b")
    assert again.number == 2
    assert balances(world) == AS_TOLD
    pay(world, Invoice.objects.get(state="issued", outside_number="OLD-17"), 100, on=EARLY)
    with pytest.raises(Conflict):
        undo_opening(actor=world.acting("calculator"), opening_id=again.pk, reason="Too late.")
    again.refresh_from_db()
    assert again.state == "booked"


def test_what_bears_interest_or_is_being_paid_is_not_undone(world: SmallWorld, filed: Filed, tmp_path: Path) -> None:
    cutover = moving(world)
    opening = booked(world, cutover, tmp_path / "a")
    old = Invoice.objects.get(outside_number="OLD-17")
    finance = world.acting("calculator")
    note = charge_interest(actor=finance, invoice_id=old.pk, until_on=date(2026, 2, 2))
    with pytest.raises(Conflict, match=r"OLD-17: interest was charged"):
        undo_opening(actor=finance, opening_id=opening.pk, reason="A wrong file.")
    assert balances(world) == AS_TOLD
    # Cancelled, it counts no more; and a plan that was proposed meanwhile is not agreed to any more.
    cancel_charge(actor=finance, charge_id=note.charge_id, reason="a wrong file")
    plan = propose_instalment_plan(
        actor=finance,
        invoice_id=old.pk,
        parts=[Part(date(2026, 3, 1), 53000), Part(date(2026, 4, 1), 53000)],
        reason="asked for",
    )
    undo_opening(actor=finance, opening_id=opening.pk, reason="A wrong file.")
    with pytest.raises(WrongState, match="Only an issued invoice"):
        decide_instalment_plan(actor=world.acting("approver"), plan_id=plan.pk, approve=True)
    plan.refresh_from_db()
    assert (balances(world), plan.state) == ({}, "proposed")


def test_drafts_of_what_was_billed_before_hinder_the_booking(world: SmallWorld, filed: Filed, tmp_path: Path) -> None:
    cutover = moving(world)
    opening = previewed(world, cutover, tmp_path / "a")
    drafts = prepare_invoices(actor=world.acting("calculator"), run_id=CloseRun.objects.get(period="2025Q2").pk)
    with pytest.raises(Conflict, match=r"2025Q2: invoices are prepared here"):
        confirm_opening(actor=world.acting("approver"), opening_id=opening.pk, sha256=opening.sha256)
    assert not Entry.objects.exists()
    for draft in drafts:
        discard_invoice(actor=world.acting("calculator"), invoice_id=draft.pk)
    confirm_opening(actor=world.acting("approver"), opening_id=opening.pk, sha256=opening.sha256)
    assert balances(world) == AS_TOLD


def test_every_mistake_is_told_by_file_sheet_row_and_column(world: SmallWorld, filed: Filed, tmp_path: Path) -> None:
    cutover = moving(world)
    tables: dict[str, Table] = {
        "balances": (
            ("account", "holder", "debit", "credit"),
            [
                ("cash", "", "1", ""),
                ("receivable", "L9", "1.005", ""),
                ("bank", "", "1", "1"),
                ("held", "M9", "x", ""),
            ],
        ),
        "未结账单": (
            ("账单号", "许可合同", "期间", "开具日", "到期日", "未结净额"),
            [
                ("A", "L1", "2025Q9", "2025-07-01", "2025-06-01", "0"),
                ("OLD-1", "L1", "2025Q3", "yesterday", "2025-06-01", "1.00"),
                ("old-1", "L1", "2025Q2", "2025-06-01", "2025-06-01", "1.00"),
            ],
        ),
        "distributed": (("period", "payee"), []),
    }
    path = workbook(tmp_path / "bad.xlsx", tables)
    events = AuditEvent.objects.count()
    with pytest.raises(WorkbookRejected) as refused:
        preview_opening(actor=world.acting("calculator"), cutover_id=cutover.pk, files=[("bad.xlsx", path)])
    told = [(each.sheet, each.line, each.column, each.code) for each in refused.value.mistakes]
    assert told == [
        ("balances", 2, "account", "unknown"),
        ("balances", 3, "holder", "unknown"),
        ("balances", 3, "debit", "too_fine"),
        ("balances", 4, "label", "unknown"),
        ("balances", 4, "credit", "both_sides"),
        ("balances", 5, "holder", "unknown"),
        ("balances", 5, "debit", "bad_value"),
        ("未结账单", 2, "number", "bad_length"),
        ("未结账单", 2, "issued_on", "too_late"),
        ("未结账单", 2, "due_on", "too_early"),
        ("未结账单", 2, "net", "nothing"),
        ("未结账单", 2, "period", "bad_value"),
        ("未结账单", 3, "issued_on", "bad_day"),
        ("未结账单", 3, "period", "too_late"),
        ("未结账单", 4, "number", "twice"),
        ("distributed", 1, "amount", "missing_column"),
    ]
    assert {each.file for each in refused.value.mistakes} == {"bad.xlsx"}
    assert not Opening.objects.exists()
    assert AuditEvent.objects.count() == events
    # Formulas are refused, and so is a file that is none of the tables.
    with xlsxwriter.Workbook(tmp_path / "sums.xlsx") as book:
        sheet = book.add_worksheet("balances")
        sheet.write_row(0, 0, ["account", "debit"])
        sheet.write_formula(1, 1, "=1+1")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    for name, code in (("sums.xlsx", "formulas"), ("other.csv", "unknown_table")):
        with pytest.raises(WorkbookRejected) as refused:
            preview_opening(actor=world.acting("calculator"), cutover_id=cutover.pk, files=[(name, tmp_path / name)])
        assert [each.code for each in refused.value.mistakes] == [code]
    assert cutover.on_day == CUT_OVER
