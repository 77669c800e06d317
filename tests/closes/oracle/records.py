"""What a bundle holds once it is read: members, patents, licences, sold lines and the rest."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.closes.oracle.terms import Terms


@dataclass(frozen=True, order=True)
class Reject:
    file: str
    line: int
    column: str
    code: str
    value: str


class StoppedError(Exception):
    """The bundle cannot be closed at all, with or without --skip-rejected."""


@dataclass
class Member:
    id: str
    segment: str
    held: bool
    enters: date | None
    leaves: date | None
    weights: dict[str, Fraction]


@dataclass
class Patent:
    family: str
    owner: str
    country: str
    granted: date | None
    ends: date | None
    enters: date | None
    leaves: date | None
    label: str
    products: list[str]
    share: Fraction

    def counts(self, product: str | None, day: date) -> bool:
        """Whether it is in force and in the pool on that day and reads on the product (None: on every product)."""
        return (
            (product is None or "*" in self.products or product in self.products)
            and self.granted is not None
            and self.granted <= day
            and (self.ends is None or day < self.ends)
            and (self.enters is None or self.enters <= day)
            and (self.leaves is None or day < self.leaves)
        )


@dataclass
class State:
    """What of a licence may change from month to month."""

    standing: str
    enterprise: str
    option: str


@dataclass
class Licence:
    id: str
    licensee: str
    signed: date | None
    starts: date | None
    ends: date | None
    first: State
    changes: list[tuple[str, State]] = field(default_factory=list)

    def state(self, month: str) -> State:
        """Standing, enterprise and option as of a month; a blank cell of a change leaves what was there."""
        state = self.first
        for since, change in sorted(self.changes, key=lambda entry: entry[0]):
            if since <= month:
                state = State(
                    standing=change.standing or state.standing,
                    enterprise=change.enterprise or state.enterprise,
                    option=change.option or state.option,
                )
        return state


@dataclass
class Line:
    file: str
    line: int
    licence_id: str
    month: str
    product: str
    made_in: str
    sold_in: str
    units: int
    net: Fraction | None
    currency: str


@dataclass
class Charge:
    line: int
    licence_id: str
    month: str
    kind: str
    amount: Fraction
    currency: str


@dataclass
class Bilateral:
    licence_id: str
    member_id: str
    starts: date | None
    ends: date | None


@dataclass
class Bundle:
    terms: Terms
    members: dict[str, Member]
    patents: list[Patent]
    licences: dict[str, Licence]
    lines: list[Line]
    charges: list[Charge]
    bilaterals: list[Bilateral]
    fx: dict[tuple[str, str], Fraction]
    payments: dict[str, Fraction]
    rejects: list[Reject]
    lost_payee: bool


Row = tuple[int, dict[str, str]]
