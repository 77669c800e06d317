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

from platform_core.identity.models import Seat
from platform_core.realtime.hub import running_hub
from platform_core.realtime.topics import RIGHTS_GROUP, Topic

logger = logging.getLogger(__name__)


def announce(*subjects: Model | Topic) -> None:
    """Tell those who listen to these things, or topics, that they changed, once the transaction is committed.

    The message names the topic only; whoever hears it fetches again, through the kernel.
    """
    for topic in dict.fromkeys(one if isinstance(one, Topic) else Topic.of(one) for one in subjects):
        transaction.on_commit(partial(_send, topic.group, {"type": "changed", "topic": str(topic)}))


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
