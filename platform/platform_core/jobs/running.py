"""What a piece of background work has in hand while it runs."""

import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import F
from django.db.models.functions import Least
from psycopg.errors import ProgramLimitExceeded

from platform_core.access.actors import Actor
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from platform_core.realtime.services import announce

TOLD_EVERY: Final = 0.25
"""Seconds between two notes of progress, at least."""
ASKED_EVERY: Final = 0.5
"""Seconds between two looks whether the work is still wanted."""


CONNECTION_LOST: Final = (OperationalError, InterfaceError)
"""What the work meets when its database is gone, or takes too long: no fault of what was being worked on."""


def is_lost_database(error: BaseException) -> bool:
    """Say whether an error is none of what was being worked on, which would be the same again, but of the database."""
    return isinstance(error, CONNECTION_LOST) and not isinstance(error.__cause__, ProgramLimitExceeded)


class Stopped(Exception):
    """The work was cancelled by somebody."""


class Interrupted(Exception):
    """The server is stopping; the work is to begin again elsewhere or later."""


class Superseded(Exception):
    """The job was given to another worker, because this one was taken for dead."""


class Running:
    """A job while it runs: the actor it works as, its progress, and whether it is still wanted."""

    def __init__(
        self, *, job_id: UUID, attempt: int, actor: Actor, interrupted: Callable[[], bool] = lambda: False
    ) -> None:
        self.job_id = job_id
        self.attempt = attempt
        self.actor = actor
        self._interrupted = interrupted
        self._told_at = 0.0
        self._asked_at = 0.0

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Note how far the work is; may be called often, and stops the work if it is no longer wanted."""
        now = time.monotonic()
        if done >= total or now - self._told_at >= TOLD_EVERY:
            self._told_at = now
            rows = Job.objects.filter(pk=self.job_id, attempt=self.attempt, state=JobState.RUNNING)
            if not rows.update(total=total, done=min(done, total) if total else done, message=message[:500]):
                self.ask()
            announce(Job(pk=self.job_id))
        self.check()

    def step(self, message: str) -> None:
        """Note what the work is at now, and one step more done where the number of steps is known."""
        rows = Job.objects.filter(pk=self.job_id, attempt=self.attempt, state=JobState.RUNNING)
        rows.update(message=message[:500])
        rows.filter(total__gt=0).update(done=Least(F("done") + 1, F("total")))
        announce(Job(pk=self.job_id))
        self.check()

    def check(self) -> None:
        """End the work here if it was cancelled, interrupted or given to another worker; cheap enough to call often."""
        if self._interrupted():
            raise Interrupted
        now = time.monotonic()
        if now - self._asked_at >= ASKED_EVERY:
            self._asked_at = now
            self.ask()

    def ask(self) -> None:
        """End the work here if it was cancelled or given to another worker, as the record of the job says now."""
        row = Job.objects.filter(pk=self.job_id).values("attempt", "state", "cancel_requested_at").first()
        if row is None or row["attempt"] != self.attempt or row["state"] != JobState.RUNNING:
            raise Superseded
        if row["cancel_requested_at"] is not None:
            raise Stopped
