"""The news that something was recorded, and which of it is for the readers of the record alone."""

from platform_core.audit.models import AuditEvent
from platform_core.events import Hook

event_recorded: Hook[[AuditEvent]] = Hook("event_recorded")
"""Told of every event, in the transaction it was recorded in."""

_reserved: set[str] = set()
_sentences: set[tuple[str, str]] = set()


def reserve_events(*names: str) -> None:
    """Declare events, or with a name such as `user` all of a thing, that tell more than their subject shows.

    Many who may read a programme may not know that receipts were recorded in it: these are for those who may read the
    event itself.
    """
    _reserved.update(names)


def is_reserved(name: str) -> bool:
    """Say whether an event of this name is for those alone who may read it in the record."""
    return name in _reserved or name.split(".", 1)[0] in _reserved


def declare_sentence(name: str, field: str) -> None:
    """Declare that a change of an event is a sentence of ours, which its readers are told in their language."""
    _sentences.add((name, field))


def is_sentence(name: str, field: str) -> bool:
    """Say whether what an event of this name records of a field is a sentence of ours, and nothing people wrote."""
    return (name, field) in _sentences


# When somebody signs in, changes a password or is locked out is not for all who see their name.
reserve_events("user")
