"""A patent as a file tells of it."""

from dataclasses import dataclass, field
from datetime import date

from pools.patents.numbers import PatentNumber


@dataclass(frozen=True, slots=True)
class Doubt:
    """What people should look at before a row is taken: the field, a code and a sentence."""

    field: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is not taken: where it stands, a code and a sentence."""

    line: int
    field: str
    code: str
    detail: str
    text: str = ""
    """What stands in that field."""


@dataclass(frozen=True, slots=True)
class Person:
    """An applicant, owner or inventor, as named."""

    name: str
    country: str = ""


@dataclass(slots=True, kw_only=True)
class ReadPatent:
    """What one row, or one document, tells. Blank and None: it tells nothing of it."""

    line: int
    publication: PatentNumber | None = None
    application: PatentNumber | None = None
    country: str = ""
    """Where the right is: that of the office, of a validation, or of the column that says so."""
    title: str = ""
    title_en: str = ""
    abstract: str = ""
    first_claim: str = ""
    filed_on: date | None = None
    published_on: date | None = None
    granted_on: date | None = None
    ends_on: date | None = None
    priority_on: date | None = None
    right: str = ""
    status: str = ""
    applicants: list[Person] = field(default_factory=list)
    owners: list[Person] = field(default_factory=list)
    inventors: list[Person] = field(default_factory=list)
    agency: str = ""
    agents: list[str] = field(default_factory=list)
    address: str = ""
    ipc: list[str] = field(default_factory=list)
    cpc: list[str] = field(default_factory=list)
    priorities: list[tuple[str, date | None]] = field(default_factory=list)
    claims_count: int | None = None
    family_code: str = ""
    family: list[str] = field(default_factory=list)
    standards: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvent:
    """A legal event as an office announced it."""

    line: int
    publication: PatentNumber | None
    application: PatentNumber | None
    office: str
    """Where it happened: a European patent has events in each country."""
    code: str
    on: date
    """The day it was announced."""
    description: str = ""
    influence: str = ""
    """+ keeps or makes a right, - ends or weakens it, as INPADOC says; blank: neither."""
    told: dict[str, str] = field(default_factory=dict)
    """What else it says: owner, states, fee_year, paid_on, effective_on, expires, at_office, text."""
