"""Whether what a maker claims for a brand agrees with what the brand reported. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What comes of setting a claim beside the brand's own report."""

    AGREES = "agrees"
    CLAIMED_MORE = "claimed_more"
    NOT_REPORTED = "not_reported"
    NOT_LICENSED = "not_licensed"
    CANNOT_TELL = "cannot_tell"


class Basis(StrEnum):
    """By which of the brand's figures a claim was judged."""

    MAKER = "maker"
    """Its lines name who made the goods."""
    TOTAL = "total"
    """They do not: all that it reported beside all that makers claim for it."""
    NOTHING = "nothing"
    """There was no figure to judge by."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Units that one maker claims for a brand and product, and all that makers claim for them together."""

    units: int
    by_all: int


@dataclass(frozen=True, slots=True)
class Reported:
    """Units that a brand reported of a product: made by the one maker, by others it names, and by nobody it names."""

    of_maker: int
    of_others: int
    of_unnamed: int
    names_makers: bool

    @property
    def units(self) -> int:
        """All of them."""
        return self.of_maker + self.of_others + self.of_unnamed


def judge(claimed: Claimed, reported: Reported) -> tuple[Outcome, Basis]:
    """Set a claim beside what the brand reported of the product in the same months, and say by what it was judged.

    Where the brand names makers, what it says of this one decides, and what it left unnamed may be this one's too.
    Where it names none, its whole figure has to hold all that every maker claims; of a sum that it does not hold,
    nobody can tell whose part is too much unless one claim alone is more.
    """
    if reported.names_makers:
        if reported.of_maker >= claimed.units:
            return Outcome.AGREES, Basis.MAKER
        if reported.of_maker + reported.of_unnamed >= claimed.units:
            return Outcome.CANNOT_TELL, Basis.MAKER
        return Outcome.CLAIMED_MORE, Basis.MAKER
    if reported.units >= claimed.by_all:
        return Outcome.AGREES, Basis.TOTAL
    if reported.units < claimed.units:
        return Outcome.CLAIMED_MORE, Basis.TOTAL
    return Outcome.CANNOT_TELL, Basis.TOTAL
