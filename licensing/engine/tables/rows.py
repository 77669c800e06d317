"""The rows of a bundle's small tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from licensing.engine.model import Month


@dataclass(frozen=True, slots=True)
class Member:
    """Who shares in what the pool earns. `weights` holds the further columns that the allocation names."""

    id: str
    name: str
    segment: str
    held: bool
    enters: date | None
    leaves: date | None
    weights: Mapping[str, Fraction]

    def is_in(self, day: date) -> bool:
        """Whether it is a member on that day."""
        return (self.enters is None or self.enters <= day) and (self.leaves is None or day < self.leaves)

    @property
    def payee(self) -> str:
        """Whom its money goes to: itself, or what is withheld for it."""
        return f"~held:{self.id}" if self.held else self.id


@dataclass(frozen=True, slots=True)
class Patent:
    """One owner's part of one right in one country. `products` None is all."""

    publication: str
    family: str
    owner: str
    country: str
    granted: date | None
    ends: date | None
    enters: date | None
    leaves: date | None
    class_label: str
    products: frozenset[str] | None
    share: Fraction

    def counts_on(self, day: date) -> bool:
        """Whether the right is in force and in the pool on that day."""
        return (
            self.granted is not None
            and self.granted <= day
            and (self.ends is None or day < self.ends)
            and (self.enters is None or self.enters <= day)
            and (self.leaves is None or day < self.leaves)
        )


@dataclass(frozen=True, slots=True)
class Licence:
    """A licensee's contract as it stood when it was made; `Change` rows say what changed later."""

    id: str
    licensee: str
    enterprise: str
    signed: date | None
    starts: date | None
    ends: date | None
    standing: str
    option: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a licence's standing, enterprise or option is from a month on; None changes nothing."""

    licence_id: str
    month: Month
    standing: str | None
    enterprise: str | None
    option: str | None


@dataclass(frozen=True, slots=True)
class Charge:
    """Money owed without sales, in major units of its currency."""

    licence_id: str
    month: Month
    kind: str
    amount: Fraction
    currency: str
    line: int


@dataclass(frozen=True, slots=True)
class Bilateral:
    """A licence that the licensee already holds from one member."""

    licence_id: str
    member_id: str
    starts: date | None
    ends: date | None

    def in_force(self, day: date) -> bool:
        """Whether it is in force on that day (the last day counts)."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


@dataclass(slots=True)
class Tables:
    """A bundle without its sales. Dictionaries are in ascending key order."""

    members: dict[str, Member] = field(default_factory=dict)
    patents: list[Patent] = field(default_factory=list)
    licences: dict[str, Licence] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    bilaterals: list[Bilateral] = field(default_factory=list)
    fx: dict[tuple[Month, str], Fraction] = field(default_factory=dict)
    payments: dict[str, int] = field(default_factory=dict)
    refused_licences: set[str] = field(default_factory=set)
    refused_members: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
