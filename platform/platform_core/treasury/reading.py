"""Reading a bank's statement: which cells are what, and every line that cannot be one named with its number."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from platform_core.exchange.reading import (
    DayOrder,
    NoDay,
    Row,
    Table,
    UnreadableFile,
    clean,
    find_day_order,
    normalise_heading,
    open_table,
    read_day,
)
from platform_core.exchange.reading.encodings import find_encoding
from platform_core.money import exponent
from platform_core.treasury.calculation import BankLine, breaks, oldest_first
from platform_core.treasury.mapping import COLUMNS, StatementMapping

MOST_LINES: Final = 5_000
MOST_MISTAKES: Final = 20
LARGEST_UNPACKED: Final = 60_000_000
LARGEST_MINOR: Final = 10**15
_THOUSANDS: Final = 3
"""Digits that are parted."""
_TOTALS: Final = ("合计", "总计", "小计", "本页", "累计", "total")
_NOTHING: Final = ("", "-", "--", "—", "/")
_OUT: Final = ("借", "d", "dr", "支出", "支", "出", "往账", "转出", "debit")
_IN: Final = ("贷", "c", "cr", "收入", "收", "入", "来账", "转入", "credit")
_MARKS: Final = re.compile("[\\s\u00a0¥￥$元]")
_WIDE: Final = str.maketrans("０１２３４５６７８９．－＋（），’−", "0123456789.-+(),'-")
_AMOUNT: Final = re.compile(
    r"[-+]?(?P<whole>[0-9]{1,18}|[0-9]{1,3}(?P<mark>[,'])[0-9]{3}(?:(?P=mark)[0-9]{3}){0,4})(?:\.(?P<part>[0-9]{1,6}))?"
)
"""A mark parts thousands or nothing: where a comma stands for the decimal point, 1.230,00 would be read as 1.23."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that cannot be one of a statement."""

    line: int
    detail: str


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """What a file says, oldest line first, or what is wrong with it; and what it was taken for."""

    lines: Sequence[BankLine]
    mistakes: Sequence[Mistake]
    encoding: str
    header_line: int
    columns: Mapping[str, str]
    """By what they are: which heading each column was found by."""
    left_out: Sequence[int]
    """Lines of totals, which are no lines of the account."""


def read_statement(path: Path, mapping: StatementMapping, *, currency: str) -> ReadStatement:
    """Read a statement by its mapping. Raises UnreadableFile for what is no table with these columns."""
    names = [name for column in COLUMNS for name in getattr(mapping, column)]
    table = open_table(
        path,
        known={normalise_heading(name) for name in names},
        encoding=_encoding_of(path, mapping.encoding),
        delimiter=mapping.delimiter,
    )
    places = _places(table, mapping)
    rows = list(_limited(table))
    order = (
        DayOrder(mapping.day_order)
        if mapping.day_order
        else find_day_order(row.cells[places["day"][0]] for row in rows)
    )
    lines: list[BankLine] = []
    mistakes: list[Mistake] = []
    left_out: list[int] = []
    for row in rows:
        if _is_total(row, places):
            left_out.append(row.line)
            continue
        try:
            lines.append(_line(row, places, order, currency))
        except _NoLine as wrong:
            mistakes.append(Mistake(row.line, str(wrong)))
            if len(mistakes) == MOST_MISTAKES:
                break
    ordered = oldest_first(lines)
    if not mistakes and not mapping.ignore_balances:
        mistakes = [
            Mistake(line.line, f"Line {line.line}: the balance does not follow from the line before and the amount.")
            for line in breaks(ordered)[:MOST_MISTAKES]
        ]
    return ReadStatement(
        lines=ordered,
        mistakes=mistakes,
        encoding=table.told.encoding,
        header_line=table.told.header_line,
        columns={name: " + ".join(table.headings[place] for place in found) for name, found in places.items() if found},
        left_out=left_out,
    )


class _NoLine(ValueError):
    """Why a row is no line of a statement."""


def _encoding_of(path: Path, said: str) -> str:
    """Return how a file is encoded, blank for a workbook: what is not UTF-8 is what banks in China write."""
    with path.open("rb") as source:
        start = source.read(8)
    if start.startswith(b"PK"):
        _check_unpacked(path)
        return ""
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return ""
    if said:
        return said
    found = find_encoding(path)
    return found.name if found.is_sure else "gb18030"


def _check_unpacked(path: Path) -> None:
    """Refuse a workbook that is small on the wire and fills the memory once it is unpacked."""
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(part.file_size for part in package.infolist())
    except zipfile.BadZipFile:
        # What it is then is said by whoever opens it.
        return
    if unpacked > LARGEST_UNPACKED:
        raise UnreadableFile("too_large", "Unpacked, a statement has at most 60 MB: take it in month by month.")


def _limited(table: Table) -> Iterator[Row]:
    for number, row in enumerate(table.rows(), start=1):
        if number > MOST_LINES:
            raise UnreadableFile("too_long", "A statement has at most 5,000 lines: take it in month by month.")
        yield row


def _places(table: Table, mapping: StatementMapping) -> dict[str, list[int]]:
    """Return where each column stands; of several names the first that is there counts, and all of those of text."""
    standing: dict[str, int] = {}
    for place, heading in enumerate(table.headings):
        standing.setdefault(normalise_heading(heading), place)
    found = {}
    for column in COLUMNS:
        here = [
            standing[normalise_heading(name)]
            for name in getattr(mapping, column)
            if normalise_heading(name) in standing
        ]
        found[column] = list(dict.fromkeys(here)) if column == "text" else here[:1]
    wanted = [name for name in ("day", "amount", "paid_out", "paid_in") if getattr(mapping, name)]
    for column in wanted:
        if not found[column]:
            raise UnreadableFile(
                "no_column",
                f"The file has no column {' / '.join(getattr(mapping, column))}; it has {', '.join(table.headings)}.",
            )
    return found


def _cell(row: Row, places: Mapping[str, list[int]], column: str) -> str:
    return next((clean(row.cells[place]) for place in places[column] if place < len(row.cells)), "")


def _is_total(row: Row, places: Mapping[str, list[int]]) -> bool:
    first = next((clean(cell) for cell in row.cells if clean(cell)), "")
    is_named = any(clean(text).lower().startswith(_TOTALS) for text in (first, _cell(row, places, "day")))
    amounts = ("amount", "paid_out", "paid_in")
    nothing = all(_cell(row, places, column) in _NOTHING for column in amounts)
    # What stands below the table, such as who printed it and when.
    return is_named or (nothing and _cell(row, places, "day") == "")


def _line(row: Row, places: Mapping[str, list[int]], order: DayOrder, currency: str) -> BankLine:
    day = _cell(row, places, "day")
    try:
        booked_on = read_day(day, order)
    except NoDay:
        raise _NoLine(f"Line {row.line}: “{day}” is no day, or could be two.") from None
    amount = _amount_of(row, places, currency)
    if amount == 0:
        raise _NoLine(f"Line {row.line}: it moves nothing: its amount is missing or zero.")
    balance = _cell(row, places, "balance")
    texts = [clean(row.cells[place]) for place in places["text"]]
    return BankLine(
        line=row.line,
        booked_on=booked_on,
        amount_minor=amount,
        balance_minor=None if balance in _NOTHING else _minor(row, balance, currency),
        counterparty_name=_cell(row, places, "counterparty_name")[:200],
        counterparty_account=re.sub(r"[\s'`\t]", "", _cell(row, places, "counterparty_account"))[:60],
        text=" ".join(dict.fromkeys(text for text in texts if text not in _NOTHING))[:500],
        serial=_cell(row, places, "serial").strip("'`")[:100],
    )


def _amount_of(row: Row, places: Mapping[str, list[int]], currency: str) -> int:
    if not places["amount"]:
        out, into = (_minor(row, _cell(row, places, column), currency) for column in ("paid_out", "paid_in"))
        if out and into:
            raise _NoLine(f"Line {row.line}: it has an amount both out and in.")
        return into - out
    amount = _minor(row, _cell(row, places, "amount"), currency)
    if not places["direction"]:
        return amount
    word = _cell(row, places, "direction").lower()
    if word in _OUT:
        return -abs(amount)
    if word in _IN:
        return abs(amount)
    raise _NoLine(f"Line {row.line}: “{word}” does not say whether money came in or went out.")


def _minor(row: Row, cell: str, currency: str) -> int:
    """Read an amount as whole minor units, however its thousands are parted."""
    text = _MARKS.sub("", cell.translate(_WIDE))
    if text in _NOTHING:
        return 0
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    read, digits = _AMOUNT.fullmatch(text), exponent(currency)
    if read is None:
        raise _NoLine(f"Line {row.line}: “{cell}” is no amount.")
    minor = Decimal(re.sub("[,']", "", text)).scaleb(digits)
    if minor != int(minor):
        raise _NoLine(f"Line {row.line}: “{cell}” has more decimals than the currency.")
    if read["mark"] is None and read["part"] is not None and len(read["part"]) == _THOUSANDS and digits < _THOUSANDS:
        # 1.234 is 1,234 where points part thousands, and so is 1.000, which would be read as 1.
        raise _NoLine(f"Line {row.line}: “{cell}” could be two amounts: is it thousands that the point parts?")
    if abs(minor) > LARGEST_MINOR:
        raise _NoLine(f"Line {row.line}: “{cell}” is no amount.")
    return int(minor)
