"""Breaches of licences, and proposals to end licences."""

from datetime import date
from typing import TYPE_CHECKING

from licensing.agreements.models import Licence
from licensing.breaches.lifecycle import OPEN_STATES, BreachState, TerminationState
from licensing.breaches.models import Breach, BreachKind, Termination, TerminationGround
from platform_core.identity.models import User
from tests.factories.core import NOON, make_user

if TYPE_CHECKING:
    from tests.factories.world import World


def make_breach(licence: Licence, state: BreachState = BreachState.NOTICED, **columns: object) -> Breach:
    """A report of January 2025 that was noticed to be missing on the second of March 2026."""
    is_suspended = state in (BreachState.SUSPENDED, BreachState.TERMINATED)
    return Breach.objects.create(
        **{
            "licence": licence,
            "number": licence.breaches.count() + 1,
            "kind": BreachKind.UNREPORTED,
            "grounds": [{"key": "2025-01", "label": "2025-01", "due_on": "2025-04-30"}],
            "rule": "by the rule",
            "state": state,
            "noticed_on": date(2026, 3, 2),
            "noticed_at": NOON,
            "noticed_by": make_user(),
            "cure_by": date(2026, 4, 1),
            "suspended_on": date(2026, 4, 2) if is_suspended else None,
            "suspended_by": make_user() if is_suspended else None,
            "closed_on": None if state in OPEN_STATES else date(2026, 4, 3),
            "close_note": "" if state in OPEN_STATES else "closed",
            **columns,
        }
    )


def make_termination(
    licence: Licence, person: User | None = None, state: TerminationState = TerminationState.PROPOSED, **columns: object
) -> Termination:
    """A proposal to end a licence that both sides agreed to end."""
    is_decided = state != TerminationState.PROPOSED
    return Termination.objects.create(
        **{
            "licence": licence,
            "ground": TerminationGround.AGREED,
            "last_day": date(2026, 12, 31),
            "reason": "both sides agreed",
            "state": state,
            "proposed_at": NOON,
            "proposed_by": person or make_user(),
            "decided_at": NOON if is_decided else None,
            "decided_by": make_user() if is_decided else None,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for licence in Licence.objects.filter(code__in=("L1", "L2")).order_by("pk"):
        make_breach(licence, BreachState.CURED)
        make_termination(licence, state=TerminationState.REFUSED)
