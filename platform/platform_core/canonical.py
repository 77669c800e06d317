"""Values written as JSON in one way only, so that equal ones have equal hashes."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """Write a value as JSON: names in order, no spaces, letters as they are. What is hashed stays written so for good.

    Raises ValueError for a number that JSON has no place for, and TypeError for anything else that it cannot hold.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def hash_of(value: Any) -> str:
    """Return the SHA-256, in hexadecimal, of a value as it is written."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
