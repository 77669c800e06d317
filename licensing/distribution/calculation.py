"""What of the money received is new to each payee. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """What a payee is due of one period with all that was received for it, and how much of it was distributed before.

    In minor units. The difference is below 0 where it was given more than it is due now: a claw-back.
    """

    payee: str
    cumulative_minor: int
    before_minor: int

    @property
    def amount_minor(self) -> int:
        """What is new."""
        return self.cumulative_minor - self.before_minor


def new_shares(cumulative: Mapping[str, int], before: Mapping[str, int]) -> list[Share]:
    """Return what is new for each payee of a period, in the order of payees; those with nothing at all are left out.

    The new amounts add up to what was received since, whatever rounding did to single payees.
    """
    return [
        Share(payee, cumulative.get(payee, 0), before.get(payee, 0))
        for payee in sorted({*cumulative, *before})
        if cumulative.get(payee, 0) or before.get(payee, 0)
    ]


def totals_by_payee(shares: Iterable[Share]) -> dict[str, int]:
    """Return what is new for each payee over several periods, in the order of payees."""
    sums: dict[str, int] = {}
    for share in shares:
        sums[share.payee] = sums.get(share.payee, 0) + share.amount_minor
    return dict(sorted(sums.items()))


@dataclass(frozen=True, slots=True)
class Received:
    """What was received for a period under one licence, in minor units, and what of it was distributed before."""

    licence: str
    received_minor: int


def payments_table(received: Sequence[Received], *, digits: int) -> list[tuple[str, str]]:
    """Return the rows of a bundle's payments: licences with money above 0, in major units, in their order."""
    return [
        (row.licence, _major(row.received_minor, digits))
        for row in sorted(received, key=lambda row: row.licence)
        if row.received_minor > 0
    ]


def _major(minor: int, digits: int) -> str:
    text = str(minor).rjust(digits + 1, "0")
    return text if digits == 0 else f"{text[:-digits]}.{text[-digits:]}"
