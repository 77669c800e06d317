"""The kinds of deadlines there are, filled in the `apps.py` of each room: what is to be done, and the reminders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from platform_core.access.registry import Permission
from platform_core.deadlines.calculation import Rung, ladder
from platform_core.identity.models import Language
from platform_core.identity.roles import Role
from platform_core.models import Record


@dataclass(frozen=True, slots=True)
class Duties:
    """A kind of thing with deadlines: what it takes on the thing to see them, to settle them, and to waive them."""

    model: type[Record]
    read: Permission
    settle: Permission
    waive: Permission

    @property
    def label(self) -> str:
        """The name of the kind of thing, as in topics and the audit record."""
        return self.model._meta.label_lower


@dataclass(frozen=True, slots=True)
class DeadlineKind:
    """A kind of deadline: what is to be done, with the values of each in braces; who is reminded, and when."""

    name: str
    subject: type[Record]
    zh: str
    en: str
    rungs: tuple[Rung, ...]
    roles: tuple[Role, ...]
    """The seats of the organisation that are reminded where nobody is responsible."""
    by_record: bool = False
    """Whether its room's own record alone settles it, such as a payment between two sides, and nobody by hand."""
    ladder: tuple[Rung, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ladder", ladder(self.rungs))

    def what(self, language: Language, values: Mapping[str, str]) -> str:
        """Say in a language what is to be done."""
        return (self.zh if language is Language.CHINESE else self.en).format_map(values)


_kinds: dict[str, DeadlineKind] = {}
_duties: dict[str, Duties] = {}


def declare_duties(duties: Duties) -> None:
    """Declare that things of a kind have deadlines; its room does so where its policy stands."""
    _duties[duties.label] = duties


def register_deadline_kind(kind: DeadlineKind) -> DeadlineKind:
    """Make a kind of deadline known."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"there is a kind of deadline called {kind.name!r} already")
    return kind


def deadline_kinds() -> Mapping[str, DeadlineKind]:
    """Return all kinds of deadlines by their names."""
    return _kinds


def all_duties() -> tuple[Duties, ...]:
    """Return all kinds of things that have deadlines, by name."""
    return tuple(_duties[label] for label in sorted(_duties))


SOONEST: Final = 30
"""So many days before it is due, a deadline begins to wait for people on their home page."""


def words_of(kind: str, language: Language, values: Mapping[str, str], *, title: str) -> str:
    """Say what is to be done about a thing; a kind that this version does not know is told by its name."""
    found = _kinds.get(kind)
    return f"{found.what(language, values) if found else kind} · {title}"
