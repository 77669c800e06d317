"""What a patent number was found to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """What the office numbered: an application, a publication of one (also of the grant), or the right granted."""

    APPLICATION = "application"
    PUBLICATION = "publication"
    GRANT = "grant"


class Right(StrEnum):
    """What kind of right is applied for, where the number says so."""

    INVENTION = "invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"
    PLANT = "plant"
    PROVISIONAL = "provisional"


class Check(StrEnum):
    """What became of a number's check digit. None stands where the office gives none."""

    OK = "ok"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a number is not valid: a code for programs, a sentence for people, and the values in it."""

    code: str
    detail: str
    values: Mapping[str, str] = field(default_factory=dict)


def wrong_check(given: str, expected: str) -> Flaw:
    """Return the flaw of a check digit that is not that of the digits before it."""
    return Flaw(
        "wrong_check",
        f"The check digit is {given}, but these digits have {expected}: one of them was mistyped.",
        {"check": given, "expected": expected},
    )


def wrong_kind(kind: str) -> Flaw:
    """Return the flaw of a kind code that is none of the office."""
    return Flaw("wrong_kind", f"Kind code {kind} is not given by this office.", {"kind": kind})


NOT_AN_APPLICATION: Final = Flaw("not_an_application", "This is the number of a publication, not of an application.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentNumber:
    """A number, read. Not valid if it has flaws; one that could not be read at all has no forms either."""

    office: str
    """The office that gave it, by its ST.3 code; blank: not recognised."""
    stage: Stage | None = None
    canonical: str = ""
    """One form for one number: office, serial and check digit (computed where it was missing), kind code if given."""
    key: str = ""
    """The canonical form without its kind code: the same for a publication and what was granted on it."""
    docdb: str = ""
    """Office, number and kind code, parted by blanks, as EPO's DOCDB and Lens have them."""
    epodoc: str = ""
    """As EPO's EPODOC has it."""
    printed: str = ""
    """As the office prints it."""
    kind: str = ""
    """The kind code as given; what it means can depend on the day of publication (`kind_meanings`)."""
    right: Right | None = None
    year: int | None = None
    """The year in the number, of four digits."""
    check: Check | None = None
    check_digit: str = ""
    """The right check digit, whatever was written; blank: this office gives none."""
    country: str = ""
    """Where a regional right was validated (`BE-EP1387585`); blank: nothing was said."""
    is_marked_granted: bool = False
    """Written as a granted right (ZL), which is an offence before the grant."""
    could_be: tuple[Stage, ...] = ()
    """What else the same characters can stand for; give `stage` to decide."""
    flaws: tuple[Flaw, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Say whether such a number can exist."""
        return not self.flaws


def unreadable(office: str, code: str, detail: str, /, **values: str) -> PatentNumber:
    """Return the reading of what is no number."""
    return PatentNumber(office=office, flaws=(Flaw(code, detail, values),))


def with_kind(number: str, kind: str) -> str:
    """Return a number with its kind code, parted by a blank, as DOCDB has it."""
    return f"{number} {kind}" if kind else number


_WHOLE_KIND: Final = frozenset({"JP"})
_LETTER_KEPT: Final = frozenset("AT AU BA BG CN DK FI IS KR NL NO PL SK UY TW YU".split())
_LEFT_OUT: Final = frozenset("ABC")


def epodoc_kind(office: str, kind: str) -> str:
    """Return what EPODOC keeps of a kind code: some offices' letters tell documents of one number apart.

    Source: EPO, answer to "Sometimes, when using a reference in EPODOC format".
    """
    if not kind or kind[0] == "A":
        return ""
    if office in _WHOLE_KIND:
        return kind
    if office in _LETTER_KEPT:
        return kind[0]
    return "" if kind[0] in _LEFT_OUT else kind[0]
