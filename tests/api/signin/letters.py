"""What was written to people while a test ran, as they would read it."""

import json
import re

from platform_core.identity.models import Language
from platform_core.messaging.kinds import kind_named
from platform_core.messaging.models import Message


def letters_to(email: str) -> list[tuple[str, str]]:
    """Kind and text of what waits to be sent to an address, the oldest first."""
    return [
        (
            message.kind,
            kind_named(message.kind).words(Language(message.language), {**json.loads(message.values), "site": ""})[1],
        )
        for message in Message.objects.filter(address=email).order_by("pk")
    ]


def link_in(text: str, before: str) -> str:
    """The last part of the link that begins in a certain way."""
    found = re.search(rf"{re.escape(before)}([^\s]+)", text)
    assert found, text
    return found[1]
