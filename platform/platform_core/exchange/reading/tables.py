"""Opening a table, whatever it is saved as, and finding where its headings stand."""

import csv
import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

from platform_core.exchange.reading.cells import clean, normalise_heading
from platform_core.exchange.reading.encodings import Encoding, find_encoding
from platform_core.exchange.reading.limits import LONGEST_LINE, MOST_COLUMNS
from platform_core.exchange.reading.refusals import UnreadableFile
from platform_core.exchange.reading.workbooks import (
    OLE_START,
    ZIP_START,
    check_package,
    open_workbook,
    rows_of,
    sheets_of,
)

_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLED: Final = 60
_SEARCHED: Final = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the line (or row of the sheet) it begins on, counted from 1, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was assumed of a file, for people to see and change."""

    kind: str
    """csv, xlsx or xls."""
    encoding: str = ""
    is_sure_of_encoding: bool = True
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    preamble: tuple[str, ...] = ()
    """The lines before the headings."""
    header_line: int = 1


class Table:
    """A table that was opened: its headings, what was assumed of it, and its rows, read anew each time."""

    def __init__(self, path: Path, told: Told, headings: Sequence[str]) -> None:
        """Keep where the table is and how it is read."""
        self.path = path
        self.told = told
        self.headings = tuple(headings)

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the headings, as wide as these; rows of nothing are left out.

        Raises UnreadableFile where the file is wider or longer than files may be.
        """
        width = len(self.headings)
        for row in itertools.dropwhile(lambda row: row.line <= self.told.header_line, _raw_rows(self.path, self.told)):
            cells = row.cells
            if not any(map(str.strip, cells)):
                continue
            if len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            yield Row(row.line, cells)


def open_table(
    path: Path, *, known: Collection[str] = (), encoding: str = "", delimiter: str = "", sheet: str = ""
) -> Table:
    """Open a table and find its headings.

    They are the row that has most of the `known` ones (see normalise_heading), otherwise the first that is as wide as
    the table and filled. `encoding`, `delimiter` and `sheet` say what people chose; blank: found out.

    Raises UnreadableFile.
    """
    told = _opened(path, encoding, delimiter, sheet)
    sample = list(itertools.islice(_raw_rows(path, told), _SAMPLED))
    if not sample:
        raise UnreadableFile("empty", "The file has no rows.")
    at = _header_at(sample, frozenset(known))
    header = sample[at]
    headings = [clean(cell) for cell in header.cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) < 2 and not known:
        raise UnreadableFile("no_table", "The file has one column only: it is no table, or its delimiter is not known.")
    preamble = tuple(" ".join(filter(None, map(clean, row.cells))) for row in sample[:at])
    return Table(path, replace(told, preamble=preamble, header_line=header.line), headings)


def _opened(path: Path, encoding: str, delimiter: str, sheet: str) -> Told:
    with path.open("rb") as source:
        start = source.read(8)
    if start.startswith(ZIP_START) or start == OLE_START:
        is_new = start.startswith(ZIP_START)
        if is_new:
            check_package(path)
        sheets = tuple(sheets_of(open_workbook(path)))
        if sheet and sheet not in sheets:
            raise UnreadableFile("no_sheet", f"The workbook has no sheet “{sheet}”; it has {', '.join(sheets)}.")
        if not sheets:
            raise UnreadableFile("empty", "The workbook has no sheet.")
        return Told(kind="xlsx" if is_new else "xls", sheet=sheet or sheets[0], sheets=sheets)
    found = Encoding(encoding, is_sure=True) if encoding else find_encoding(path)
    told = Told(kind="csv", encoding=found.name, is_sure_of_encoding=found.is_sure, delimiter=delimiter or ",")
    return told if delimiter else _delimited(path, told)


def _delimited(path: Path, told: Told) -> Told:
    """Choose the delimiter by which most lines have the same number of cells, and more than one."""
    best, found = 0, told
    for delimiter in _DELIMITERS:
        tried = replace(told, delimiter=delimiter)
        widths = Counter(
            len(row.cells) for row in itertools.islice(_raw_rows(path, tried), _SAMPLED) if len(row.cells) > 1
        )
        # Many rows of many cells: what parts a table does so in nearly every row.
        weight = sum(count for _, count in widths.most_common(1)) * 1_000 + max(widths, default=0)
        if weight > best:
            best, found = weight, tried
    return found


def _header_at(sample: Sequence[Row], known: frozenset[str]) -> int:
    searched = sample[:_SEARCHED]
    if known:
        hits = [sum(normalise_heading(cell) in known for cell in row.cells) for row in searched]
        if max(hits) >= 2 or (max(hits) == 1 and len(searched[hits.index(1)].cells) <= 2):
            return hits.index(max(hits))
    # Lines before the headings have one cell as a rule: they do not count, however many they are.
    widths = Counter(len(row.cells) for row in sample if len(row.cells) > 1)
    width = max(widths, key=lambda found: (widths[found], found), default=1)
    for at, row in enumerate(searched):
        if len(row.cells) >= width and sum(bool(clean(cell)) for cell in row.cells) * 2 > width:
            return at
    return 0


def _raw_rows(path: Path, told: Told) -> Iterator[Row]:
    if told.kind == "csv":
        yield from _text_rows(path, told)
        return
    for number, cells in enumerate(rows_of(open_workbook(path), told.sheet), start=1):
        if len(cells) > MOST_COLUMNS:
            raise _too_wide(len(cells))
        yield Row(number, cells)


def _text_rows(path: Path, told: Told) -> Iterator[Row]:
    codec = "utf-8-sig" if told.encoding == "utf-8" else told.encoding
    try:
        # Universal newlines: a bare CR ends a line as well.
        with path.open(encoding=codec) as source:
            reader = csv.reader(_lines(source), delimiter=told.delimiter)
            begins = 1
            for cells in reader:
                if len(cells) > MOST_COLUMNS:
                    raise _too_wide(len(cells))
                yield Row(begins, cells)
                begins = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile("damaged", f"The file cannot be read from line {begins} on: {error}.") from None
    except (UnicodeError, LookupError):
        raise UnreadableFile(
            "wrong_encoding", f"The file is not encoded as {told.encoding}: choose another encoding."
        ) from None


def _lines(source: TextIO) -> Iterator[str]:
    """Yield lines of a bounded length, so that a file of one line is refused and not read whole."""
    while line := source.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise UnreadableFile(
                "line_too_long", f"A line has more than {LONGEST_LINE:,} characters: this is no table."
            )
        yield line.replace("\0", "")


def _too_wide(columns: int) -> UnreadableFile:
    return UnreadableFile("too_wide", f"The table has {columns:,} columns; at most {MOST_COLUMNS:,} are read.")
