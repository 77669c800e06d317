"""Putting the demonstration on record: the whole story, by the services and as the people who would do it."""

from collections.abc import Callable

from django.db import transaction

from platform_core.identity.models import Alliance
from platform_site.demo.contracting import Contracting
from platform_site.demo.founding import ALLIANCE_CODE, plan_founding
from platform_site.demo.pooling import Pooling
from platform_site.demo.settling import Settling
from platform_site.demo.stage import Script, Stage


def is_loaded() -> bool:
    """Say whether the demonstration alliance is on record; it is there whole or not at all."""
    return Alliance.objects.filter(code=ALLIANCE_CODE).exists()


def load_demonstration(progress: Callable[[int, int, str], None]) -> None:
    """Play the story from the founding to the demonstration's last day; if it is interrupted, nothing of it remains."""
    stage, script = Stage(), Script()
    plan_founding(script, stage)
    pooling = Pooling(stage)
    pooling.plan(script)
    contracting = Contracting(stage, pooling)
    contracting.plan(script)
    settling = Settling(stage, contracting)
    settling.plan(script)
    try:
        with transaction.atomic():
            script.play(stage.clock, progress)
    except BaseException:
        settling.forget_files()
        raise
