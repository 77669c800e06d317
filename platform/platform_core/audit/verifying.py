"""Checking the sealed record: every row against its hash, every seal against its signature, all against a head."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Min

from platform_core.audit.calculation import BEFORE_THE_FIRST, COLUMNS, hash_of_row, head_of, statement
from platform_core.audit.heads import Head, signature_bytes
from platform_core.audit.keys import PublicKey
from platform_core.audit.models import AuditEvent, AuditSeal, AuditSealedRow
from platform_core.audit.sealing import unsealed_events

_CHUNK: Final = 2000


class Fault(StrEnum):
    """What can be wrong with a row, a seal or the whole."""

    CHANGED = "changed"
    MISSING = "missing"
    UNSEALED_NUMBER = "numbered without seal"
    SEAL_BROKEN = "seal broken"
    SEAL_MISSING = "seal missing"
    WRONG_KEY = "wrong key"
    CUT_OFF = "cut off"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: at which row, or at which seal, and what it is."""

    fault: Fault
    text: str
    row: int | None = None
    seal: int | None = None


@dataclass(slots=True)
class Verification:
    """What a check of the record found."""

    rows: int = 0
    seals: int = 0
    head: str = BEFORE_THE_FIRST
    unsealed: int = 0
    oldest_unsealed_at: datetime | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong; events that wait for their seal are not wrong."""
        return not self.findings


def verify_record(*, keys: Mapping[str, PublicKey], kept: Head | None = None) -> Verification:
    """Check the whole sealed record as it stands at this moment, in memory that does not grow with it.

    `keys` are those whose signatures count; `kept` is a head from elsewhere that the record must still lead to.
    """
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                # One moment for all that follows, whatever is sealed meanwhile.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = Verification()
        _check_chain(found, keys)
        if kept is not None:
            _check_kept(found, kept)
        waiting = unsealed_events()
        found.unsealed = waiting.count()
        found.oldest_unsealed_at = waiting.aggregate(oldest=Min("at"))["oldest"]
    return found


def _check_chain(found: Verification, keys: Mapping[str, PublicKey]) -> None:
    rows = _Rows()
    previous, row_due, seal_due = BEFORE_THE_FIRST, 1, 1
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=_CHUNK):
        found.seals += 1
        if seal.number != seal_due:
            lost = f"seals {seal_due} to {seal.number - 1} are" if seal.number > seal_due + 1 else f"seal {seal_due} is"
            found.findings.append(Finding(Fault.SEAL_MISSING, f"{lost} missing", seal=seal_due))
        if seal.first_row != row_due or (seal.number == seal_due and seal.previous_head != previous):
            text = f"seal {seal.number} does not follow the one before it"
            found.findings.append(Finding(Fault.SEAL_BROKEN, text, row=seal.first_row, seal=seal.number))
        last_hash = _check_rows(found, rows, seal)
        _check_seal(found, seal, last_hash, keys)
        previous, row_due, seal_due = seal.head, seal.last_row + 1, seal.number + 1
    found.head = previous
    beyond = rows.next_number()
    if beyond is not None:
        text = f"row {beyond} and those after it have numbers, but no seal"
        found.findings.append(Finding(Fault.UNSEALED_NUMBER, text, row=beyond))


def _check_rows(found: Verification, rows: "_Rows", seal: AuditSeal) -> str:
    """Check the rows of one seal and return the hash its last one has."""
    previous = seal.previous_head
    for number in range(seal.first_row, seal.last_row + 1):
        row = rows.take(number)
        found.rows += 1
        if row is None:
            found.findings.append(Finding(Fault.MISSING, f"row {number} is missing", row=number))
            # What follows it cannot be checked against it, nor be blamed for that.
            previous = ""
            continue
        if row.values is None:
            found.findings.append(Finding(Fault.MISSING, f"the event of row {number} is missing", row=number))
        elif previous and hash_of_row(seal.form, previous, number, row.values) != row.hash:
            name = row.values[COLUMNS[seal.form].index("name")]
            text = f"row {number} ({name}) was changed, or is not the one that was sealed"
            found.findings.append(Finding(Fault.CHANGED, text, row=number))
        previous = row.hash
    return previous


def _check_seal(found: Verification, seal: AuditSeal, last_hash: str, keys: Mapping[str, PublicKey]) -> None:
    stated = statement(
        form=seal.form,
        number=seal.number,
        first_row=seal.first_row,
        last_row=seal.last_row,
        previous_head=seal.previous_head,
        last_hash=last_hash,
        sealed_at=seal.sealed_at,
        key_id=seal.key_id,
    )
    key = keys.get(seal.key_id)
    where = f"seal {seal.number} (rows {seal.first_row} to {seal.last_row})"
    if key is None:
        found.findings.append(
            Finding(Fault.WRONG_KEY, f"{where} is signed with a key that is not known", seal.first_row, seal.number)
        )
    elif head_of(stated) != seal.head or not key.signed(signature_bytes(seal.signature), stated):
        found.findings.append(
            Finding(Fault.SEAL_BROKEN, f"{where} does not match its rows or its signature", seal.first_row, seal.number)
        )


def _check_kept(found: Verification, kept: Head) -> None:
    seal = AuditSeal.objects.filter(number=kept.number).first()
    if seal is None:
        last = AuditSealedRow.objects.order_by("-number").first()
        present = last.number if last else 0
        if present < kept.last_row:
            text = f"the end is cut off: the kept head covers {kept.last_row} rows, and there are {present}"
            found.findings.append(Finding(Fault.CUT_OFF, text, row=present + 1, seal=kept.number))
        else:
            text = f"seal {kept.number} of the kept head is not there"
            found.findings.append(Finding(Fault.REWRITTEN, text, row=kept.first_row, seal=kept.number))
    elif seal.head != kept.head:
        text = f"the record was rewritten: up to row {kept.last_row} it is not what the kept head was made of"
        found.findings.append(Finding(Fault.REWRITTEN, text, row=kept.last_row, seal=kept.number))


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    hash: str
    values: tuple[Any, ...] | None


class _Rows:
    """The sealed rows in the order of their numbers, read as they are needed."""

    def __init__(self) -> None:
        self._source: Iterator[_Row] = self._read()
        self._ahead: _Row | None = None

    def take(self, number: int) -> _Row | None:
        """Return the row of a number, or None where there is none."""
        while (row := self._peek()) is not None and row.number < number:
            self._ahead = None
        if row is None or row.number != number:
            return None
        self._ahead = None
        return row

    def next_number(self) -> int | None:
        """Return the number of the next row that was not taken."""
        row = self._peek()
        return row.number if row else None

    def _peek(self) -> _Row | None:
        if self._ahead is None:
            self._ahead = next(self._source, None)
        return self._ahead

    def _read(self) -> Iterator[_Row]:
        columns = COLUMNS[1]
        after = 0
        while part := list(
            AuditSealedRow.objects.filter(number__gt=after)
            .order_by("number")
            .values_list("number", "event_id", "hash")[:_CHUNK]
        ):
            after = part[-1][0]
            events = AuditEvent.objects.filter(pk__in=[event_id for _, event_id, _ in part])
            values = {row[0]: row for row in events.order_by().values_list(*columns)}
            yield from (_Row(number, hashed, values.get(event_id)) for number, event_id, hashed in part)
