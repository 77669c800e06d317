"""Reading the files of reference rates that the European Central Bank publishes. Pure: files in, rates out."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from platform_core.exchange.reading import UnreadableFile

EURO: Final = "EUR"
LARGEST: Final = 10_000_000
"""Bytes of a file: the whole history has about half a million."""
MOST_DAYS: Final = 120
"""Days taken in at once, the latest ones: nobody converts at older rates."""

_CURRENCY: Final = re.compile("[A-Z]{3}")
_NAMED_DAY: Final = re.compile("([0-9]{1,2}) ([A-Z][a-z]+) ([0-9]{4})")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""The file of one day writes its day in English, whatever the reader's language is."""
_NOT_GIVEN: Final = frozenset({"", "N/A"})


@dataclass(frozen=True, slots=True)
class ReadRate:
    """What one euro is in a currency on a day."""

    on: date
    currency: str
    rate: Decimal


def read_reference_rates(path: Path) -> list[ReadRate]:
    """Read eurofxref as CSV or XML, of one day or many; the latest days of it, oldest first. Raises UnreadableFile."""
    if path.stat().st_size > LARGEST:
        raise UnreadableFile("bad_rates", "The file is larger than a file of reference rates is.")
    with path.open("rb") as source:
        is_xml = source.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    rows = list(_xml(path) if is_xml else _csv(path))
    if not rows:
        raise UnreadableFile("bad_rates", "The file has no rates.")
    if len({(row.on, row.currency) for row in rows}) != len(rows):
        raise UnreadableFile("bad_rates", "The file tells a rate of one day twice.")
    days = sorted({row.on for row in rows})[-MOST_DAYS:]
    return sorted((row for row in rows if row.on >= days[0]), key=lambda row: (row.on, row.currency))


def _csv(path: Path) -> Iterator[ReadRate]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = list(csv.reader(lines, skipinitialspace=True, strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise UnreadableFile("bad_rates", "This is no CSV file of reference rates.") from None
    heading = [cell.strip() for cell in table[0]] if table else []
    if not heading or heading[0] != "Date":
        raise UnreadableFile("bad_rates", "This is no CSV file of reference rates.")
    while heading and not heading[-1]:
        heading.pop()
    for place, row in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        on = _day(row[0].strip(), place)
        for currency, cell in zip(heading[1:], row[1:], strict=False):
            if cell.strip() not in _NOT_GIVEN:
                yield _rate(on, currency, cell.strip(), place)


def _xml(path: Path) -> Iterator[ReadRate]:
    try:
        root = parse(path, forbid_dtd=True).getroot()
    except (ParseError, DefusedXmlException, ValueError):
        raise UnreadableFile("bad_rates", "This is no XML file of reference rates.") from None
    for day in () if root is None else root.iter():
        if _local(day) == "Cube" and day.get("time"):
            on = _day(str(day.get("time")), 1)
            for cube in day:
                if _local(cube) == "Cube" and cube.get("currency"):
                    yield _rate(on, str(cube.get("currency")), str(cube.get("rate")), 1)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _day(text: str, line: int) -> date:
    named = _NAMED_DAY.fullmatch(text)
    try:
        if named is not None:
            return date(int(named[3]), _MONTHS.index(named[2]) + 1, int(named[1]))
        return date.fromisoformat(text)
    except ValueError:
        pass
    raise UnreadableFile("bad_rates", f"Line {line}: “{text}” is no day.")


def _rate(on: date, currency: str, text: str, line: int) -> ReadRate:
    if not _CURRENCY.fullmatch(currency) or currency == EURO:
        raise UnreadableFile("bad_rates", f"Line {line}: “{currency}” is no currency beside the euro.")
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise UnreadableFile("bad_rates", f"Line {line}: “{text}” is no rate.") from None
    exponent = rate.as_tuple().exponent
    if not rate.is_finite() or not 0 < rate < 10**12 or not isinstance(exponent, int) or exponent < -12:
        raise UnreadableFile("bad_rates", f"Line {line}: “{text}” is no rate.")
    return ReadRate(on, currency, rate)
