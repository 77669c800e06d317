"""Databases that are left at an earlier migration, to have what was written then brought forward."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from platform_site.database.building import build
from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.migrating import connected_as
from platform_site.database.roles import connect


@contextmanager
def database_as_of(postgres: EmbeddedDatabase, before: tuple[str, str], *, name: str) -> Iterator[None]:
    """Work as the owner of a database of its own that has the tables of a migration, and nothing later."""
    with connect(postgres.owner_url()) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        with connected_as(postgres.owner_url(name)):
            build(MigrationExecutor(connection), [before])
            yield
    finally:
        with connect(postgres.owner_url()) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
