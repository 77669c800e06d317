"""A licence renews one of its own programme, and a bilateral one is from a member of its pool."""

from django.db import migrations, models

from platform_core.database_rules import CompositeKey

OF_THE_POOL = """
CREATE FUNCTION agreements_bilateral_of_the_pool() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM agreements_licence l
        JOIN terms_programme p ON p.id = l.programme_id
        JOIN composition_poolmember m ON m.pool_id = p.pool_id
        WHERE l.id = NEW.licence_id AND m.id = NEW.member_id
    ) THEN
        RAISE EXCEPTION 'a bilateral licence is from a member of the pool that the licence is of'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bilateral_of_the_pool',
            TABLE = 'agreements_bilaterallicence';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER agreements_bilateral_of_the_pool BEFORE INSERT OR UPDATE OF licence_id, member_id
    ON agreements_bilaterallicence FOR EACH ROW EXECUTE FUNCTION agreements_bilateral_of_the_pool();
ALTER TABLE agreements_bilaterallicence ENABLE ALWAYS TRIGGER agreements_bilateral_of_the_pool;
"""
NO_MATTER = """
DROP TRIGGER IF EXISTS agreements_bilateral_of_the_pool ON agreements_bilaterallicence;
DROP FUNCTION IF EXISTS agreements_bilateral_of_the_pool();
"""


class Migration(migrations.Migration):
    """What many at once could otherwise get past the services."""

    dependencies = [
        ("agreements", "0006_prices_kept_and_renewals"),
        ("identity", "0010_organisations_by_name"),
        ("terms", "0003_report_days"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.UniqueConstraint(fields=("id", "programme"), name="licence_with_its_programme"),
        ),
        CompositeKey("agreements_licence", ("renews_id", "programme_id"), "agreements_licence", ("id", "programme_id")),
        migrations.RunSQL(OF_THE_POOL, NO_MATTER),
    ]
