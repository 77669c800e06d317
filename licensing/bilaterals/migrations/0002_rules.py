"""A claim is of a member of the licence's pool and says what it said; once it is ended it stays as it is."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen

OF_ITS_POOL = """
CREATE FUNCTION bilaterals_claim_of_its_pool() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM composition_poolmember m
        JOIN terms_programme p ON p.pool_id = m.pool_id
        JOIN agreements_licence l ON l.programme_id = p.id
        WHERE m.id = NEW.member_id AND l.id = NEW.licence_id
    ) THEN
        RAISE EXCEPTION 'a claim is of a member of the pool that the licence is of'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bilateralclaim_of_its_pool',
            TABLE = 'bilaterals_bilateralclaim';
    END IF;
    IF NEW.bilateral_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM agreements_bilaterallicence b
        WHERE b.id = NEW.bilateral_id AND b.licence_id = NEW.licence_id AND b.member_id = NEW.member_id
            AND b.starts_on IS NOT DISTINCT FROM NEW.starts_on AND b.ends_on IS NOT DISTINCT FROM NEW.ends_on
    ) THEN
        RAISE EXCEPTION 'what is credited is what was claimed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bilateralclaim_credits_what_it_says',
            TABLE = 'bilaterals_bilateralclaim';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER bilaterals_claim_of_its_pool BEFORE INSERT OR UPDATE ON bilaterals_bilateralclaim
    FOR EACH ROW EXECUTE FUNCTION bilaterals_claim_of_its_pool();
ALTER TABLE bilaterals_bilateralclaim ENABLE ALWAYS TRIGGER bilaterals_claim_of_its_pool;
"""
OF_ANY_POOL = """
DROP TRIGGER IF EXISTS bilaterals_claim_of_its_pool ON bilaterals_bilateralclaim;
DROP FUNCTION IF EXISTS bilaterals_claim_of_its_pool();
"""
SAID = ("licence_id", "member_id", "starts_on", "ends_on", "stands_in", "claimed_at", "claimed_by_id")
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in SAID)


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("bilaterals", "0001_initial")]

    operations = [
        migrations.RunSQL(OF_ITS_POOL, OF_ANY_POOL),
        ImmutableWhen(
            "bilaterals_bilateralclaim",
            f"OLD.state IN ('confirmed', 'refused', 'withdrawn') OR TG_OP = 'DELETE' OR {CHANGED}",
        ),
    ]
