"""Writing the audit record."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Model

from platform_core.access.actors import Actor
from platform_core.audit.events import event_recorded
from platform_core.audit.models import AuditEvent
from platform_core.models import Record

Change = tuple[object, object]
"""What a column held before and what it holds now."""

_FORM: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+")
_IRREGULAR: Final = frozenset(
    """
    begun bought brought chosen cut drawn found given held
    kept left lent lost made met overridden paid put read
    rewritten run seen sent set shown sold split spent sworn taken told undone withdrawn won written
    """.split()
)


def record_event(
    name: str, *, actor: Actor, subject: Record | Model, changes: Mapping[str, Change] | None = None
) -> AuditEvent:
    """Record that something was done to a subject, in the transaction of the change itself.

    `name` is `thing.done` in the past tense; `changes` maps each changed column to its old and new value.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{name!r} was recorded outside the transaction of its change")
    if not is_past_tense(name):
        raise ValueError(f"{name!r} is not a past-tense event name such as 'close_run.approved'")
    event = AuditEvent.objects.create(
        **actor.on_record(),
        name=name,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        alliance_id=subject.audit_alliance_id() if isinstance(subject, Record) else None,
        operating_entity_id=subject.audit_operating_entity_id() if isinstance(subject, Record) else None,
        changes={column: {"old": _plain(old), "new": _plain(new)} for column, (old, new) in (changes or {}).items()},
    )
    event_recorded.tell(event)
    return event


def is_past_tense(name: str) -> bool:
    """Say whether an event name has the form `thing.done`, with a past participle in its last part."""
    if not _FORM.fullmatch(name):
        return False
    words = name.rsplit(".", 1)[1].split("_")
    return any((word.endswith("ed") and len(word) > 3) or word in _IRREGULAR for word in words)


def _plain(value: object) -> object:
    """Give a column's value in the types of JSON; numbers that are not whole become exact text."""
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | str():
            return value
        case Decimal() | Fraction() | UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Model():
            return str(value.pk)
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(inner) for inner in value]
    raise TypeError(f"a change cannot hold a {type(value).__name__}")
