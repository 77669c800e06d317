"""Pure rules about the text of a charter."""

import hashlib
import json
from collections.abc import Mapping


def content_hash(content: Mapping[str, str | int | None]) -> str:
    """Return the hash that stands for everything a version says: equal contents have equal hashes."""
    text = json.dumps(dict(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
