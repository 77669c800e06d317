"""The tests' own PostgreSQL: started when the first test asks for a database, used as the application's role.

The owner's role makes and migrates the test database, as on a real site. All tests work as `lianchi_app`, so a test
that passes cannot rest on a right the running site does not have.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase

from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.migrating import migrate
from platform_site.database.roles import connect, keep_to_our_own
from platform_site.database.urls import DatabaseUrl
from tests.database.cleaning import empty_all_tables

MIGRATED = "test_lianchi_migrated"
MIGRATED_LOCK = 7_105_112_098
"""A number of our own for the advisory lock under which one worker migrates."""


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[EmbeddedDatabase]:
    """Run a throwaway server for the session; workers of one session share it, and it goes with the last of them."""
    run = getattr(request.config, "workerinput", {}).get("testrunuid") or f"{os.getpid()}"
    # A short folder that the server's own account can reach, unlike pytest's.
    server = EmbeddedDatabase(Path(tempfile.gettempdir()) / f"lianchi-tests-{run}", durable=False)
    server.use()
    try:
        yield server
    finally:
        server.release()


@pytest.fixture(scope="session")
def migrated(postgres: EmbeddedDatabase, django_db_blocker: Any) -> str:
    """Migrate one database for all workers, and return its name; whoever comes second waits for it and copies it."""
    with connect(postgres.owner_url()) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", [MIGRATED_LOCK])
        made = guard.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [MIGRATED]).fetchone()
        if made is None or not made[0]:
            # One that is there and no template was left half done by a worker that ended.
            guard.execute(f'DROP DATABASE IF EXISTS "{MIGRATED}"')
            guard.execute(f'CREATE DATABASE "{MIGRATED}"')
            keep_to_our_own(
                postgres.superuser_url(MIGRATED), owner=postgres.owner_url().user, app=postgres.app_url().user
            )
            with django_db_blocker.unblock():
                migrate(owner=postgres.owner_url(MIGRATED), app=postgres.app_url(MIGRATED), verbosity=0)
            guard.execute(f'ALTER DATABASE "{MIGRATED}" IS_TEMPLATE true')
    return MIGRATED


@pytest.fixture(scope="session")
def owner_url(postgres: EmbeddedDatabase, migrated: str, worker_id: str) -> DatabaseUrl:
    """Return the address of this worker's migrated test database for the role that owns it."""
    name = f"test_lianchi_{worker_id}"
    with connect(postgres.owner_url()) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    keep_to_our_own(postgres.superuser_url(name), owner=postgres.owner_url().user, app=postgres.app_url().user)
    return postgres.owner_url(name)


@pytest.fixture(scope="session")
def django_db_setup(postgres: EmbeddedDatabase, owner_url: DatabaseUrl, django_db_blocker: Any) -> Iterator[None]:
    """Point Django at the worker's database as the application's role."""
    app = postgres.app_url(owner_url.database)
    connection = connections["default"]
    connection.settings_dict.update(
        NAME=app.database, USER=app.user, PASSWORD=app.password, HOST=app.host, PORT=str(app.port)
    )
    patch = pytest.MonkeyPatch()
    # What is append-only refuses to be emptied by anybody but a superuser who switches that off.
    everything = postgres.superuser_url(owner_url.database)
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_all_tables(everything))
    yield
    patch.undo()
    with django_db_blocker.unblock():
        connections.close_all()
