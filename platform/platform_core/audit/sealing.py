"""Sealing the record: events get numbers and are chained once they are committed, by one sealer at a time.

Those who write events do not wait for one another, nor for the sealer: a number is given afterwards. An event whose
transaction took long gets a later number than younger ones that were committed before it, and none is passed over.
"""

import base64
from collections.abc import Iterable
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from platform_core.audit.calculation import BEFORE_THE_FIRST, COLUMNS, FORM, hash_of_row, head_of, statement
from platform_core.audit.keys import SealKey, seal_key
from platform_core.audit.models import AuditEvent, AuditSeal, AuditSealedRow
from platform_core.clock import Clock

BATCH: Final = 10_000
"""Rows under one seal at most."""

_LOCK: Final = 0x6C69616E_636869
"""The one lock that every sealer of this database takes."""


def seal_events(*, clock: Clock) -> list[AuditSeal]:
    """Seal every event that is committed and not sealed yet, and return the new seals; none where there is nothing."""
    key = seal_key()
    made: list[AuditSeal] = []
    while (seal := _seal_batch(key, clock)) is not None:
        made.append(seal)
    return made


def unsealed_events() -> QuerySet[AuditEvent]:
    """Return the events that have no number yet."""
    sealed = AuditSealedRow.objects.filter(event=OuterRef("pk"))
    return AuditEvent.objects.filter(~Exists(sealed))


@transaction.atomic
def _seal_batch(key: SealKey, clock: Clock) -> AuditSeal | None:
    with connection.cursor() as cursor:
        # Whoever comes second sees what the first has sealed: its next query starts after this wait.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = AuditSeal.objects.order_by("-number").first()
    events = list(unsealed_events().order_by("pk").values_list(*COLUMNS[FORM])[:BATCH])
    if not events:
        return None
    previous_head = last.head if last else BEFORE_THE_FIRST
    first_row = last.last_row + 1 if last else 1
    rows = list(_chained(events, previous_head, first_row))
    sealed_at = clock.now()
    number = last.number + 1 if last else 1
    stated = statement(
        form=FORM,
        number=number,
        first_row=first_row,
        last_row=rows[-1].number,
        previous_head=previous_head,
        last_hash=rows[-1].hash,
        sealed_at=sealed_at,
        key_id=key.public.id,
    )
    AuditSealedRow.objects.bulk_create(rows, batch_size=2000)
    return AuditSeal.objects.create(
        form=FORM,
        number=number,
        first_row=first_row,
        last_row=rows[-1].number,
        previous_head=previous_head,
        head=head_of(stated),
        sealed_at=sealed_at,
        key_id=key.public.id,
        signature=base64.b64encode(key.sign(stated)).decode(),
    )


def _chained(events: Iterable[tuple[Any, ...]], previous: str, first: int) -> Iterable[AuditSealedRow]:
    for number, values in enumerate(events, first):
        previous = hash_of_row(FORM, previous, number, values)
        yield AuditSealedRow(number=number, event_id=values[0], hash=previous)
