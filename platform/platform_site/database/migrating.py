"""Bringing a database up to date as its owner, and letting the application in as its own role."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections

from platform_site.database.problems import DatabaseProblem
from platform_site.database.roles import grant_to_application, what_is_wrong_with
from platform_site.database.urls import DatabaseUrl


@contextmanager
def connected_as(url: DatabaseUrl) -> Iterator[None]:
    """Let Django work on a database under another role for a while."""
    connection = connections["default"]
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(
        NAME=url.database, USER=url.user, PASSWORD=url.password, HOST=url.host, PORT=str(url.port)
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def migrate(*, owner: DatabaseUrl, app: DatabaseUrl, verbosity: int = 1) -> None:
    """Apply what is missing as the owner, then grant the application's role what it needs and no more."""
    with connected_as(owner):
        call_command("migrate", interactive=False, verbosity=verbosity)
    grant_to_application(owner, app=app.user)


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
