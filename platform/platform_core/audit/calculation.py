"""How the record is chained: what of an event is hashed, how rows follow one another, and what a seal states."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from platform_core.canonical import canonical

FORM: Final = 1
"""The form that new seals have. Another column of an event is another form; the old one stays as it is for old rows."""

COLUMNS: Final[Mapping[int, Sequence[str]]] = {
    1: (
        "id",
        "at",
        "name",
        "actor_kind",
        "user_id",
        "seat_id",
        "organisation_id",
        "work",
        "request_id",
        "subject_type",
        "subject_id",
        "alliance_id",
        "operating_entity_id",
        "changes",
    ),
}
"""The columns of an event that each form seals: all that it had."""

BEFORE_THE_FIRST: Final = "0" * 64
"""What the first row and the first seal follow."""


def hash_of_row(form: int, previous: str, number: int, values: Sequence[object]) -> str:
    """Return the hash of a sealed row: of what it follows, its number, and everything its event says."""
    contents = dict(zip(COLUMNS[form], (_plain(value) for value in values), strict=True))
    text = f"lianchi-audit-row/{form}\n{previous}\n{number}\n{canonical(contents)}"
    return hashlib.sha256(text.encode()).hexdigest()


def statement(
    *,
    form: int,
    number: int,
    first_row: int,
    last_row: int,
    previous_head: str,
    last_hash: str,
    sealed_at: datetime,
    key_id: str,
) -> bytes:
    """Return what a seal states, as the bytes that are signed."""
    told = {
        "form": form,
        "number": number,
        "first_row": first_row,
        "last_row": last_row,
        "previous_head": previous_head,
        "last_hash": last_hash,
        "sealed_at": _plain(sealed_at),
        "key_id": key_id,
    }
    return f"lianchi-audit-seal/{form}\n{canonical(told)}".encode()


def head_of(stated: bytes) -> str:
    """Return the head of the record as a seal leaves it."""
    return hashlib.sha256(stated).hexdigest()


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case UUID():
            return str(value)
    return value
