"""The scene about keeping patents alive: on the last day it is worked out for all of them what is due next."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from platform_core.access.actors import Actor
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_site.demo.days import TODAY
from platform_site.demo.stage import Script, Stage
from pools.patents.events import patents_changed
from pools.upkeep import subscribers
from pools.upkeep.services import follow_alliance


def plan_keeping(script: Script, stage: Stage) -> None:
    """Plan the look at all patents on the demonstration's last day."""
    script.add(TODAY, "08:00", "deadlines", partial(_look, stage))


@contextmanager
def without_following() -> Iterator[None]:
    """Leave deadlines alone while the story is told: nobody in it pays fees, and they are wanted as on its last day."""
    patents_changed.unsubscribe(subscribers.patents_changed)
    try:
        yield
    finally:
        patents_changed.subscribe(subscribers.patents_changed)


def _look(stage: Stage) -> None:
    follow_alliance(actor=Actor.system(DEADLINE_WORK, clock=stage.clock), alliance_id=stage.alliance)
