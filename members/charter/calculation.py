"""Pure rules about the text of a charter."""

from collections.abc import Mapping

from platform_core.canonical import hash_of


def content_hash(content: Mapping[str, str | int | None]) -> str:
    """Return the hash that stands for everything a version says: equal contents have equal hashes."""
    return hash_of(dict(content))
