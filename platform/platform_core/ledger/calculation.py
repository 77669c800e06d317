"""What makes an entry right and what its hash is made of. Pure: no database, no clock."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

BEFORE_THE_FIRST: Final = "0" * 64
"""The hash that the first entry of a book follows."""
LARGEST_MINOR: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry does to one account, in minor units: above zero is a debit, below zero a credit."""

    account_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that an entry says, but for its place in the book."""

    key: UUID
    purpose: str
    name: str
    effective_on: date
    subject_type: str
    subject_id: UUID
    memo: str
    reverses_id: UUID | None
    lines: tuple[Line, ...]


def imbalances(lines: Iterable[Line], currencies: Mapping[UUID, str]) -> dict[str, int]:
    """Return what is left over of each currency in which debits and credits do not meet; accounts have one each."""
    sums: dict[str, int] = {}
    for line in lines:
        currency = currencies[line.account_id]
        sums[currency] = sums.get(currency, 0) + line.amount_minor
    return {currency: left for currency, left in sums.items() if left}


def reversed_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines that undo lines."""
    return tuple(Line(line.account_id, -line.amount_minor) for line in lines)


def entry_hash(*, entity_id: UUID, number: int, previous: str, booked_at: datetime, content: Content) -> str:
    """Return the hash that ties an entry to the one before it and to everything it says; the database asks the same."""
    memo = hashlib.sha256(content.memo.encode()).hexdigest()
    written = booked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    told = [
        "lianchi-ledger/1",
        str(entity_id),
        str(number),
        previous,
        str(content.key),
        content.purpose,
        content.name,
        content.effective_on.isoformat(),
        written,
        content.subject_type,
        str(content.subject_id),
        memo,
        str(content.reverses_id or ""),
        *(f"{place}|{line.account_id}|{line.amount_minor}" for place, line in enumerate(content.lines, start=1)),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
