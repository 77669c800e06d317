"""Confirmed terms on estimates stay, and no estimate takes the place of actual figures."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen

FITS = """
CREATE OR REPLACE FUNCTION reports_salesreport_fits() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM reports_salesreport AS earlier
        WHERE earlier.id = NEW.supersedes_id
          AND earlier.licence_id = NEW.licence_id
          AND earlier.first_month = NEW.first_month
          AND earlier.last_month = NEW.last_month
          {sure}
    ) THEN
        RAISE EXCEPTION '{said}'
            USING ERRCODE = 'restrict_violation', TABLE = 'reports_salesreport';
    END IF;
    RETURN NEW;
END $rule$
"""

BEFORE = FITS.format(sure="", said="a report supersedes one of the same licence and months")
AFTER = FITS.format(
    sure="AND (earlier.is_estimate OR NOT NEW.is_estimate)",
    said="a report supersedes one of the same licence and months, and an estimate no actual figures",
)


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("reports", "0007_estimates")]

    operations = [
        migrations.RunSQL(AFTER, BEFORE),
        ImmutableWhen("reports_estimateterms", "OLD.confirmed_at IS NOT NULL"),
    ]
