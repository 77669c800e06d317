"""Telling open screens that something changed, so that they fetch it again."""

import logging
from collections.abc import Collection
from functools import partial
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction
from django.db.models import Model

from platform_core.access.registry import Permission, policy_of
from platform_core.identity.models import Seat
from platform_core.realtime.hub import running_hub
from platform_core.realtime.tabs import current_tab
from platform_core.realtime.topics import RIGHTS_GROUP, Part, Topic

logger = logging.getLogger(__name__)


def announce(*subjects: Model | Topic, part: Model | None = None, to: Permission | None = None) -> None:
    """Tell those who listen to these things, or topics, that they changed, once the transaction is committed.

    The message names the topic only; whoever hears it fetches again, through the kernel. Not everybody who sees a thing
    may know that something about it changed: where what changed is another row that belongs to it, such as a paper,
    only those hear who see that `part`; else those who may do `to` with the thing, which is reading its contents where
    nothing else is said.
    """
    for subject in subjects:
        if isinstance(subject, Topic):
            _announce(subject, None)
        elif part is not None:
            _announce(Topic.of(subject), Part.of(part, to))
        else:
            policy = policy_of(type(subject))
            needed = to or policy.read_contents
            _announce(Topic.of(subject), None if needed == policy.read else Part.of(subject, needed))


def _announce(topic: Topic, part: Part | None) -> None:
    message = {"type": "changed", "topic": str(topic)}
    if part is not None:
        message |= {"part": str(part.row), "to": part.permission}
    if tab := current_tab():
        message["tab"] = tab
    transaction.on_commit(partial(_send, topic.group, message))


def announce_rights(seat_ids: Collection[UUID]) -> None:
    """Have the open sockets of these seats asked again what they may hear, once the transaction is committed.

    Whoever listens to one of the seats hears that it changed: what it may see is to be fetched again.
    """
    transaction.on_commit(
        partial(_send, RIGHTS_GROUP, {"type": "rights", "seats": sorted(str(seat_id) for seat_id in seat_ids)})
    )
    for seat_id in seat_ids:
        topic = Topic(Seat._meta.label_lower, seat_id)
        transaction.on_commit(partial(_send, topic.group, {"type": "changed", "topic": str(topic)}))


def _send(group: str, message: dict[str, Any]) -> None:
    # The change is committed: that nobody could be told must not make it look as if it had failed.
    try:
        layer = get_channel_layer()
        hub = running_hub()
        if layer is None:
            return
        if hub is not None:
            hub.post(group, message)
        elif not isinstance(layer, InMemoryChannelLayer):
            async_to_sync(layer.group_send)(group, message)
        # In memory and without sockets in this process, nobody can be listening.
    except Exception:
        logger.exception("could not announce to %s", group)
