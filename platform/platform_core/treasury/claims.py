"""What a line of a bank statement may be for, filled in the `apps.py` of each room that expects or sends money."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.treasury.models import StatementLine


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line may be for: a thing of a room, what is open on it, and by what it was recognised."""

    subject_type: str
    subject_id: UUID
    title: str
    """What it is called, in no language, such as a number."""
    amount_minor: int
    """What is expected, with the sign of the line."""
    reasons: tuple[str, ...] = ()
    """By what: amount, account, name, reference."""


Proposals = Callable[[Sequence[StatementLine], Actor], Mapping[UUID, Sequence[Proposal]]]
"""Answers by the ids of lines, in as many questions for many lines as for one."""
Take = Callable[[Actor, StatementLine, UUID], None]
"""Books what a line is for, out of the unassigned receipts, in the transaction that assigns it; or refuses it."""
GiveBack = Callable[[Actor, StatementLine, UUID, str], None]
"""Puts back what was taken of a line, for a reason, in the transaction that releases it; or refuses it."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """A room that knows what lines are for: who proposes, and who takes."""

    code: str
    subject_type: str
    propose: Proposals
    take: Take
    give_back: GiveBack | None = None
    """None: what it took stays taken."""


_claimants: Final[dict[str, Claimant]] = {}


def register_claimant(claimant: Claimant) -> None:
    """Have a room asked what lines are for."""
    if _claimants.setdefault(claimant.code, claimant) != claimant:
        raise ValueError(f"there is a claimant called {claimant.code!r} already")


def claimants() -> Mapping[str, Claimant]:
    """Return who knows what lines are for, by their codes."""
    return _claimants


def proposals_for(lines: Sequence[StatementLine], *, actor: Actor) -> dict[UUID, list[tuple[Claimant, Proposal]]]:
    """Return what all rooms propose for lines, those recognised by most first."""
    found: dict[UUID, list[tuple[Claimant, Proposal]]] = {}
    for claimant in _claimants.values():
        for line_id, proposals in claimant.propose(lines, actor).items():
            if proposals:
                found.setdefault(line_id, []).extend((claimant, proposal) for proposal in proposals)
    for told in found.values():
        told.sort(key=lambda one: (-len(one[1].reasons), one[1].title))
    return found
