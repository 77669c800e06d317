"""A programme with an old workbook: one difference of each cause is planted in January or February."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from licensing.billing.models import TaxRule
from licensing.bundles.services import import_bundle
from licensing.close.models import CloseRun
from licensing.cutover.models import Cutover
from licensing.cutover.services import begin_cutover
from platform_core.csv_text import csv_bytes
from tests.factories.closed_cases import close_case, close_records, importing

TERMS = """
[programme]
id = "old"
currency = "CNY"
period = "2025-01"
basis = "accrued"
royalty_bearing = "always"
admin_fee_percent = "10"
[[rates]]
id = "abroad"
products = ["abroad"]
per_unit = "1.00"
currency = "USD"
[[rates]]
id = "device"
per_unit = "1.00"
[[waivers]]
id = "small"
products = ["cheap"]
below_per_year = "50"
[[caps]]
id = "most"
products = ["box"]
per_year = "500"
[allocation]
by = "points"
points = {M1 = "5", M2 = "3", M3 = "2"}
"""

JANUARY = {
    "same": ("tv", 1000), "round": ("tv", 333), "units": ("tv", 100), "rate": ("tv", 100), "cap": ("box", 600),
    "waiver": ("cheap", 40), "tax": ("tv", 200), "exchange": ("abroad", 100), "credit": ("tv", 100),
    "shift": ("tv", 300), "new": ("tv", 55), "strange": ("tv", 100),
}  # fmt: skip
FEBRUARY = {"same": ("tv", 1000), "shift": ("tv", 100)}
MARCH = {"same": ("tv", 1000)}

OLD_JANUARY = [
    # licence, royalty, credit, due, units, rate
    ("same", "1000.00", "", "1000.00", "1000", ""),
    ("round", "333.01", "", "333.01", "333", ""),
    ("units", "90.00", "", "90.00", "90", "1.00"),
    ("rate", "120.00", "", "120.00", "100", "1.20"),
    ("cap", "600.00", "", "600.00", "600", ""),
    ("waiver", "40.00", "", "40.00", "", ""),
    ("tax", "212.00", "", "212.00", "200", ""),
    ("exchange", "730.00", "", "730.00", "100", ""),
    ("credit", "100.00", "", "100.00", "100", ""),
    ("shift", "250.00", "", "250.00", "250", ""),
    ("gone", "77.00", "", "77.00", "77", ""),
    ("strange", "137.77", "", "137.77", "", ""),
]
OLD_FEBRUARY = [("same", "1000.00", "", "1000.00", "", ""), ("shift", "150.00", "", "150.00", "", "")]


def write_bundle(folder: Path) -> Path:
    """Write the programme's records as a bundle of January's close, with the sales of three months."""
    folder.mkdir()
    (folder / "programme.toml").write_text(TERMS)
    tables: dict[str, tuple[tuple[str, ...], Sequence[Sequence[str | int]]]] = {
        "members.csv": (
            ("member_id", "name", "segment", "held"),
            [(m, f"Member {m}", "upstream", "") for m in ("M1", "M2", "M3")],
        ),
        "patents.csv": (
            ("publication", "family", "owner", "country", "granted", "ends", "enters", "leaves", "class", "products"),
            [],
        ),
        "licences.csv": (
            ("licence_id", "licensee", "enterprise", "signed", "starts", "ends", "standing", "option"),
            [(code, f"Licensee {code}", "", "", "2024-01-01", "", "standard", "") for code in sorted(JANUARY)],
        ),
        "bilaterals.csv": (("licence_id", "member_id", "starts", "ends"), [("credit", "M3", "2024-01-01", "")]),
        "fx.csv": (("month", "currency", "rate"), [("2025-01", "USD", "7.1"), ("2025-02", "USD", "7.3")]),
        "sales.csv": (
            ("licence_id", "month", "product", "made_in", "sold_in", "units", "net_amount", "currency"),
            [
                (code, f"2025-0{month}", product, "CN", "CN", units, "", "CNY")
                for month, sales in ((1, JANUARY), (2, FEBRUARY), (3, MARCH))
                for code, (product, units) in sales.items()
            ],
        ),
    }
    for name, (header, rows) in tables.items():
        (folder / name).write_bytes(csv_bytes(header, rows))
    return folder


def write_old(folder: Path, invoices: Sequence[tuple[str, ...]], payees: dict[str, str]) -> Path:
    """Write what the old workbook came to."""
    folder.mkdir(exist_ok=True)
    header = ("licence_id", "royalty", "credit", "due", "units", "rate")
    (folder / "old_invoices.csv").write_bytes(csv_bytes(header, invoices))
    (folder / "old_payees.csv").write_bytes(csv_bytes(("payee", "amount"), list(payees.items())))
    return folder


def shared_as(total: str, fee: str, weights: dict[str, str]) -> dict[str, str]:
    """Share a total out as the old workbook did, in percent of all and of what is left."""
    given = Decimal(total) * Decimal(fee) / 100
    left = Decimal(total) - given
    cent = Decimal("0.01")
    return {
        "~fee": str(given.quantize(cent)),
        **{member: str((left * Decimal(part) / 100).quantize(cent)) for member, part in weights.items()},
    }


def closed_beside(tmp_path: Path) -> tuple[Cutover, dict[str, CloseRun]]:
    """Take the programme in, calculate its first three months, and begin its cut-over in March."""
    bundle = write_bundle(tmp_path / "bundle")
    january = close_case(bundle)
    programme = january.programme
    for month in ("2025-02", "2025-03"):
        (bundle / "programme.toml").write_text(TERMS.replace("2025-01", month))
        import_bundle(actor=importing(), folder=bundle, alliance_code="of-case", programme_code="case")
    TaxRule.objects.create(
        operating_entity=programme.operating_entity, code="vat6", kind="vat", from_on=date(2024, 1, 1), percent=6
    )
    runs = {"2025-01": january} | {month: close_records(programme, month) for month in ("2025-02", "2025-03")}
    cutover = begin_cutover(actor=importing(), programme_id=programme.pk, on_day=date(2025, 3, 1))
    return cutover, runs
