"""What the `lianchi` command needs of a site: settings, a running database, Django, and tables up to date."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import django

from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.problems import DatabaseProblem
from platform_site.database.urls import DatabaseUrl
from platform_site.environment import Environment, read_environment


@dataclass(frozen=True)
class Site:
    """A site whose database runs and whose Django is set up; it knows the owner's role only where it may migrate."""

    environment: Environment
    app: DatabaseUrl
    owner: DatabaseUrl | None

    def bring_up_to_date(self, *, verbosity: int = 0) -> None:
        """Apply missing migrations as the owner, and refuse to go on with an application role that is too powerful."""
        from platform_site.database.migrating import check_application_role, migrate, missing_migrations

        dev = self.environment.dev
        if self.owner is not None:
            migrate(owner=self.owner, app=self.app, verbosity=verbosity)
        else:
            check_application_role(self.app, dev=dev)
            missing = missing_migrations()
            if missing and not dev:
                raise DatabaseProblem(
                    f"{missing} migrations are missing, and the application's role must not apply them. "
                    f"Name the role that owns the tables in DATABASE_OWNER_URL, or run `lianchi migrate` with it."
                )
            if missing:
                warnings.warn(
                    "DATABASE_OWNER_URL is not set: the tables are made by the application's own role, which can "
                    "then switch off what guards them. That will do for development only.",
                    stacklevel=2,
                )
                migrate(owner=self.app, app=self.app, verbosity=verbosity)
        check_application_role(self.app, dev=dev)

    def require_up_to_date(self) -> None:
        """Refuse to work on tables that another version of the program made, without changing them."""
        from platform_site.database.migrating import missing_migrations

        missing = missing_migrations()
        if missing:
            raise DatabaseProblem(f"{missing} migrations are missing: run `lianchi migrate` first.")


@contextmanager
def site_with_database() -> Iterator[Site]:
    """Check the settings, make sure of the database and set Django up; a database of our own stops afterwards."""
    environment = read_environment()
    embedded = EmbeddedDatabase(environment.embedded_folder) if environment.embedded else None
    with embedded or nullcontext():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings")
        app, owner = environment.database, environment.database_owner
        if embedded is not None:
            app, owner = embedded.app_url(), embedded.owner_url()
        if app is None:
            raise DatabaseProblem("No database is named, and none was started.")
        django.setup()
        try:
            yield Site(environment, app, owner)
        finally:
            close_connections()


def close_connections() -> None:
    """Let go of the database before it is stopped."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()
