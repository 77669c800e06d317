"""What rooms tell the home page, filled in the `apps.py` of each: texts are keys with values, for the client to say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from platform_core.access.actors import Actor

_Row = TypeVar("_Row", bound=Model)

AT_MOST: Final = 20
"""Rows of one kind that a room tells at most; what there is beyond them stands in its own list."""


class Severity(StrEnum):
    """How pressing something is."""

    FINE = "fine"
    ATTENTION = "attention"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for whoever looks: what it is, of which thing, until when, and the step that settles it."""

    kind: str
    subject_type: str
    subject_id: UUID
    title: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    due_on: date | None = None
    severity: Severity = Severity.ATTENTION
    step: str | None = None

    @property
    def id(self) -> str:
        """What it is known by from one look to the next."""
        return f"{self.kind}:{self.subject_id}"


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that happened to a thing the reader may see."""

    at: datetime
    text_key: str
    subject_type: str
    subject_id: UUID
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a role with the one before it; money in minor units, with the currency as its unit."""

    key: str
    value: int
    unit: str
    previous: int | None = None
    link: str | None = None
    due_on: date | None = None
    """By when what it counts is to be done, where it is."""
    values: Mapping[str, Any] = field(default_factory=dict)


Provider = Callable[[Actor], Iterable[Waiting | Figure]]
ChangesProvider = Callable[[Actor, datetime], Iterable[Changed]]


@dataclass(frozen=True, slots=True)
class Naming:
    """How things of a kind are called on the home page, and what has to be fetched along with them for it."""

    model: type[Model]
    name: Callable[[Any], str]
    along: tuple[str, ...]


_providers: list[Provider] = []
_changes: list[ChangesProvider] = []
_namings: dict[str, Naming] = {}


def first_of_each(kinds: Sequence[QuerySet[_Row]]) -> QuerySet[_Row]:
    """Return at most `AT_MOST` rows of each of several kinds, each in its own order, by one question."""
    first, *others = (rows[:AT_MOST] for rows in kinds)
    return first.union(*others, all=True)


def tell_waiting(provider: Callable[[Actor], Iterable[Waiting]]) -> None:
    """Have a room say what waits for an actor; it answers from what the actor may see, in few queries."""
    tell_waiting_and_figures(provider)


def tell_changes(provider: ChangesProvider) -> None:
    """Have a room say what changed since an instant, of what an actor may see."""
    if provider not in _changes:
        _changes.append(provider)


def tell_figures(provider: Callable[[Actor], Iterable[Figure]]) -> None:
    """Have a room give figures of an actor's role."""
    tell_waiting_and_figures(provider)


def tell_waiting_and_figures(provider: Provider) -> None:
    """Have a room say what waits for an actor and give figures of its role, where both come of the same rows."""
    if provider not in _providers:
        _providers.append(provider)


def tell_names(model: type[Model], name: Callable[[Any], str] = str, *, along: tuple[str, ...] = ()) -> None:
    """Have a room say what its things are called where they are news, in no language."""
    _namings[model._meta.label_lower] = Naming(model, name, along)


def naming_of(label: str) -> Naming | None:
    """Return how things of a kind are called; None where their room does not say."""
    return _namings.get(label)


def providers() -> tuple[Provider, ...]:
    """Return who tells what waits and gives figures, in the order of the rooms."""
    return tuple(_providers)


def changes_providers() -> tuple[ChangesProvider, ...]:
    """Return who tells what changed."""
    return tuple(_changes)
