"""A patent's family is of its own alliance, and the parts of its owners never exceed the whole."""

from django.db import migrations

SHARES = """
CREATE FUNCTION patents_ownership_shares() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    -- The sum of parts can only rise on a day on which one of them begins, so those days are all that need asking.
    IF EXISTS (
        SELECT 1
        FROM changed
        JOIN patents_ownership AS begins ON begins.patent_id = changed.patent_id
        WHERE (
            SELECT sum(other.share)
            FROM patents_ownership AS other
            WHERE other.patent_id = changed.patent_id
                AND daterange(other.from_on, other.to_on) @> coalesce(begins.from_on, '-infinity'::date)
        ) > 1
    ) THEN
        RAISE EXCEPTION 'the parts of the owners of a patent exceed the whole'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ownership_shares_within_the_whole',
                TABLE = 'patents_ownership';
    END IF;
    RETURN NULL;
END $rule$;
CREATE TRIGGER patents_ownership_shares_added AFTER INSERT ON patents_ownership
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION patents_ownership_shares();
CREATE TRIGGER patents_ownership_shares_changed AFTER UPDATE ON patents_ownership
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION patents_ownership_shares();
ALTER TABLE patents_ownership ENABLE ALWAYS TRIGGER patents_ownership_shares_added;
ALTER TABLE patents_ownership ENABLE ALWAYS TRIGGER patents_ownership_shares_changed;
"""

NO_SHARES = """
DROP TRIGGER patents_ownership_shares_added ON patents_ownership;
DROP TRIGGER patents_ownership_shares_changed ON patents_ownership;
DROP FUNCTION patents_ownership_shares();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("patents", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE patents_patent ADD CONSTRAINT patent_and_family_of_one_alliance "
            "FOREIGN KEY (family_id, alliance_id) REFERENCES patents_patentfamily (id, alliance_id)",
            "ALTER TABLE patents_patent DROP CONSTRAINT patent_and_family_of_one_alliance",
        ),
        migrations.RunSQL(SHARES, NO_SHARES),
    ]
