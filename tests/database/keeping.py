"""Keeping what a test database holds at a moment, to begin further tests from there."""

from dataclasses import dataclass

from psycopg import sql

from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl
from tests.database.cleaning import KEPT
from tests.database.guards import guards_off

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relispartition AND c.relname <> ALL (%s) ORDER BY c.relname
"""
# What is never emptied goes on counting: set back, its sequence would give ids that are taken.
SEQUENCES = """
SELECT sequencename, last_value FROM pg_sequences
WHERE schemaname = 'public' AND last_value IS NOT NULL
    AND NOT EXISTS (SELECT FROM unnest(%s::text[]) kept WHERE starts_with(sequencename, kept))
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of every table that has some, as the server writes them, and how far the sequences had come."""

    rows: dict[str, bytes]
    sequences: dict[str, int]


def keep_rows(superuser: DatabaseUrl) -> Kept:
    """Return all that is committed."""
    rows: dict[str, bytes] = {}
    with connect(superuser) as connection, connection.cursor() as cursor:
        for (name,) in connection.execute(TABLES, [list(KEPT)]).fetchall():
            out = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(str(name)))
            with cursor.copy(out) as copied:
                written = b"".join(bytes(part) for part in copied)
            if cursor.rowcount:
                rows[str(name)] = written
        sequences = connection.execute(SEQUENCES, [list(KEPT)]).fetchall()
    return Kept(rows, {str(name): int(str(value)) for name, value in sequences})


def put_back(superuser: DatabaseUrl, kept: Kept) -> None:
    """Fill the empty tables with what was kept, just as it was: no rule is asked again."""
    with connect(superuser, autocommit=False) as connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        with guards_off(connection, list(kept.rows)):
            for name, rows in kept.rows.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(name))) as copying:
                    copying.write(rows)
        for name, value in kept.sequences.items():
            cursor.execute("SELECT setval(%s::regclass, %s)", [name, value])
