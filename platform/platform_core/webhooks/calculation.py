"""Signing calls as the Standard Webhooks specification has it, and deciding when to call again."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

AGAIN_AFTER: Final[Sequence[timedelta]] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long to wait after each failed attempt; after the last one the delivery is given up."""

PREFIX: Final = "whsec_"


def signature(secret: str, call_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: HMAC-SHA256 over id, time and contents."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{call_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def wanted(patterns: Sequence[str], name: str) -> bool:
    """Say whether a webhook asks for events of a name: by the name, by the thing before the dot, or by * for all."""
    return any(pattern in ("*", name) or name.startswith(f"{pattern}.") for pattern in patterns)


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts; None to give up."""
    return AGAIN_AFTER[attempts - 1] if attempts <= len(AGAIN_AFTER) else None
