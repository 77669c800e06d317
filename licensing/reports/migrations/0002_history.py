"""A filed report stays as it is, and which one counts for a month moves only to the report that supersedes it."""

from django.db import migrations

from platform_core.database_rules import AppendOnly

REPORT_FUNCTION = """
CREATE FUNCTION reports_salesreport_fits() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM reports_salesreport AS earlier
        WHERE earlier.id = NEW.supersedes_id
          AND earlier.licence_id = NEW.licence_id
          AND earlier.first_month = NEW.first_month
          AND earlier.last_month = NEW.last_month
    ) THEN
        RAISE EXCEPTION 'a report supersedes one of the same licence and months'
            USING ERRCODE = 'restrict_violation', TABLE = 'reports_salesreport';
    END IF;
    RETURN NEW;
END $rule$
"""

MONTH_FUNCTION = """
CREATE FUNCTION reports_reportedmonth_moves_on() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'a reported month stays reported: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = 'reports_reportedmonth';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        NEW.id <> OLD.id OR NEW.licence_id <> OLD.licence_id OR NEW.month <> OLD.month OR NOT EXISTS (
            SELECT 1 FROM reports_salesreport AS later
            WHERE later.id = NEW.report_id AND later.supersedes_id = OLD.report_id
        )
    ) THEN
        RAISE EXCEPTION 'the report that counts for a month changes only to the one that supersedes it'
            USING ERRCODE = 'restrict_violation', TABLE = 'reports_reportedmonth';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM reports_salesreport AS report
        WHERE report.id = NEW.report_id
          AND report.licence_id = NEW.licence_id
          AND NEW.month BETWEEN report.first_month AND report.last_month
    ) THEN
        RAISE EXCEPTION 'the report does not cover this licence and month'
            USING ERRCODE = 'restrict_violation', TABLE = 'reports_reportedmonth';
    END IF;
    RETURN NEW;
END $rule$
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("reports", "0001_initial")]

    operations = [
        AppendOnly("reports_salesreport"),
        migrations.RunSQL(REPORT_FUNCTION, "DROP FUNCTION reports_salesreport_fits()"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER reports_salesreport_fits BEFORE INSERT ON reports_salesreport "
                "FOR EACH ROW EXECUTE FUNCTION reports_salesreport_fits()",
                "ALTER TABLE reports_salesreport ENABLE ALWAYS TRIGGER reports_salesreport_fits",
            ],
            "DROP TRIGGER reports_salesreport_fits ON reports_salesreport",
        ),
        migrations.RunSQL(MONTH_FUNCTION, "DROP FUNCTION reports_reportedmonth_moves_on()"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER reports_reportedmonth_moves_on BEFORE INSERT OR UPDATE OR DELETE "
                "ON reports_reportedmonth FOR EACH ROW EXECUTE FUNCTION reports_reportedmonth_moves_on()",
                "CREATE TRIGGER reports_reportedmonth_moves_on_all BEFORE TRUNCATE ON reports_reportedmonth "
                "FOR EACH STATEMENT EXECUTE FUNCTION reports_reportedmonth_moves_on()",
                "ALTER TABLE reports_reportedmonth ENABLE ALWAYS TRIGGER reports_reportedmonth_moves_on",
                "ALTER TABLE reports_reportedmonth ENABLE ALWAYS TRIGGER reports_reportedmonth_moves_on_all",
            ],
            [
                "DROP TRIGGER reports_reportedmonth_moves_on ON reports_reportedmonth",
                "DROP TRIGGER reports_reportedmonth_moves_on_all ON reports_reportedmonth",
            ],
        ),
    ]
