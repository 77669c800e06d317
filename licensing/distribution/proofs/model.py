"""What is published of a distribution, what each payee is given, and what a statement says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

FEWEST_PAYEES: Final = 3
"""With two, each would learn the other's amount from the total that is published."""

MOST_PAYEES: Final = 100_000

LARGEST_AMOUNT: Final = 2**63 - 1
"""In minor units, either way. Far from the order of the group, so that no sum of stated amounts goes round it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one payee is told: its name, its amount in minor units (negative for a claw-back), and anything further.

    `details` is JSON without fractions: text, whole numbers, yes or no, nothing, lists and objects of these.
    """

    payee: str
    amount_minor: int
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one row, for its payee alone: whoever has it and the row learns amount and statement."""

    label: str
    blinding: int
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """What is published of one payee: a label that tells nothing, a commitment to its amount, its statement's seal."""

    label: str
    commitment: bytes
    seal: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody may read of a distribution: a row for each payee, ordered by label, and what opens the sum."""

    run: str
    currency: str
    periods: tuple[str, ...]
    total_minor: int
    blinding: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ProvenStatement:
    """A member's file: its statement, what opens its row, and what was published."""

    statement: Statement
    opening: Opening
    published: Published
