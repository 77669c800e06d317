"""Publishing a pool's list in versions."""

from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.problems import Conflict, WrongState
from platform_core.realtime.services import announce
from pools.composition.listing import changes_between, lines_of
from pools.composition.models import ListLine, ListVersion, Pool, PoolState
from pools.composition.policies import EDIT_POOL

_LISTING = (PoolState.AGREED.value, PoolState.LAUNCHED.value, PoolState.CLOSING.value)
_BATCH = 2_000


@transaction.atomic
def publish_list_version(
    *, actor: Actor, pool_id: UUID, effective_on: date | None = None, note: str = ""
) -> ListVersion:
    """Publish a pool's list as it stands on a day (today if not told), under the next number; it is never changed."""
    pool = get_visible(Pool, pool_id, actor=actor, for_change=True)
    require(actor, EDIT_POOL, pool)
    if pool.state not in _LISTING:
        raise WrongState("A list is published once the pool is agreed on, and until it is closed.")
    day = today(actor.clock, pool.alliance.zone)
    version = ListVersion(pool=pool, effective_on=effective_on or day, note=note.strip(), patents=0)
    last = pool.list_versions.order_by("-number").first()
    checks = Checks()
    checks.text("note", note, needed=False, longest=500)
    if version.effective_on > day:
        checks.wrong("effective_on", "future", "A list is published once its day has come.")
    if last is not None and version.effective_on < last.effective_on:
        checks.wrong(
            "effective_on",
            "before_the_last_version",
            f"Version {last.number} is of {last.effective_on}: the next one is of that day or later.",
        )
    checks.refuse()
    lines = list(lines_of(version))
    changes = changes_between(last, lines)
    if last is not None and not (changes.added or changes.removed or changes.changed):
        raise Conflict(f"The list is as it was in version {last.number}: there is nothing to publish.")
    version.number = (last.number if last else 0) + 1
    version.patents = len(lines)
    version.published_at = actor.clock.now()
    version.published_by_id = actor.user_id
    version.save(force_insert=True)
    ListLine.objects.bulk_create(lines, batch_size=_BATCH)
    record_event(
        "list_version.published",
        actor=actor,
        subject=version,
        changes={
            "number": (None, version.number),
            "effective_on": (None, version.effective_on),
            "patents": (last.patents if last else None, version.patents),
        },
    )
    announce(pool, part=version)
    return version
