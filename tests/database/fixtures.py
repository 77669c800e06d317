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
from tests.database.kept import copy_migrated

MIGRATED = "test_lianchi_migrated"


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[EmbeddedDatabase]:
    """Run a throwaway server for the session; workers of one session share it, and it goes with the last of them."""
    run = getattr(request.config, "workerinput", {}).get("testrunuid") or f"{os.getpid()}"
    # A short folder that the server's own account can reach, unlike pytest's.
    folder = Path(tempfile.gettempdir()) / f"lianchi-tests-{run}"

    def make_migrated(server: EmbeddedDatabase) -> None:
        with connect(server.owner_url()) as owner:
            owner.execute(f'CREATE DATABASE "{MIGRATED}"')
        keep_to_our_own(server.superuser_url(MIGRATED), owner=server.owner_url().user, app=server.app_url().user)
        with django_db_blocker.unblock():
            migrate(owner=server.owner_url(MIGRATED), app=server.app_url(MIGRATED), verbosity=0)

    copy_migrated(folder, make_migrated)
    server = EmbeddedDatabase(folder, durable=False)
    server.use()
    try:
        yield server
    finally:
        server.release()


@pytest.fixture(scope="session")
def migrated() -> str:
    """Return the name of the database that is migrated, and copied for whoever needs one."""
    return MIGRATED


@pytest.fixture(scope="session")
def owner_url(postgres: EmbeddedDatabase, migrated: str, worker_id: str) -> DatabaseUrl:
    """Return the address of this worker's migrated test database for the role that owns it."""
    return _copy_of(migrated, f"test_lianchi_{worker_id}", postgres)


@pytest.fixture(scope="session")
def second_url(postgres: EmbeddedDatabase, migrated: str, worker_id: str) -> DatabaseUrl:
    """Return the address of another migrated test database of this worker, for what stays in one transaction."""
    return _copy_of(migrated, f"test_lianchi_{worker_id}_second", postgres)


def _copy_of(migrated: str, name: str, server: EmbeddedDatabase) -> DatabaseUrl:
    with connect(server.owner_url()) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    keep_to_our_own(server.superuser_url(name), owner=server.owner_url().user, app=server.app_url().user)
    return server.owner_url(name)


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
