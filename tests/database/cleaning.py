"""Emptying the test database after a test that committed."""

from psycopg import sql

from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl

KEPT = ("django_migrations", "django_content_type", "auth_permission")

# One statement, because a test leaves rows in a dozen of more than a hundred tables, and each of them is asked. Rows
# are deleted: making every table and index anew, as TRUNCATE does, takes several times as long. A session that poses as
# a replica needs no order of the tables; guards that hold for it too are off for that moment, and then as they were.
EMPTY = """
DO $$
DECLARE
    named text;
    filled boolean;
    always text[];
    guard text;
BEGIN
    PERFORM set_config('lock_timeout', '10s', true), set_config('session_replication_role', 'replica', true);
    FOR named IN
        SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ({kept})
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', named) INTO filled;
        CONTINUE WHEN NOT filled;
        SELECT coalesce(array_agg(tgname), '{{}}') INTO always
        FROM pg_trigger WHERE tgrelid = named::regclass AND tgenabled = 'A' AND NOT tgisinternal;
        FOREACH guard IN ARRAY always LOOP
            EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', named, guard);
        END LOOP;
        EXECUTE format('DELETE FROM %s', named);
        FOREACH guard IN ARRAY always LOOP
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', named, guard);
        END LOOP;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)
    FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
        AND NOT EXISTS (SELECT FROM unnest({kept}) kept WHERE starts_with(sequencename, kept));
END $$
"""


def empty_all_tables(superuser: DatabaseUrl) -> None:
    """Remove every row that tests left, with the guards of append-only tables off for that moment."""
    kept = sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(map(sql.Literal, KEPT)))
    with connect(superuser, autocommit=False) as connection:
        connection.execute(sql.SQL(EMPTY).format(kept=kept))
