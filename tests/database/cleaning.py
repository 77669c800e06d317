"""Emptying the test database after a test that committed."""

from psycopg import sql

from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl
from tests.database.guards import guards_off

KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def empty_all_tables(owner: DatabaseUrl) -> None:
    """Remove every row that tests left, as the owner, with the guards of append-only tables off for that moment."""
    with connect(owner, autocommit=False) as connection:
        connection.execute("SET LOCAL lock_timeout = '10s'")
        found = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        ).fetchall()
        names = [str(row[0]) for row in found if row[0] not in KEPT]
        if not names:
            return
        filled = connection.execute(
            sql.SQL(" UNION ALL ").join(
                sql.SQL("(SELECT {} WHERE EXISTS (SELECT 1 FROM {}))").format(sql.Literal(name), sql.Identifier(name))
                for name in names
            )
        ).fetchall()
        tables = [sql.Identifier(str(row[0])) for row in filled]
        if not tables:
            return
        # CASCADE reaches tables that are empty already, and their guards count too.
        with guards_off(connection, names):
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(sql.SQL(", ").join(tables)))
