"""Functions by which numbers and names are indexed for searching; rooms build their indexes on them."""

from django.db import migrations

FUNCTIONS = {
    "search_key(text)": """
        CREATE FUNCTION search_key(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT upper(regexp_replace($1, '[^0-9A-Za-z]', '', 'g'))
        $$
    """,
    "search_digits(text)": """
        CREATE FUNCTION search_digits(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT ltrim(regexp_replace($1, '[^0-9]', '', 'g'), '0')
        $$
    """,
    "search_grams(text, text)": """
        CREATE FUNCTION search_grams(text, text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT coalesce(array_agg(DISTINCT substr(name, place, 2)), '{}')
            FROM (VALUES (lower(regexp_replace($1, '\\s', '', 'g'))), (lower(regexp_replace($2, '\\s', '', 'g'))))
                 AS names (name),
                 generate_series(1, length(name) - 1) AS place
        $$
    """,
}


class Migration(migrations.Migration):
    """The index of organisations' names is made here, since the core's own people come before searching."""

    initial = True

    dependencies = [("identity", "0001_initial")]

    operations = [
        *(migrations.RunSQL(create, f"DROP FUNCTION {name}") for name, create in FUNCTIONS.items()),
        migrations.RunSQL(
            "CREATE INDEX organisation_by_grams ON identity_organisation USING gin (search_grams(name_zh, name_en))",
            "DROP INDEX organisation_by_grams",
        ),
    ]
