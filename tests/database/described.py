"""What stands in a database, in the server's own words: to compare two that came about differently."""

from typing import Final

import psycopg
from psycopg import sql

from platform_site.database.urls import DatabaseUrl

_OURS: Final = "'public'::regnamespace"
_CATALOGUE: Final = (
    """SELECT 'column', table_name, column_name, ordinal_position, udt_name, character_maximum_length,
        numeric_precision, numeric_scale, is_nullable, column_default, collation_name, identity_generation,
        generation_expression
    FROM information_schema.columns WHERE table_schema = 'public'""",
    f"""SELECT 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint WHERE connamespace = {_OURS}""",
    f"""SELECT 'index', pg_get_indexdef(indexrelid), indisvalid
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = {_OURS}""",
    "SELECT 'trigger', pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal",
    f"""SELECT 'function', pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = {_OURS} AND prokind = 'f'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')""",
    f"SELECT 'relation', relname, relkind FROM pg_class WHERE relnamespace = {_OURS}",
    f"SELECT 'type', typname, typtype FROM pg_type WHERE typnamespace = {_OURS}",
    "SELECT 'extension', extname FROM pg_extension",
)


def described(database: DatabaseUrl) -> list[str]:
    """Return all columns, constraints, indexes, triggers, functions and rows of a database, but not what is named."""
    found: list[str] = []
    with psycopg.connect(str(database)) as connection:
        for question in _CATALOGUE:
            found += [str(row) for row in connection.execute(question.encode())]
        tables = connection.execute(f"SELECT relname FROM pg_class WHERE relnamespace = {_OURS} AND relkind = 'r'")
        for (name,) in tables.fetchall():
            rows = connection.execute(sql.SQL("SELECT row_to_json(t)::text FROM {} t").format(sql.Identifier(name)))
            found += [f"row of {name}: {row}" for (row,) in rows]
    return sorted(found)
