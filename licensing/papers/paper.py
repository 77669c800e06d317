"""What stands on a paper, whatever form it takes: facts, figures, tables and notes, in one language."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from licensing.engine.cells import plain
from platform_core.money import exponent


class Language(StrEnum):
    """The language a paper is written in."""

    ZH = "zh"
    EN = "en"


class Form(StrEnum):
    """The form a paper takes."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"

    @property
    def content_type(self) -> str:
        """The media type of a paper in this form."""
        return {
            Form.PDF: "application/pdf",
            Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form.CSV: "text/csv; charset=utf-8",
        }[self]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units, with the exact micros where they are known."""

    minor: int
    currency: str
    micros: int | None = None

    @property
    def major(self) -> str:
        """The amount in major units, with all the decimals of its currency."""
        digits = exponent(self.currency)
        text = str(abs(self.minor)).rjust(digits + 1, "0")
        whole = text if digits == 0 else f"{text[:-digits]}.{text[-digits:]}"
        return f"-{whole}" if self.minor < 0 else whole

    @property
    def grouped(self) -> str:
        """The amount in major units with separators: 1,234,567.80."""
        whole, point, part = self.major.partition(".")
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        return f"{sign}{int(digits):,}{point}{part}"

    @property
    def exact(self) -> str:
        """The exact amount in major units as text; of what is rounded to begin with, the amount itself."""
        if self.micros is None:
            return self.major
        return plain(Fraction(self.micros, 10 ** (exponent(self.currency) + 6)))


Cell = str | int | Money


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; a column of money or whole numbers stands to the right."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""
    """What is said where there is no row."""

    def holds_money(self, place: int) -> bool:
        """Whether a column is one of amounts, some of which may be missing."""
        return any(isinstance(row[place], Money) for row in self.rows)

    def holds_numbers(self, place: int) -> bool:
        """Whether a column is one of amounts or whole numbers."""
        return any(isinstance(row[place], Money | int) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs as what, and on which day; both are left blank where nobody has yet."""

    part: str
    name: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, ready to be written in any form."""

    language: Language
    name: str
    """The file's name without its ending."""
    title: str
    subtitle: str
    issuer: Sequence[str]
    """The letterhead: who issues it, and in what alliance."""
    addressee: Sequence[str]
    facts: Sequence[tuple[str, str]]
    figures: Sequence[tuple[str, Money]]
    """The amounts it is about, the one that matters last."""
    in_words: str = ""
    tables: Sequence[Table] = field(default_factory=tuple)
    notes: Sequence[tuple[str, str]] = field(default_factory=tuple)
    signatures: Sequence[Signature] = field(default_factory=tuple)
    signatures_heading: str = "signatures"
    footer: str = ""
    exact_heading: str = "exact"
    amount_heading: str = "amount"
    item_heading: str = "item"


def write_paper(paper: Paper, form: Form) -> bytes:
    """Write a paper in a form; the same paper gives the same bytes."""
    from licensing.papers.pages import write_pdf
    from licensing.papers.sheets import write_csv, write_xlsx

    return {Form.PDF: write_pdf, Form.XLSX: write_xlsx, Form.CSV: write_csv}[form](paper)
