"""The kinds of things that are searched, filled in the `apps.py` of each room."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from platform_core.search.asked import Asked

Find = Callable[[Any, Asked], "Sequence[QuerySet[Any]]"]
"""Narrows the rows that the asker may see to those that are meant: in ways that are tried in turn, each in its order.

Where very many may be meant, each way is along an index that has what it finds in this order.
"""


@dataclass(frozen=True, slots=True)
class Searched:
    """One kind of thing that is searched: how it is found among what may be seen, and how it is shown."""

    model: type[Model]
    find: Find
    title: Callable[[Any], str]
    detail: Callable[[Any], Mapping[str, Any]]

    @property
    def type(self) -> str:
        """The kind as topics and audit events write it."""
        return self.model._meta.label_lower


_searched: dict[str, Searched] = {}


def register_searched(kind: Searched) -> None:
    """Have a kind of thing searched; rooms below are asked first."""
    _searched.setdefault(kind.type, kind)


def searched() -> tuple[Searched, ...]:
    """Return the kinds of things that are searched."""
    return tuple(_searched.values())
