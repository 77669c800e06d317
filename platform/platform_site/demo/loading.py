"""Putting the demonstration on record: the whole story, by the services and as the people who would do it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from platform_core.identity.models import Alliance
from platform_site.demo.abroad import Abroad
from platform_site.demo.agreeing import Agreeing
from platform_site.demo.auditing import Auditing
from platform_site.demo.belonging import plan_belonging
from platform_site.demo.billing import Billing
from platform_site.demo.booking import plan_booking
from platform_site.demo.contracting import Contracting
from platform_site.demo.crediting import Crediting
from platform_site.demo.deducting import plan_deducting
from platform_site.demo.distributing import Distributing
from platform_site.demo.entrusting import Entrusting
from platform_site.demo.founding import ALLIANCE_CODE, plan_founding
from platform_site.demo.keeping import plan_keeping, without_following
from platform_site.demo.lapsing import Lapsing
from platform_site.demo.licensing_alone import LicensingAlone
from platform_site.demo.licensing_openly import LicensingOpenly
from platform_site.demo.negotiating import Negotiating
from platform_site.demo.pooling import Pooling
from platform_site.demo.recording import Recording
from platform_site.demo.requesting import Requesting
from platform_site.demo.settling import Settling
from platform_site.demo.stage import Script, Stage
from platform_site.demo.submitting import Submitting


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
    Crediting(stage, pooling, contracting).plan(script)
    plan_deducting(stage, script)
    settling = Settling(stage, contracting)
    settling.plan(script)
    billing = Billing(stage, contracting, settling)
    billing.plan(script)
    distributing = Distributing(stage, contracting, billing)
    distributing.plan(script)
    Abroad(stage, distributing).plan(script)
    Lapsing(stage, contracting, settling).plan(script)
    Agreeing(stage).plan(script)
    plan_belonging(script, stage)
    Entrusting(stage, pooling).plan(script)
    Auditing(stage, contracting).plan(script)
    recording = Recording(stage)
    recording.plan(script)
    plan_keeping(script, stage)
    plan_booking(script, stage)
    Submitting(stage, pooling).plan(script)
    Requesting(stage, pooling).plan(script)
    Negotiating(stage, pooling, contracting).plan(script)
    LicensingAlone(stage).plan(script)
    LicensingOpenly(stage).plan(script)
    try:
        with transaction.atomic(), _without_savepoints(), without_following():
            script.play(stage.clock, progress)
    except BaseException:
        settling.forget_files()
        distributing.forget_files()
        stage.forget_papers()
        recording.forget_files()
        raise


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """Play without the savepoint that each service sets: whatever fails first ends the whole story anyway.

    They are every fifth question to the database. Django then marks the transaction as one that can only be rolled
    back, so that a failure which somebody swallows cannot come on record either.
    """
    features = connection.features
    before, features.uses_savepoints = features.uses_savepoints, False
    try:
        yield
    finally:
        features.uses_savepoints = before
