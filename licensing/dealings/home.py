"""What dealings tell the home page: each side what waits for it."""

from collections.abc import Iterator

from licensing.dealings.models import Dealing, Side
from licensing.dealings.policies import PROSPECTS
from licensing.dealings.selectors import dealings
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Role

_ZONE = "Asia/Shanghai"


def dealings_waiting(actor: Actor) -> Iterator[Waiting]:
    """Tell each side in which dealings the next step is its own, those with the nearest day first."""
    if actor.holds(Role.SECRETARIAT):
        side = Side.OFFICE
    elif any(actor.holds(role) for role in PROSPECTS):
        side = Side.PROSPECT
    else:
        return
    day = today(actor.clock, _ZONE)
    rows = dealings(actor=actor).filter(turn=side).order_by("next_by", "pk")
    for dealing in rows[:AT_MOST]:
        yield Waiting(
            kind=f"dealing.{dealing.state}",
            subject_type=Dealing._meta.label_lower,
            subject_id=dealing.pk,
            title=f"{dealing.programme.code} · {dealing.prospect}" if side is Side.OFFICE else dealing.programme.code,
            since=dealing.moved_at,
            due_on=dealing.next_by,
            severity=Severity.OVERDUE if dealing.next_by < day else Severity.ATTENTION,
        )


def name_of_dealing(dealing: Dealing) -> str:
    """Call a dealing by its programme: whose it is, stands on its page."""
    return dealing.programme.code
