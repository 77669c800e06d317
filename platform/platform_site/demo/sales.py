"""The sales reports of the demonstration: five quarters, with seasons, returns, late and corrected ones."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from io import StringIO
from typing import Final

from platform_site.demo.days import QUARTERS, WORKDAYS, last_day, months_of, on_weekday
from platform_site.demo.dice import Dice
from platform_site.demo.licences import LICENCES
from platform_site.demo.names import LICENSEES
from platform_site.demo.programmes import UHD_PRO, Licence, Line, Programme

# Percent of an average month, January to December.
_SEASONS: Final = {
    # Home market: the days before the Lunar New Year, the June and the November sales.
    "home": (117, 70, 83, 82, 94, 127, 77, 84, 95, 108, 156, 107),
    # Goods leave the factory one to three months ahead of November.
    "export": (80, 66, 84, 88, 92, 97, 108, 120, 129, 131, 118, 87),
    "festival": (76, 72, 84, 88, 92, 86, 90, 110, 148, 156, 112, 86),
    "steady": (98, 84, 101, 100, 102, 107, 99, 98, 102, 101, 108, 100),
    # Budgets are spent at the year's end.
    "studio": (56, 52, 92, 94, 90, 105, 82, 84, 112, 104, 126, 203),
}

CLAIMED_COLUMNS: Final = ("brand_or_customer", "exclusion_code", "evidence")
COLUMNS: Final = ("licence_id", "month", "product", "made_in", "sold_in", "units", "net_amount", "currency", "model")

LATE: Final = "PRO-013"
RETURNING: Final = "TV-005"
CORRECTED: Final = ("TV-006", "2026Q1")
UNKNOWN_PRODUCT: Final = ("PRO-006", "2026Q3")
"""The report that makes a close refuse its input: it names a product for which the tariff has no rate."""
ESTIMATED: Final = ("PRO-009", "2026Q3")
"""The quarter that nobody reported, and that finance estimated."""
MISSING: Final = frozenset({ESTIMATED, (LATE, "2026Q3")})
CLAIMING: Final = ("TV-003", "2026Q2")
"""The report that says some of its sets were made for brands which are licensed and report them themselves."""
MADE_FOR: Final = {"projector": "jiping", "tv8k": "saebyeok"}
"""For whom, by product: the first reported as many, the second fewer."""

# An audit by the licensee's own accountants found set-top boxes sold abroad through a trading house.
CORRECTED_ON: Final = date(2026, 9, 15)


@dataclass(frozen=True, slots=True)
class SalesLine:
    """One line of a report. `net_amount` is in major units of `currency` and None where no price is asked for."""

    month: str
    product: str
    made_in: str
    sold_in: str
    units: int
    net_amount: Decimal | None
    currency: str
    model: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a licensee filed for a quarter; version 2 takes the place of version 1."""

    licence: Licence
    quarter: str
    version: int
    filed_on: date
    lines: tuple[SalesLine, ...]

    @property
    def file_name(self) -> str:
        """Return the name under which the licensee's file was uploaded."""
        return f"{self.licence.code}-{self.quarter}{'' if self.version == 1 else f'-v{self.version}'}.csv"

    def content(self) -> bytes:
        """Return the file: some licensees export from a spreadsheet that writes a byte-order mark."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        claims = (self.licence.code, self.quarter) == CLAIMING
        writer.writerow((*COLUMNS, *CLAIMED_COLUMNS) if claims else COLUMNS)
        for line in self.lines:
            net = "" if line.net_amount is None else str(line.net_amount)
            writer.writerow(
                (
                    self.licence.code,
                    line.month,
                    line.product,
                    line.made_in,
                    line.sold_in,
                    line.units,
                    net,
                    line.currency,
                    line.model,
                    *(_claimed(line) if claims else ()),
                )
            )
        mark = Dice("byte-order mark", self.licence.code).chance(35)
        return text.getvalue().encode("utf-8-sig" if mark else "utf-8")


def _claimed(line: "SalesLine") -> tuple[str, str, str]:
    """Return for which brand a line is said to be made, and by what: nothing for what bears its own name."""
    firm = MADE_FOR.get(line.product)
    return ("", "", "") if firm is None else (LICENSEES[firm].name_zh, "brand-licensed", f"OEM-2025-{firm}")


@cache
def reports() -> tuple[Report, ...]:
    """Return all reports in the order in which they were filed."""
    made: list[Report] = []
    for licence in LICENCES:
        for quarter in QUARTERS:
            if (licence.code, quarter) in MISSING or not any(map(licence.covers, months_of(quarter))):
                continue
            lines = tuple(_lines(licence, quarter, corrected=False))
            made.append(Report(licence, quarter, 1, _filed_on(licence, quarter), lines))
            if (licence.code, quarter) == CORRECTED:
                lines = tuple(_lines(licence, quarter, corrected=True))
                made.append(Report(licence, quarter, 2, CORRECTED_ON, lines))
    return tuple(sorted(made, key=lambda report: (report.filed_on, report.licence.code, report.quarter)))


def reports_for(programme: Programme, quarter: str, *, on: date) -> tuple[Report, ...]:
    """Return the reports of a year up to a quarter that a close of that day reads: the newest version of each."""
    newest: dict[tuple[str, str], Report] = {}
    for report in reports():
        same_programme = report.licence.programme == programme.code
        if same_programme and report.filed_on <= on and quarter[:4] + "Q1" <= report.quarter <= quarter:
            newest[(report.licence.code, report.quarter)] = report
    return tuple(newest[key] for key in sorted(newest))


def exchange_rates(programme: Programme) -> Iterator[tuple[str, str, Decimal]]:
    """Yield month, currency and the settlement currency per unit of it, for all that licensees report in."""
    if programme is not UHD_PRO:
        return
    around = {"CNY": "0.1395", "EUR": "1.1640", "GBP": "1.3380", "JPY": "0.00668"}
    for quarter in QUARTERS:
        for month in months_of(quarter):
            for currency, middle in around.items():
                drift = Dice("exchange rate", month, currency).whole(-180, 180)
                rate = Decimal(middle) * (10_000 + drift) / 10_000
                yield month, currency, rate.quantize(Decimal("0.00000001" if currency == "JPY" else "0.000001"))


def _filed_on(licence: Licence, quarter: str) -> date:
    """Return when the report came: in the thirty days after the quarter, but for the one who is late."""
    dice = Dice("filed", licence.code, quarter)
    if licence.code == LATE and quarter in ("2025Q4", "2026Q1"):
        return on_weekday(last_day(quarter) + timedelta(days=dice.whole(34, 36)), WORKDAYS)
    return on_weekday(last_day(quarter) + timedelta(days=dice.whole(9, 27)), WORKDAYS)


def _lines(licence: Licence, quarter: str, *, corrected: bool) -> Iterator[SalesLine]:
    for month in months_of(quarter):
        if not licence.covers(month):
            continue
        for line in licence.lines:
            for sold_in in line.markets:
                yield from _month(licence, line, month, sold_in, corrected=corrected)
    if (licence.code, quarter) == UNKNOWN_PRODUCT:
        yield SalesLine(months_of(quarter)[2], "recorder", "CN", "CN", 86, Decimal("1083600.00"), "CNY", "ZG-R8")


def _month(licence: Licence, line: Line, month: str, sold_in: str, *, corrected: bool) -> Iterator[SalesLine]:
    # A nil report is a report: the smallest maker sells nothing in its last February and says so.
    nothing_sold = licence.code == "TV-009" and month == "2026-02"
    for place, model in enumerate(line.models):
        dice = Dice("sales", licence.code, line.product, line.made_in, sold_in, month, model)
        units = 0 if nothing_sold else _units(line, month, sold_in, place, dice)
        if corrected and line.product == "stb" and sold_in == "IN" and month >= "2026-02":
            units = units * 164 // 100
        yield _sold(line, month, sold_in, units, model, dice)
        returned = _returned(licence, line, month, sold_in, units, place)
        if returned:
            yield _sold(line, month, sold_in, -returned, model, dice)


def _units(line: Line, month: str, sold_in: str, place: int, dice: Dice) -> int:
    season = _SEASONS[line.season][int(month[5:]) - 1]
    # Models sell as 3 to 2 to 1 and so on.
    weights = range(len(line.models), 0, -1)
    units = line.units * line.markets[sold_in] * season * weights[place]
    years = int(month[:4]) - 2025
    units = units * (100 + line.growth * years) * dice.whole(930, 1070)
    return units // (100 * 100 * sum(weights) * 100 * 1000)


def _returned(licence: Licence, line: Line, month: str, sold_in: str, units: int, place: int) -> int:
    """Return the units that came back: after the winter sales at one licensee."""
    if licence.code == RETURNING and line.product == "tv4k" and month in ("2025-12", "2026-01", "2026-02"):
        return units * Dice("returns", licence.code, month, place).whole(24, 71) // 1000
    return 0


def _sold(line: Line, month: str, sold_in: str, units: int, model: str, dice: Dice) -> SalesLine:
    net = None
    if line.price is not None:
        each = Decimal(line.price) * dice.of("price").whole(9_300, 10_400) / 10_000
        net = (each * units).quantize(Decimal(1) if line.currency == "JPY" else Decimal("0.01"))
    return SalesLine(month, line.product, line.made_in, sold_in, units, net, line.currency, model)
