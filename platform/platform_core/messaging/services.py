"""Sending messages: written down with the change they tell of, and carried by a job once that is committed."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.identity.models import Language, User
from platform_core.jobs.registry import required_task
from platform_core.jobs.services import defer
from platform_core.messaging.adapters import Letter, Never, NotNow, adapter_for
from platform_core.messaging.kinds import Kind, kind_named, private_kinds
from platform_core.messaging.lifecycle import MESSAGE_LIFECYCLE, MessageState
from platform_core.messaging.models import Channel, Message
from platform_core.messaging.policies import DELIVER_MESSAGE

DELIVERING: Final = "messaging.deliver"
"""The background work that carries a message."""

RETRIES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""How long after each failure a message is tried again; after the last it has failed."""


@transaction.atomic
def send_message(
    *,
    actor: Actor,
    kind: Kind,
    user: User | None = None,
    address: str | None = None,
    language: Language | None = None,
    values: Mapping[str, str] | None = None,
    channel: Channel = Channel.EMAIL,
) -> Message:
    """Have a message sent to a person once the transaction is committed, in the person's language.

    Without an address it goes to the person's e-mail address. Where there is neither, everything happens as if there
    were, so that nobody can tell by the time it takes, and nothing leaves.
    """
    given = dict(values or {})
    if missing := kind.zh.names() - given.keys() - {"site"}:
        raise ValueError(f"{kind.name} lacks {', '.join(sorted(missing))}")
    message = Message.objects.create(
        kind=kind.name,
        channel=channel,
        user=user,
        address=address if address is not None else (user.email if user is not None else ""),
        language=language or (Language(user.language) if user is not None else Language.CHINESE),
        values=json.dumps(given, ensure_ascii=False),
        created_at=actor.clock.now(),
    )
    _defer(message, actor)
    return message


def deliver_message(*, actor: Actor, message_id: UUID) -> Message:
    """Hand a waiting message to its carrier, outside any transaction, and note what became of it."""
    with transaction.atomic():
        message = get_visible(Message, message_id, actor=actor, for_change=True)
        require(actor, DELIVER_MESSAGE, message)
        if message.state != MessageState.WAITING:
            return message
        message.attempts += 1
        message.save(update_fields=["attempts"])
    if not message.address:
        return _finish(message, "withhold", actor)
    try:
        reference = adapter_for(Channel(message.channel)).deliver(_letter(message))
    except Never as refusal:
        return _finish(message, "give up", actor, error=str(refusal))
    except NotNow as failure:
        return _fail_for_now(message, actor, str(failure))
    except Exception as failure:
        # An adapter from elsewhere may fail in any way; what it says may hold what was to be sent.
        return _fail_for_now(message, actor, type(failure).__name__)
    return _finish(message, "send", actor, reference=reference)


def _letter(message: Message) -> Letter:
    values = {**json.loads(message.values), "site": settings.PUBLIC_URL}
    subject, body = kind_named(message.kind).words(Language(message.language), values)
    return Letter(message.pk, message.kind, message.address, subject, body, message.language)


@transaction.atomic
def _fail_for_now(message: Message, actor: Actor, error: str) -> Message:
    if message.attempts > len(RETRIES):
        return _finish(message, "give up", actor, error=error)
    Message.objects.filter(pk=message.pk).update(error=error[:500])
    _defer(message, actor, after=RETRIES[message.attempts - 1])
    return message


@transaction.atomic
def _finish(message: Message, step: str, actor: Actor, *, error: str = "", reference: str = "") -> Message:
    message.state = MESSAGE_LIFECYCLE.after(step, current=MessageState(message.state))
    message.values = ""
    message.error = error[:500]
    message.reference = reference[:200]
    if message.kind in private_kinds():
        message.address = ""
    message.finished_at = actor.clock.now()
    message.save(update_fields=["state", "address", "values", "error", "reference", "finished_at"])
    return message


def _defer(message: Message, actor: Actor, *, after: timedelta | None = None) -> None:
    task = required_task(DELIVERING)
    not_before = actor.clock.now() + after if after is not None else None
    defer(task, actor=actor, arguments={"message_id": message.pk}, not_before=not_before)
