"""Pure rules of dealings: in what two offers differ, and how long the office takes for its steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

ACKNOWLEDGE_WITHIN: Final = 15
"""Days in which an application is to be acknowledged."""
OFFER_WITHIN: Final = 30
"""Days after that in which an offer is to be made: the month in which a holder answers who is willing."""
GO_ON_WITHIN: Final = 30
"""Days in which a refused offer is to be followed by another, and an agreed one by the next step towards a licence."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a later offer says otherwise than an earlier one."""

    field: str
    before: str
    after: str


def differences(told: Iterable[tuple[str, str, str]]) -> list[Difference]:
    """Return what differs of columns that are told twice: (column, before, after)."""
    return [Difference(name, before, after) for name, before, after in told if before != after]
