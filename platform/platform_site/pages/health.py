"""How the installation is: alive, and ready to be used."""

import threading
from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection

from platform_site.database.migrating import missing_migrations
from platform_site.jobs import STATE


@dataclass(frozen=True)
class Readiness:
    """What the site needs, each found good or not; jobs are None where another process works them."""

    database: bool
    migrations: bool
    jobs: bool | None

    @property
    def ready(self) -> bool:
        """Whether requests can be answered."""
        return self.database and self.migrations and self.jobs is not False


class _Once:
    """Remembers that the tables are up to date: looking costs some queries, and it stays true while we run."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.done = False


_MIGRATED = _Once()


def readiness() -> Readiness:
    """Look whether the database answers, its tables are up to date and jobs are worked."""
    jobs = STATE.alive if settings.RUN_JOBS and STATE.wanted else None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        with _MIGRATED.lock:
            _MIGRATED.done = _MIGRATED.done or missing_migrations() == 0
    except Error:
        return Readiness(database=False, migrations=False, jobs=jobs)
    return Readiness(database=True, migrations=_MIGRATED.done, jobs=jobs)
