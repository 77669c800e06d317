"""Searching everything at once, as far as the asker may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import visible_rows
from platform_core.search.asked import asked
from platform_core.search.registry import searched

OF_A_KIND: Final = 8
"""Things of one kind that are shown; whoever looks for more goes to its list."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found."""

    type: str
    id: UUID
    title: str
    detail: Mapping[str, Any]


def search(text: str, *, actor: Actor) -> list[Found]:
    """Return what an actor may mean by a text, kind by kind; of what it may not see, not even the number is told."""
    wanted = asked(text)
    if wanted is None:
        return []
    found: list[Found] = []
    for kind in searched():
        rows = kind.find(kind.model._default_manager.filter(visible_rows(actor, kind.model)), wanted)
        if rows is not None:
            found += [Found(kind.type, row.pk, kind.title(row), kind.detail(row)) for row in rows[:OF_A_KIND]]
    return found
