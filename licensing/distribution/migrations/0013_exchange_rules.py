"""Rates are written once and confirmed by two; a conversion keeps its rate, and follows from it."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen

_SHEET_FIXED = """
    TG_OP = 'DELETE' OR OLD.state = 'withdrawn' OR (
        OLD.id, OLD.operating_entity_id, OLD.source, OLD.name, OLD.content_sha256, OLD.first_on, OLD.last_on,
        OLD.rates_count, OLD.entered_at, OLD.entered_by_id
    ) IS DISTINCT FROM (
        NEW.id, NEW.operating_entity_id, NEW.source, NEW.name, NEW.content_sha256, NEW.first_on, NEW.last_on,
        NEW.rates_count, NEW.entered_at, NEW.entered_by_id
    ) OR (OLD.state = 'confirmed' AND NEW.state = 'entered')
"""
_CONVERSION_FIXED = """
    TG_OP = 'DELETE' OR OLD.state <> 'drafted' OR (
        OLD.id, OLD.item_id, OLD.membership_id, OLD.source_currency, OLD.target_currency, OLD.source_minor,
        OLD.target_minor, OLD.rate, OLD.rate_on, OLD.made_of, OLD.sheet_id, OLD.drafted_at, OLD.drafted_by_id
    ) IS DISTINCT FROM (
        NEW.id, NEW.item_id, NEW.membership_id, NEW.source_currency, NEW.target_currency, NEW.source_minor,
        NEW.target_minor, NEW.rate, NEW.rate_on, NEW.made_of, NEW.sheet_id, NEW.drafted_at, NEW.drafted_by_id
    )
"""

# Rates come with their table, in the transaction that brings it, while nobody has confirmed it.
RATES = """
CREATE FUNCTION distribution_referencerate_of_new_sheet() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NOT EXISTS (
        SELECT FROM distribution_ratesheet sheet
         WHERE sheet.id = NEW.sheet_id AND sheet.state = 'entered' AND NEW.on BETWEEN sheet.first_on AND sheet.last_on
    ) OR (SELECT count(*) FROM distribution_referencerate rate WHERE rate.sheet_id = NEW.sheet_id)
        >= (SELECT rates_count FROM distribution_ratesheet sheet WHERE sheet.id = NEW.sheet_id)
    THEN
        RAISE EXCEPTION 'rates are brought with their table'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_referencerate';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER distribution_referencerate_of_new_sheet BEFORE INSERT ON distribution_referencerate
    FOR EACH ROW EXECUTE FUNCTION distribution_referencerate_of_new_sheet();
ALTER TABLE distribution_referencerate ENABLE ALWAYS TRIGGER distribution_referencerate_of_new_sheet;
"""

# What a member is paid is of its own share, at a rate that somebody else than who drafted it confirmed.
CONVERSIONS = """
CREATE FUNCTION distribution_conversion_of_its_share() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NEW.state <> 'drafted' OR NOT EXISTS (
        SELECT FROM distribution_distributionitem item
          JOIN distribution_distributionrun run ON run.id = item.run_id
         WHERE item.id = NEW.item_id AND item.kind = 'member' AND item.membership_id = NEW.membership_id
           AND run.currency = NEW.source_currency
    ) OR NOT EXISTS (
        SELECT FROM distribution_ratesheet sheet WHERE sheet.id = NEW.sheet_id AND sheet.state = 'confirmed'
    ) THEN
        RAISE EXCEPTION 'a conversion is of a member''s share, at a rate that is confirmed'
            USING ERRCODE = 'check_violation', TABLE = 'distribution_conversion';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER distribution_conversion_of_its_share BEFORE INSERT ON distribution_conversion
    FOR EACH ROW EXECUTE FUNCTION distribution_conversion_of_its_share();
ALTER TABLE distribution_conversion ENABLE ALWAYS TRIGGER distribution_conversion_of_its_share;
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("distribution", "0012_rates_and_conversions"),)

    operations = (
        ImmutableWhen("distribution_ratesheet", _SHEET_FIXED),
        AppendOnly("distribution_referencerate"),
        migrations.RunSQL(
            RATES,
            "DROP TRIGGER distribution_referencerate_of_new_sheet ON distribution_referencerate; "
            "DROP FUNCTION distribution_referencerate_of_new_sheet();",
        ),
        ImmutableWhen("distribution_conversion", _CONVERSION_FIXED),
        migrations.RunSQL(
            CONVERSIONS,
            "DROP TRIGGER distribution_conversion_of_its_share ON distribution_conversion; "
            "DROP FUNCTION distribution_conversion_of_its_share();",
        ),
    )
