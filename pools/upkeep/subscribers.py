"""What happens elsewhere to patents and their deadlines, and is followed here."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.deadlines.models import Deadline
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from platform_core.jobs.registry import required_task
from platform_core.jobs.services import defer
from pools.upkeep.services import follow_alliance, follow_patents
from pools.upkeep.services.following import AT_ONCE, FOLLOWED_KINDS, FOLLOWING


def patents_changed(actor: Actor, alliance_id: UUID, patent_ids: Collection[UUID] | None) -> None:
    """Bring the deadlines of patents up to date with a change, in its transaction; many, or all, in the background."""
    if patent_ids is None or len(patent_ids) > AT_ONCE:
        _follow_later(actor, alliance_id)
        return
    if patent_ids:
        follow_patents(actor=actor, alliance_id=alliance_id, ids=sorted(set(patent_ids)))


def _follow_later(actor: Actor, alliance_id: UUID) -> None:
    """Have all of an alliance's patents followed once this is committed; work that waits for it already is enough."""
    task = required_task(FOLLOWING)
    # Locked until the change is committed: that work does not begin before, and so sees it.
    waiting = Job.objects.select_for_update(skip_locked=True).filter(
        task=FOLLOWING, state=JobState.WAITING, arguments__alliance_id=str(alliance_id)
    )
    if waiting.order_by("pk").first() is None:
        defer(task, actor=actor, arguments={"alliance_id": alliance_id}, one_at_a_time=f"upkeep of {alliance_id}")


def follow_settled(actor: Actor, deadlines: Sequence[Deadline]) -> None:
    """Go on to the next fee of patents whose last one was settled, waived or opened again."""
    by_alliance: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in deadlines:
        if row.kind in FOLLOWED_KINDS:
            by_alliance[row.alliance_id].add(row.subject_id)
    for alliance_id, ids in by_alliance.items():
        patents_changed(actor, alliance_id, ids)


def follow_before_each_day(actor: Actor, alliance_id: UUID) -> None:
    """Look after all patents once a day, so that what slipped through anywhere is caught before the day is told."""
    follow_alliance(actor=actor, alliance_id=alliance_id)
