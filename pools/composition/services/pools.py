"""Opening a pool and taking it from idea to launch to its end."""

from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.identity.models import Alliance
from platform_core.problems import Conflict, Problem, invalid
from platform_core.realtime.services import announce
from pools.composition.lifecycle import POOL_LIFECYCLE
from pools.composition.models import Pool, PoolEntry, PoolState
from pools.composition.policies import EDIT_POOL, OPEN_POOL

_EVENTS = {
    "open call": "pool.call_opened",
    "begin forming": "pool.forming_started",
    "agree": "pool.agreed",
    "launch": "pool.launched",
    "begin closing": "pool.closing_started",
    "close": "pool.closed",
}
FEWEST_OWNERS = 2
"""A pool is patents of at least two owners."""


@transaction.atomic
def open_pool(*, actor: Actor, alliance_id: UUID, code: str, name: str) -> Pool:
    """Open a pool in an alliance, as an idea at first."""
    pool = _create(actor, alliance_id, code, name, PoolState.IDEA)
    record_event("pool.opened", actor=actor, subject=pool, changes={"code": (None, code), "name": (None, name)})
    return pool


@transaction.atomic
def take_over_pool(*, actor: Actor, alliance_id: UUID, code: str, name: str) -> Pool:
    """Put a pool on record that was launched elsewhere and already runs."""
    pool = _create(actor, alliance_id, code, name, PoolState.LAUNCHED)
    record_event("pool.taken_over", actor=actor, subject=pool, changes={"code": (None, code), "name": (None, name)})
    return pool


@transaction.atomic
def edit_pool(*, actor: Actor, pool_id: UUID, name: str) -> Pool:
    """Change a pool's name."""
    pool = get_visible(Pool, pool_id, actor=actor, for_change=True)
    require(actor, EDIT_POOL, pool)
    checks = Checks()
    checks.text("name", name, longest=500)
    checks.refuse()
    changes = apply_edits(pool, {"name": name})
    if changes:
        pool.save(update_fields=list(changes))
        record_event("pool.edited", actor=actor, subject=pool, changes=changes)
        announce(pool)
    return pool


@transaction.atomic
def take_pool_step(*, actor: Actor, pool_id: UUID, step: str) -> Pool:
    """Take a pool's next step; it forms and launches only with patents of at least two owners."""
    pool = get_visible(Pool, pool_id, actor=actor, for_change=True)
    require(actor, EDIT_POOL, pool)
    if step not in POOL_LIFECYCLE.steps:
        raise invalid("/step", "unknown_step", f"A pool has these steps: {', '.join(POOL_LIFECYCLE)}.")
    after = POOL_LIFECYCLE.after(step, current=PoolState(pool.state))
    if step in ("begin forming", "launch"):
        owners = PoolEntry.objects.filter(member__pool=pool).values("member").distinct().count()
        if owners < FEWEST_OWNERS:
            raise Conflict(
                f"The pool has patents of {owners} owners; it needs at least {FEWEST_OWNERS}. Enter patents first."
            )
    before, pool.state = pool.state, after
    pool.save(update_fields=["state"])
    record_event(_EVENTS[step], actor=actor, subject=pool, changes={"state": (before, after)})
    announce(pool)
    return pool


def _create(actor: Actor, alliance_id: UUID, code: str, name: str, state: PoolState) -> Pool:
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    require(actor, OPEN_POOL, alliance)
    checks = Checks()
    checks.text("code", code)
    checks.text("name", name, longest=500)
    checks.refuse()
    with told_as(_PROBLEMS):
        return Pool.objects.create(alliance=alliance, code=code, name=name, state=state)


_PROBLEMS: dict[str, Problem] = {
    "pool_code_once_in_alliance": Conflict("Another pool of the alliance has this code. Choose another."),
}
