"""What the `lianchi` command needs of a site: its settings, its database running, Django ready."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import django

from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.urls import DatabaseUrl
from platform_site.environment import Environment, read_environment


@dataclass(frozen=True)
class Site:
    """A site whose database runs and whose Django is set up."""

    environment: Environment
    app: DatabaseUrl
    owner: DatabaseUrl


@contextmanager
def site_with_database() -> Iterator[Site]:
    """Check the settings, make sure of the database and set Django up; a database of our own stops afterwards."""
    environment = read_environment()
    embedded = EmbeddedDatabase(environment.embedded_folder) if environment.embedded else None
    with embedded or nullcontext():
        if embedded is not None:
            app, owner = embedded.app_url(), embedded.owner_url()
        else:
            app, owner = _named_addresses(environment)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings")
        django.setup()
        yield Site(environment, app, owner)


def _named_addresses(environment: Environment) -> tuple[DatabaseUrl, DatabaseUrl]:
    if environment.database is None:
        raise ValueError("no database is named")
    if environment.database_owner is None:
        warnings.warn(
            "DATABASE_OWNER_URL is not set: tables are made by the application's own role, which can then switch "
            "off what guards them. Name a second role that owns them.",
            stacklevel=2,
        )
    return environment.database, environment.database_owner or environment.database
