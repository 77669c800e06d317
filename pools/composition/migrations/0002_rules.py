"""A part of a patent is in a pool only while the member owns it, and only in a pool of the patent's alliance."""

from django.db import migrations

OWNED = """
CREATE FUNCTION composition_poolentry_owned() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    -- Each row asks for its own few others by their keys: a join would read the whole register once for each batch.
    IF EXISTS (
        SELECT 1
        FROM changed AS entry
        WHERE (SELECT patent.alliance_id FROM patents_patent AS patent WHERE patent.id = entry.patent_id)
            <> (
                SELECT membership.alliance_id
                FROM composition_poolmember AS member
                JOIN memberships_membership AS membership ON membership.id = member.membership_id
                WHERE member.id = entry.member_id
            )
            OR NOT coalesce(
                (
                    -- By the patent first: one owner may have very many.
                    SELECT
                        range_agg(daterange(owned.from_on, owned.to_on)) FILTER (
                            WHERE owned.owner_id = (
                                SELECT membership.organisation_id
                                FROM composition_poolmember AS member
                                JOIN memberships_membership AS membership ON membership.id = member.membership_id
                                WHERE member.id = entry.member_id
                            )
                        ) @> daterange(entry.enters_on, entry.leaves_on)
                    FROM patents_ownership AS owned
                    WHERE owned.patent_id = entry.patent_id
                ),
                false
            )
    ) THEN
        RAISE EXCEPTION 'a patent is entered for a member that does not own it on all those days'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_owned', TABLE = 'composition_poolentry';
    END IF;
    RETURN NULL;
END $rule$;
CREATE TRIGGER composition_poolentry_owned_added AFTER INSERT ON composition_poolentry
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION composition_poolentry_owned();
CREATE TRIGGER composition_poolentry_owned_changed AFTER UPDATE ON composition_poolentry
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION composition_poolentry_owned();
ALTER TABLE composition_poolentry ENABLE ALWAYS TRIGGER composition_poolentry_owned_added;
ALTER TABLE composition_poolentry ENABLE ALWAYS TRIGGER composition_poolentry_owned_changed;
"""

NOT_OWNED = """
DROP TRIGGER composition_poolentry_owned_added ON composition_poolentry;
DROP TRIGGER composition_poolentry_owned_changed ON composition_poolentry;
DROP FUNCTION composition_poolentry_owned();
"""

ONE_ALLIANCE = """
CREATE FUNCTION composition_poolmember_alliance() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF (SELECT alliance_id FROM composition_pool WHERE id = NEW.pool_id)
        <> (SELECT alliance_id FROM memberships_membership WHERE id = NEW.membership_id) THEN
        RAISE EXCEPTION 'a pool takes members of its own alliance only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pool_member_of_one_alliance',
                TABLE = 'composition_poolmember';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER composition_poolmember_alliance BEFORE INSERT OR UPDATE ON composition_poolmember
    FOR EACH ROW EXECUTE FUNCTION composition_poolmember_alliance();
ALTER TABLE composition_poolmember ENABLE ALWAYS TRIGGER composition_poolmember_alliance;
"""

MANY_ALLIANCES = """
DROP TRIGGER composition_poolmember_alliance ON composition_poolmember;
DROP FUNCTION composition_poolmember_alliance();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("composition", "0001_initial"), ("patents", "0002_rules")]

    operations = [
        migrations.RunSQL(OWNED, NOT_OWNED),
        migrations.RunSQL(ONE_ALLIANCE, MANY_ALLIANCES),
    ]
