"""Switching the guards of tables off for a moment, as only the owner of a database can."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, sql


@contextmanager
def guards_off(connection: Connection[Any], tables: Sequence[str]) -> Iterator[None]:
    """Switch the triggers of tables off until the block ends, and then on again as each of them was before."""
    always = connection.execute(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE t.tgenabled = 'A' AND c.relname = ANY(%s)",
        [list(tables)],
    ).fetchall()
    _alter(connection, [sql.SQL("{} DISABLE TRIGGER USER").format(sql.Identifier(name)) for name in tables])
    yield
    _alter(connection, [sql.SQL("{} ENABLE TRIGGER USER").format(sql.Identifier(name)) for name in tables])
    again = "{} ENABLE ALWAYS TRIGGER {}"
    _alter(connection, [sql.SQL(again).format(sql.Identifier(table), sql.Identifier(name)) for table, name in always])


def _alter(connection: Connection[Any], changes: Sequence[sql.Composable]) -> None:
    if changes:
        connection.execute(sql.SQL("; ").join(sql.SQL("ALTER TABLE ") + change for change in changes))
