"""What refers to organisations, and what becomes of it when one turns out to be another: each room declares its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q

from platform_core.access.actors import Actor
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, OrganisationName, Seat
from platform_core.problems import Conflict


class Fate(StrEnum):
    """What becomes of rows that refer to an organisation which is merged into another one."""

    MOVED = "moved"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Merger:
    """An organisation that stays, one that turned out to be the same, and who merges them."""

    actor: Actor
    kept: Organisation
    merged: Organisation


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that refers to organisations, what becomes of its rows in a merger, and why."""

    model: type[Model]
    column: str
    fate: Fate
    why: str
    hindrance: Callable[[Merger], str | None] | None = None
    """What stands against a merger, in words that say what to do about it; None if nothing does."""
    stays: Callable[[Merger], Q] | None = None
    """Rows that stay with the merged one although others move."""
    clashes: Mapping[str, Conflict] = field(default_factory=dict)
    """What the database refuses when both have the same, by the name of its constraint."""

    quiet: bool = False
    """Whether nobody who merges may learn that there are such rows: they move untold."""

    @property
    def name(self) -> str:
        """The column as the register of references lists it."""
        return f"{self.model._meta.label}.{self.column}"

    def rows(self, merger: Merger) -> Any:
        """Return the rows that move."""
        found = self.model._base_manager.filter(**{self.column: merger.merged})
        return found.exclude(self.stays(merger)) if self.stays else found


def refused_if_any(model: type[Model], column: str, words: str) -> Callable[[Merger], str | None]:
    """Make a hindrance: the merged organisation must have no rows at all."""

    def hindrance(merger: Merger) -> str | None:
        return words if model._base_manager.filter(**{column: merger.merged}).exists() else None

    return hindrance


_references: dict[str, Reference] = {}


def declare_reference(*references: Reference) -> None:
    """Declare columns that refer to organisations; each room does so for its own tables."""
    _references.update({reference.name: reference for reference in references})


def references() -> tuple[Reference, ...]:
    """Return all declared columns, by their names."""
    return tuple(_references[name] for name in sorted(_references))


declare_reference(
    Reference(Organisation, "merged_into", Fate.MOVED, "what was merged into it before"),
    Reference(OrganisationName, "organisation", Fate.KEPT, "its names are noted once more for the one that stays"),
    Reference(Alliance, "association", Fate.MOVED, "the association leads its alliance"),
    Reference(OperatingEntity, "organisation", Fate.MOVED, "the contract party stays the same legal person"),
    Reference(
        Seat,
        "organisation",
        Fate.MOVED,
        "its people sit at the organisation it is",
        clashes={
            "seat_one_per_user_and_organisation": Conflict(
                "Somebody has a seat at both organisations: end one of the two first."
            )
        },
    ),
)
