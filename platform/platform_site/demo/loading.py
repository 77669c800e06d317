"""Putting the demonstration on record: the whole story, by the services and as the people who would do it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from platform_core.identity.models import Alliance
from platform_site.demo.contracting import Contracting
from platform_site.demo.founding import ALLIANCE_CODE, plan_founding
from platform_site.demo.pooling import Pooling
from platform_site.demo.settling import Settling
from platform_site.demo.stage import Script, Stage


def is_loaded() -> bool:
    """Say whether the demonstration alliance is on record."""
    return Alliance.objects.filter(code=ALLIANCE_CODE).exists()


def load_demonstration(progress: Callable[[int, int, str], None]) -> None:
    """Play the story from the founding to the demonstration's last day."""
    stage, script = Stage(), Script()
    plan_founding(script, stage)
    pooling = Pooling(stage)
    pooling.plan(script)
    contracting = Contracting(stage, pooling)
    contracting.plan(script)
    Settling(stage, contracting).plan(script)
    with _without_waiting_for_the_disk():
        script.play(stage.clock, progress)


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Let commits return before they are on disk: a demonstration lost in a crash is simply loaded again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
