"""A programme whose first half of 2025 was closed in an old workbook, and the tables of what that ended with."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from licensing.close.models import LicenceResult, PayeeResult
from licensing.cutover.models import Cutover, Opening
from licensing.cutover.services import begin_cutover, compare_period, confirm_parallel_run, preview_opening
from platform_core.csv_text import csv_bytes
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import BANK
from platform_core.ledger.services import open_account
from tests.factories.billing import set_up_billing
from tests.factories.royalties import SmallWorld

Table = tuple[tuple[str, ...], Sequence[tuple[str, ...]]]

# Of January to March all 3,000.00 came and were given out, 40.00 of it withheld. Of April to June L1 paid its 600.00,
# which were given out, and L2 200.00 of 1,200.00, which were not; L2 and L3 owe the rest with tax.
TABLES: Mapping[str, Table] = {
    "balances": (
        ("account", "holder", "label", "debit", "credit"),
        [
            ("bank", "", "0009", "464.34", ""),
            ("receivable", "L2", "", "1060.00", ""),
            ("receivable", "L3", "", "1908.00", ""),
            ("billed", "", "", "", "2800.00"),
            ("collected", "", "", "", "200.00"),
            ("held", "M3", "", "", "40.00"),
            ("payable", "M1", "", "", "270.00"),
            ("prepaid", "L1", "", "", "50.00"),
            ("output_vat", "", "", "", "12.34"),
            ("fee_income", "", "", "", "60.00"),
        ],
    ),
    "open_invoices": (
        ("number", "licence_id", "period", "issued_on", "due_on", "net", "tax"),
        [
            ("OLD-17", "L2", "2025Q2", "2025-06-20", "2025-07-20", "1000.00", "60.00"),
            ("OLD-18", "L3", "2025Q2", "2025-06-20", "2025-07-20", "800.00", "48.00"),
            ("OLD-19", "L3", "2025Q2", "2025-06-21", "2025-07-21", "1000.00", "60.00"),
        ],
    ),
    "collected": (
        ("licence_id", "period", "amount"),
        [
            ("L1", "2025Q1", "400.00"),
            ("L2", "2025Q1", "1000.00"),
            ("L3", "2025Q1", "1600.00"),
            ("L1", "2025Q2", "600.00"),
            ("L2", "2025Q2", "200.00"),
        ],
    ),
    "distributed": (
        ("period", "payee", "amount"),
        [
            ("2025Q1", "M1", "1350.00"),
            ("2025Q1", "M2", "810.00"),
            ("2025Q1", "M3", "500.00"),
            ("2025Q1", "~held:M3", "40.00"),
            ("2025Q1", "~fee", "300.00"),
            ("2025Q2", "M1", "270.00"),
            ("2025Q2", "M2", "162.00"),
            ("2025Q2", "M3", "108.00"),
            ("2025Q2", "~fee", "60.00"),
        ],
    ),
    "reported": (
        ("licence_id", "product", "units"),
        [("L1", "tv", "6000"), ("L2", "tv", "12000"), ("L3", "tv", "18000")],
    ),
}

CUT_OVER = date(2025, 7, 1)
AS_TOLD = {
    "bank": 46434,
    "receivable": 106000 + 190800,
    "billed": -280000,
    "collected": -20000,
    "held": -4000,
    "payable": -27000,
    "prepaid": -5000,
    "output_vat": -1234,
    "fee_income": -6000,
}
"""How the accounts stand once the tables are booked."""


def moving(world: SmallWorld) -> Cutover:
    """Close the first half of the year here too, open the bank account, and begin the cut-over in July."""
    set_up_billing(world)
    for period in ("2025Q1", "2025Q2"):
        world.closed(period)
    open_account(
        actor=world.acting("calculator"),
        operating_entity_id=world.entity.pk,
        holder_id=world.entity.organisation_id,
        kind=BANK.code,
        purpose=Purpose.ROYALTIES,
        currency="CNY",
        label="0009",
    )
    return begin_cutover(actor=world.acting("calculator"), programme_id=world.programme.pk, on_day=CUT_OVER)


def settle_past(world: SmallWorld, cutover: Cutover, folder: Path) -> None:
    """Compare both quarters with an old workbook that came to the same, and have both confirmed."""
    folder.mkdir()
    for period in ("2025Q1", "2025Q2"):
        owed = LicenceResult.objects.filter(run__period=period).select_related("licence")
        rows = [(row.licence.code, _major(row.royalty_minor), "", _major(row.due_minor)) for row in owed]
        (folder / "old_invoices.csv").write_bytes(csv_bytes(("licence_id", "royalty", "credit", "due"), rows))
        paid = PayeeResult.objects.filter(run__period=period)
        payees = [(row.payee, _major(row.amount_minor)) for row in paid]
        (folder / "old_payees.csv").write_bytes(csv_bytes(("payee", "amount"), payees))
        run = compare_period(actor=world.acting("calculator"), cutover_id=cutover.pk, period=period, folder=folder)
        assert not run.differences.exists()
        confirm_parallel_run(actor=world.acting("approver"), parallel_run_id=run.pk)


def workbook(path: Path, tables: Mapping[str, Table]) -> Path:
    """Write tables as the sheets of a workbook."""
    with xlsxwriter.Workbook(path) as book:
        for name, (header, rows) in tables.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate([header, *rows]):
                for place, cell in enumerate(row):
                    sheet.write_string(line, place, cell)
    return path


def changed(table: str, at: int, **cells: str) -> dict[str, Table]:
    """Return the tables with some cells of one row written otherwise."""
    header, rows = TABLES[table]
    row = dict(zip(header, rows[at], strict=True)) | cells
    after = [*rows[:at], tuple(row[name] for name in header), *rows[at + 1 :]]
    return {**TABLES, table: (header, after)}


def without(table: str, at: int) -> dict[str, Table]:
    """Return the tables without one row."""
    header, rows = TABLES[table]
    return {**TABLES, table: (header, [*rows[:at], *rows[at + 1 :]])}


def added(table: str, *rows: tuple[str, ...]) -> dict[str, Table]:
    """Return the tables with rows more."""
    header, before = TABLES[table]
    return {**TABLES, table: (header, [*before, *rows])}


def previewed(
    world: SmallWorld, cutover: Cutover, folder: Path, tables: Mapping[str, Table] = TABLES, who: str = "calculator"
) -> Opening:
    """Bring the tables as a workbook."""
    folder.mkdir(exist_ok=True)
    path = workbook(folder / "old.xlsx", tables)
    return preview_opening(actor=world.acting(who), cutover_id=cutover.pk, files=[("old.xlsx", path)])


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
