"""The background work of keeping patents alive."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.jobs.registry import background
from platform_core.jobs.running import Running
from pools.upkeep import services


@background(services.FOLLOWING, as_work=DEADLINE_WORK)
def follow(running: Running, *, alliance_id: str) -> Mapping[str, Any]:
    """Bring the deadlines of all of an alliance's patents up to date."""
    kept = services.follow_alliance(actor=running.actor, alliance_id=UUID(alliance_id))
    return {"added": kept.added, "moved": kept.moved, "ended": kept.ended}
