"""What can be imported, filled in the `apps.py` of each room."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.registry import Permission
from platform_core.exchange.models import Import

Progress = Callable[[int, int], None]
"""Notes how many of how many rows are done (0: not known), and may end the work."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of reading a file: what it was taken for, and its rows by outcome."""

    told: Mapping[str, Any]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row of a file as it was understood, for people to look at."""

    line: int
    outcome: str
    subject_id: UUID | None
    values: Mapping[str, Any]
    problems: list[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Profile:
    """A system whose tables are recognised, and whether that was tried on a real file of it."""

    code: str
    name_zh: str
    name_en: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Importer:
    """How one kind of thing is imported. Each step runs in one transaction of its own."""

    subject: str
    permission: Permission
    """What it takes on the alliance."""
    choose: Callable[[Actor, Mapping[str, Any]], dict[str, Any]]
    """Checks what people chose and returns it as it is kept, nothing where they leave it to the platform; raises
    InvalidInput."""
    fields: tuple[str, ...]
    """What a column can be."""
    profiles: Callable[[], Sequence[Profile]]
    """The systems whose files are known."""
    check: Callable[[Import, Path, Progress], Checked]
    """Reads the file and notes each row; raises UnreadableFile."""
    apply: Callable[[Import, Actor, Progress], Mapping[str, int]]
    undo: Callable[[Import, Actor, Progress], Mapping[str, int]]
    rows: Callable[[Import, str, int, int], list[SeenRow]]
    """Rows of an outcome (blank: all) behind a line, so many."""
    refused: Callable[[Import, Path], Iterator[list[str]]]
    """Rows that were refused as they came, each with its reason; the first is the headings."""
    forget: Callable[[Import], None]
    """Drops the notes of rows."""


_importers: dict[str, Importer] = {}


def register_importer(importer: Importer) -> None:
    """Have a kind of thing imported."""
    _importers[importer.subject] = importer


def importer_of(subject: str) -> Importer | None:
    """Return how a kind of thing is imported, if it is."""
    return _importers.get(subject)


def importers() -> tuple[Importer, ...]:
    """Return all kinds of things that are imported."""
    return tuple(_importers.values())
