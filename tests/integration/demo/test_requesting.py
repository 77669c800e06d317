"""What the demonstration writes to nobody is what its own scenes would write, and nobody else's messages."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.deadlines.letters import DEADLINES
from platform_core.identity.models import Language
from platform_core.messaging.lifecycle import MessageState
from platform_core.messaging.models import Message
from platform_core.messaging.services import send_message
from platform_site.demo.stage import Stage
from platform_site.demo.withholding import withhold
from pools.asking.letters import CONFIRMATION
from tests.factories.core import NOON, make_seat

pytestmark = pytest.mark.django_db


def test_messages_of_other_scenes_wait_for_their_own_moment() -> None:
    clock = FixedClock(NOON)
    public = Actor.public(clock=clock)
    person = make_seat().user

    def send(kind: Any, **to: Any) -> Message:
        values = dict.fromkeys(kind.zh.names(), "–")
        return send_message(actor=public, kind=kind, language=Language.CHINESE, values=values, **to)

    own = send(CONFIRMATION, address="wang@example.net")
    other = send(DEADLINES, user=person)
    clock.move(timedelta(minutes=1))
    withhold(cast(Stage, SimpleNamespace(clock=clock)), "asking.")
    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {own.pk: MessageState.WITHHELD, other.pk: MessageState.WAITING}
    assert Message.objects.get(pk=other.pk).address == person.email
