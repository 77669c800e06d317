"""Bringing a database up to date as its owner, and letting the application in as its own role."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from platform_site.database.building import build_if_empty
from platform_site.database.problems import DatabaseProblem
from platform_site.database.roles import connect, grant_to_application, what_is_wrong_with
from platform_site.database.urls import DatabaseUrl

MIGRATION_LOCK = 7_105_112_097
"""A number of our own for the advisory lock that lets one process migrate at a time."""


@contextmanager
def connected_as(url: DatabaseUrl) -> Iterator[None]:
    """Let Django work on a database under another role for a while."""
    connection = connections["default"]
    connection.close()
    before = dict(connection.settings_dict)
    # One connection of its own: the pool signs in as the application.
    options = {name: value for name, value in before["OPTIONS"].items() if name != "pool"}
    connection.settings_dict.update(
        NAME=url.database,
        USER=url.user,
        PASSWORD=url.password,
        HOST=url.host,
        PORT=str(url.port),
        OPTIONS={**options, **dict(url.options)},
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def migrate(*, owner: DatabaseUrl, app: DatabaseUrl, verbosity: int = 1) -> None:
    """Apply what is missing as the owner, then grant the application's role what it needs and no more."""
    with connect(owner) as guard:
        # Several machines may start at once; the second waits here and then finds nothing left to do.
        guard.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        with connected_as(owner):
            build_if_empty()
            call_command("migrate", interactive=False, verbosity=verbosity)
        grant_to_application(owner, app=app.user)


def missing_migrations() -> int:
    """Return how many migrations the database that Django is connected to still lacks."""
    executor = MigrationExecutor(connections["default"])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def check_application_role(app: DatabaseUrl, *, dev: bool) -> None:
    """Refuse an application role that could switch off the guards of the record; outside development only."""
    found = what_is_wrong_with(app)
    if not found:
        return
    message = (
        f"{'; '.join(found)[:1].upper()}{'; '.join(found)[1:]}. "
        f"Give the application a role of its own in DATABASE_URL (LOGIN, nothing more), "
        f"name the owner's in DATABASE_OWNER_URL, and run `lianchi migrate`."
    )
    if not dev:
        raise DatabaseProblem(message)
    warnings.warn(message, stacklevel=2)
