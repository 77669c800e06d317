"""Searching everything at once, as far as the asker may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.access.kernel import visible_rows
from platform_core.access.probing import rights_left_out, row_by_row
from platform_core.search.asked import asked
from platform_core.search.registry import searched

OF_A_KIND: Final = 8
"""Things of one kind that are shown; whoever looks for more goes to its list."""

ASKED_AT_MOST: Final = 300
"""Things of one kind, of all that is meant, that are asked about before all the others are."""


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
        visible = kind.model._default_manager.filter(visible_rows(actor, kind.model))
        shown: list[Any] = []
        for rows in kind.find(visible, wanted):
            if len(shown) < OF_A_KIND:
                others = rows.exclude(pk__in=[row.pk for row in shown]) if shown else rows
                shown += _first(others, OF_A_KIND - len(shown))
        found += [Found(kind.type, row.pk, kind.title(row), kind.detail(row)) for row in shown]
    return found


def _first(rows: QuerySet[Any], size: int) -> list[Any]:
    """Return the first rows that were found, asking of as few as may be whether they may be seen.

    The first that are meant are looked for without rights, and those alone asked about; where most of them may not be
    seen, all that is meant is.
    """
    with rights_left_out():
        meant = list(rows.values_list("pk", flat=True)[: ASKED_AT_MOST + 1])
    if not meant:
        return []
    with row_by_row():
        seen = list(rows.filter(pk__in=meant)[:size])
        if len(seen) == size or len(meant) <= ASKED_AT_MOST:
            return seen
        return list(rows[:size])
