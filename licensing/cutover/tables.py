"""Reading the tables of what is carried over from an old workbook, with every mistake by its place."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from licensing.close.calculation import read_payee, span_of
from licensing.cutover.forms import BALANCES, COLLECTED, DISTRIBUTED, FORMS, INVOICES, REPORTED, Form
from licensing.cutover.reading import Mistake, WorkbookRejected
from licensing.cutover.tying import (
    Balance,
    Carried,
    Collected,
    Distributed,
    OpenInvoice,
    Reported,
)
from platform_core.codes import CURRENCY_EXPONENTS
from platform_core.exchange.reading.cells import clean, normalise_heading
from platform_core.exchange.reading.days import NoDay, read_day
from platform_core.exchange.reading.refusals import UnreadableFile
from platform_core.exchange.reading.tables import Table, open_table
from platform_core.money import exponent

LARGEST_FILE: Final = 5 * 2**20
MOST_FILES: Final = 10
MOST_ROWS: Final = 20_000

_FORMS: Final = {form.name: form for form in FORMS}
_NAMES: Final = {normalise_heading(name): form.name for form in FORMS for name in (form.name, form.zh)}

_OF_LICENCES: Final = frozenset(("receivable", "prepaid"))
_OF_MEMBERS: Final = frozenset(("payable", "held"))
_OWN: Final = frozenset(
    (
        "bank",
        "suspense",
        "billed",
        "collected",
        "output_vat",
        "tax_given_up",
        "payment_fees",
        "reserve",
        "undistributed",
        "fee_income",
    )
)
_LABELLED: Final = frozenset(("bank", "reserve"))
_OF_ANY_PURPOSE: Final = frozenset(("bank", "suspense"))
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?")
_UNITS: Final = re.compile(r"[0-9]{1,15}")
_LONGEST: Final = 60
_SHORTEST_NUMBER: Final = 3
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables may name."""

    on_day: date
    currency: str
    licences: Collection[str]
    members: Collection[str]
    bank_labels: Mapping[tuple[str, str], Collection[str]]
    """Of the operating entity's bank accounts, by purpose and currency."""
    purposes: Collection[str]
    numbers: Collection[str]
    """Of invoices that are here already."""


@dataclass(slots=True)
class Read:
    """What was read, and from which files."""

    carried: Carried
    files: list[dict[str, str]] = field(default_factory=list)
    """Name and SHA-256 of each file."""


def read_tables(files: Sequence[tuple[str, Path]], known: Known) -> Read:
    """Read workbooks and CSV files, each sheet or file one table by its name.

    Raises WorkbookRejected with every mistake by file, sheet, row and column.
    """
    reader = _Reader(known)
    read = Read(reader.carried)
    for name, path in files:
        read.files.append({"name": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
        reader.file(name, path)
    if not reader.mistakes and not reader.seen:
        reader.mistake("", "", 0, "", "no_table", "", "there is no table that is known: take the template")
    if reader.mistakes:
        raise WorkbookRejected(reader.mistakes)
    return read


class _Reader:
    """Reads the tables of files, and keeps what is wrong with them."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.carried = Carried()
        self.mistakes: list[Mistake] = []
        self.seen: dict[str, str] = {}
        self._numbers: set[str] = set()
        self._rows = 0

    def mistake(self, file: str, sheet: str, line: int, column: str, code: str, value: str, message: str) -> None:
        """Keep a mistake."""
        self.mistakes.append(Mistake(file, line, column, code, value[:200], message, sheet))

    def file(self, name: str, path: Path) -> None:
        """Read what is known of a file: its sheets, or itself."""
        try:
            first = open_table(path, known=_headings())
            sheets = first.told.sheets or ("",)
        except UnreadableFile as error:
            self.mistake(name, "", 0, "", error.code, "", str(error))
            return
        for sheet in sheets:
            called = sheet or Path(name).stem
            table = _NAMES.get(normalise_heading(called))
            if table is None:
                if not sheet:
                    self.mistake(name, "", 0, "", "unknown_table", called, "the file is named like none of the tables")
                continue
            if (before := self.seen.setdefault(table, f"{name} {sheet}".strip())) != f"{name} {sheet}".strip():
                self.mistake(name, sheet, 0, "", "table_twice", called, f"the table is in {before} already")
                continue
            try:
                opened = first if sheet == first.told.sheet else open_table(path, known=_headings(), sheet=sheet)
                self._table(name, sheet, _FORMS[table], opened)
            except UnreadableFile as error:
                if error.code != "empty":
                    self.mistake(name, sheet, 0, "", error.code, "", str(error))

    def _table(self, name: str, sheet: str, form: Form, table: Table) -> None:
        places = _places(form, table.headings)
        for column in form.columns:
            if column.needed and column.name not in places:
                line = table.told.header_line
                self.mistake(name, sheet, line, column.name, "missing_column", "", "the table has no such column")
        if any(column.needed and column.name not in places for column in form.columns):
            return
        for row in table.rows():
            self._rows += 1
            if self._rows > MOST_ROWS:
                self.mistake(name, sheet, row.line, "", "too_many", "", f"at most {MOST_ROWS} rows are taken")
                return
            cells = {column: clean(row.cells[place]) for column, place in places.items()}
            _Row(self, name, sheet, row.line, cells).take(form.name)

    def number(self, number: str) -> bool:
        """Note the number of an invoice, and say whether it is new."""
        plain = normalise_heading(number)
        taken = {normalise_heading(each) for each in self.known.numbers}
        if plain in self._numbers or plain in taken:
            return False
        self._numbers.add(plain)
        return True


class _Row:
    """One row of a table, cell by cell."""

    def __init__(self, reader: _Reader, file: str, sheet: str, line: int, cells: Mapping[str, str]) -> None:
        self.reader, self.file, self.sheet, self.line, self.cells = reader, file, sheet, line, cells
        self.known = reader.known
        self.wrong = False

    def take(self, table: str) -> None:
        """Add what the row says, unless something in it is wrong."""
        made: Any = getattr(self, f"_{table}")()
        if not self.wrong:
            rows: dict[str, list[Any]] = {
                BALANCES: self.reader.carried.balances,
                INVOICES: self.reader.carried.invoices,
                COLLECTED: self.reader.carried.collected,
                DISTRIBUTED: self.reader.carried.distributed,
                REPORTED: self.reader.carried.reported,
            }
            rows[table].append(made)

    def no(self, column: str, code: str, message: str) -> None:
        """Note that a cell is wrong."""
        self.wrong = True
        self.reader.mistake(self.file, self.sheet, self.line, column, code, self.cells.get(column, ""), message)

    def _balances(self) -> Balance:
        account = self.text("account").casefold()
        purpose = (self.cells.get("purpose") or "royalties").casefold()
        currency = (self.cells.get("currency") or self.known.currency).upper()
        holder, label = self.cells.get("holder", ""), self.cells.get("label", "")
        if account and account not in _OF_LICENCES | _OF_MEMBERS | _OWN:
            self.no("account", "unknown", "there is no such account: the template lists them")
        if purpose not in self.known.purposes:
            self.no("purpose", "unknown", "there is no such purpose")
        elif purpose != "royalties" and account not in _OF_ANY_PURPOSE:
            self.no("purpose", "other_purpose", "this account is of royalties")
        if currency not in CURRENCY_EXPONENTS:
            self.no("currency", "unknown", "this is no currency")
            currency = self.known.currency
        elif currency != self.known.currency and account not in _OF_ANY_PURPOSE:
            self.no("currency", "other_currency", f"the programme is settled in {self.known.currency}")
        if account in _OF_LICENCES and holder not in self.known.licences:
            self.no("holder", "unknown", "name the licence by its code")
        if account in _OF_MEMBERS and holder not in self.known.members:
            self.no("holder", "unknown", "name the member by its code")
        if account in _OWN and holder:
            self.no("holder", "own", "the account is the operating entity's own: leave this blank")
        banks = self.known.bank_labels.get((purpose, currency), ())
        if account == "bank" and label not in banks:
            # Workbooks take the last digits of a number for a number of their own.
            label = label.zfill(_DIGITS)
        if account == "bank" and label not in banks:
            self.no("label", "unknown", "there is no such bank account: write its last digits, or open it first")
        if label and account not in _LABELLED:
            self.no("label", "no_label", "this account has no label: leave it blank")
        if account == "reserve" and not label:
            self.no("label", "required", "name the reserve")
        debit = self.amount("debit", blank=0, currency=currency)
        credit = self.amount("credit", blank=0, currency=currency)
        if debit and credit:
            self.no("credit", "both_sides", "a balance is a debit or a credit")
        return Balance(purpose, account, holder, label, currency, debit - credit)

    def _open_invoices(self) -> OpenInvoice:
        number = self.text("number")
        if number and not _SHORTEST_NUMBER <= len(number) <= _LONGEST:
            self.no("number", "bad_length", "a number has 3 to 60 characters")
        elif number and not self.reader.number(number):
            self.no("number", "twice", "an invoice of this number is there already")
        issued, due = self.day("issued_on"), self.day("due_on")
        if issued is not None and issued >= self.known.on_day:
            self.no("issued_on", "too_late", f"an old invoice is issued before {self.known.on_day}")
        if issued is not None and due is not None and due < issued:
            self.no("due_on", "too_early", "it is due no earlier than it is issued")
        net, tax, withheld = self.amount("net"), self.amount("tax", blank=0), self.amount("withheld", blank=0)
        if net + tax == 0:
            self.no("net", "nothing", "nothing is open of it: leave it out")
        if len({value > 0 for value in (net, tax, withheld) if value}) > 1:
            self.no("tax", "two_signs", "all amounts of an invoice have one sign")
        if abs(withheld) > abs(net):
            self.no("withheld", "too_much", "no more is withheld than the net amount")
        licence, period, none = self.licence(), self.period(), self.known.on_day
        return OpenInvoice(number, licence, period, issued or none, due or none, net, tax, withheld)

    def _collected(self) -> Collected:
        return Collected(self.licence(), self.period(), self.amount("amount"))

    def _distributed(self) -> Distributed:
        payee = self.text("payee")
        try:
            told = read_payee(payee)
            if told.kind == "credit":
                self.no("payee", "no_payee", "what is credited to licensees is not distributed")
            if told.member and told.member not in self.known.members:
                self.no("payee", "unknown", "name the member by its code")
        except ValueError:
            self.no("payee", "unknown", "write a member's code, ~held:code, ~fee, ~reserve:name or ~undistributed")
        return Distributed(self.period(), payee, self.amount("amount"))

    def _reported(self) -> Reported:
        units = self.text("units").removesuffix(".0")
        if units and not _UNITS.fullmatch(units):
            self.no("units", "bad_value", "units are whole numbers")
            units = "0"
        return Reported(self.licence(), self.text("product"), int(units or 0))

    def text(self, column: str) -> str:
        """Return a cell that must not be blank."""
        value = self.cells.get(column, "")
        if not value:
            self.no(column, "required", "the cell is blank")
        return value

    def licence(self) -> str:
        """Return the code of a licence."""
        code = self.text("licence_id")
        if code and code not in self.known.licences:
            self.no("licence_id", "unknown", "the programme has no such licence")
        return code

    def period(self) -> str:
        """Return a period that was over before the cut-over day."""
        text = self.text("period")
        if text:
            try:
                if span_of(text).last_day >= self.known.on_day:
                    self.no("period", "too_late", f"only periods before {self.known.on_day} are carried over")
            except ValueError:
                self.no("period", "bad_value", "write 2025-03, 2025Q1, 2025H1 or 2025")
        return text

    def day(self, column: str) -> date | None:
        """Return a day; one that is none is a mistake."""
        text = self.text(column)
        try:
            return read_day(text) if text else None
        except NoDay as error:
            self.no(column, "bad_day", str(error))
            return None

    def amount(self, column: str, *, blank: int | None = None, currency: str = "") -> int:
        """Return an amount in minor units; 0 where it is none, which is a mistake."""
        value = self.cells.get(column, "").replace(",", "").replace("，", "").replace(" ", "")
        if not value and blank is not None:
            return blank
        if not value:
            self.no(column, "required", "the cell is blank")
            return 0
        if not _AMOUNT.fullmatch(value):
            self.no(column, "bad_value", "write an amount such as 1234.56")
            return 0
        of = currency or self.known.currency
        scaled = Decimal(value).scaleb(exponent(of))
        if scaled != scaled.to_integral_value():
            self.no(column, "too_fine", f"{of} has no amounts as small as this: round it")
            return 0
        return int(scaled)


def _headings() -> frozenset[str]:
    return frozenset(
        normalise_heading(name) for form in FORMS for column in form.columns for name in (column.name, column.zh)
    )


def _places(form: Form, headings: Sequence[str]) -> dict[str, int]:
    found = {normalise_heading(heading): place for place, heading in reversed(list(enumerate(headings)))}
    places: dict[str, int] = {}
    for column in form.columns:
        for name in (column.name, column.zh):
            if (place := found.get(normalise_heading(name))) is not None:
                places.setdefault(column.name, place)
    return places
