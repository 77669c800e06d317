"""Identifiers that sort by the time they were made."""

import os
import threading
import time
from typing import Final
from uuid import UUID

_RANDOM_BITS: Final = 74
_RANDOM_LIMIT: Final = 1 << _RANDOM_BITS
_LOW_BITS: Final = 62
_STEP_BYTES: Final = 4

_lock = threading.Lock()
_last_millisecond = 0
_last_random = 0


def new_id() -> UUID:
    """Make a UUID of version 7 (RFC 9562, monotonic random), later in order than every earlier one of this process."""
    global _last_millisecond, _last_random
    with _lock:
        millisecond = time.time_ns() // 1_000_000
        if millisecond > _last_millisecond:
            _last_millisecond = millisecond
            # The top bit stays clear, so that steps within one millisecond have room before they overflow.
            _last_random = int.from_bytes(os.urandom(10)) >> (80 - _RANDOM_BITS + 1)
        else:
            # Same millisecond, or a clock set back: step on from the last one.
            _last_random += 1 + int.from_bytes(os.urandom(_STEP_BYTES))
            if _last_random >= _RANDOM_LIMIT:
                _last_millisecond += 1
                _last_random %= _RANDOM_LIMIT
        return _assemble(_last_millisecond, _last_random)


def _assemble(millisecond: int, random: int) -> UUID:
    high = random >> _LOW_BITS
    low = random & ((1 << _LOW_BITS) - 1)
    return UUID(int=(millisecond << 80) | (7 << 76) | (high << 64) | (2 << 62) | low)
