"""A first start applies all migrations in a way of its own: what it makes is what Django's way makes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import ForeignKey

from platform_site.database.building import build, build_if_empty
from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.migrating import connected_as, missing_migrations
from platform_site.database.roles import connect
from tests.database.described import described

PART = ["memberships", "reports"]
"""Rooms with every kind of step, and all they rest on: for all rooms Django's way takes more than a minute."""
COLUMNS = """SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"""
PROPER = "SELECT format_type(to_regtype(%s), to_regtypemod(%s))"


@contextmanager
def empty_database(postgres: EmbeddedDatabase, name: str) -> Iterator[None]:
    with connect(postgres.owner_url()) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield
    finally:
        with connect(postgres.owner_url()) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_built_is_what_django_makes_of_the_migrations(postgres: EmbeddedDatabase) -> None:
    def made(name: str, apply: Callable[[MigrationExecutor, list[tuple[str, str]]], object]) -> list[str]:
        with empty_database(postgres, name):
            with connected_as(postgres.owner_url(name)):
                executor = MigrationExecutor(connection)
                apply(executor, [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in PART])
            # What differs is when.
            return [line for line in described(postgres.owner_url(name)) if "row of django_migrations: " not in line]

    built = made("lianchi_built", build)
    assert len(built) > 1_500
    assert built == made("lianchi_migrated", lambda executor, targets: executor.migrate(targets))


@pytest.mark.django_db
def test_all_tables_are_what_their_models_say() -> None:
    """The tests' own database was built: each column, reference, constraint and index of ours is there."""
    with connection.cursor() as cursor:
        models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
        assert len(models) > 190
        for model in models:
            table = model._meta.db_table
            cursor.execute(COLUMNS, [f'"{table}"'])
            there = {name: (kind, is_required) for name, kind, is_required in cursor.fetchall()}
            said = {}
            for field in model._meta.local_concrete_fields:
                kind = field.db_type(connection)
                cursor.execute(PROPER, [kind, kind])
                said[field.column] = (cursor.fetchone()[0], not field.null and not field.generated)
            assert there == said, table
            found = connection.introspection.get_constraints(cursor, table)
            named = {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
            assert named <= set(found), table
            keys = {tuple(one["columns"]): one["foreign_key"] for one in found.values() if one["foreign_key"]}
            for field in model._meta.local_concrete_fields:
                if isinstance(field, ForeignKey) and field.deconstruct()[3].get("db_constraint", True):
                    target = (field.related_model._meta.db_table, field.target_field.column)
                    assert keys[(field.column,)] == target, f"{table}.{field.column}"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_holds_anything_is_left_to_django(postgres: EmbeddedDatabase) -> None:
    name = "lianchi_interrupted"
    with empty_database(postgres, name), connected_as(postgres.owner_url(name)):
        build(MigrationExecutor(connection), [("identity", "0001_initial")])
        missing = missing_migrations()
        build_if_empty()
        assert missing_migrations() == missing > 200
