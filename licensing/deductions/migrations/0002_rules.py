"""Comparisons are written once; what was asked of a licensee stays as it was, and what is dealt with for good."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen

OF_ITS_REPORT = """
CREATE FUNCTION deductions_doubt_of_its_report() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM deductions_compareddeduction d
        JOIN deductions_deductioncomparison c ON c.id = d.comparison_id
        WHERE d.id = NEW.compared_id AND c.report_id = NEW.report_id AND d.brand_name = NEW.brand_name
            AND d.product = NEW.product AND d.claimed_units = NEW.claimed_units AND d.outcome <> 'agrees'
    ) THEN
        RAISE EXCEPTION 'a licensee is asked about what it claimed itself, and about nothing that agrees'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'doubtfuldeduction_of_its_report',
            TABLE = 'deductions_doubtfuldeduction';
    END IF;
    IF NEW.corrected_by_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM reports_salesreport r WHERE r.id = NEW.corrected_by_id AND r.supersedes_id = NEW.report_id
    ) THEN
        RAISE EXCEPTION 'a doubtful deduction is corrected by the report that takes the place of its own'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'doubtfuldeduction_corrected_by_the_next',
            TABLE = 'deductions_doubtfuldeduction';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER deductions_doubt_of_its_report BEFORE INSERT OR UPDATE ON deductions_doubtfuldeduction
    FOR EACH ROW EXECUTE FUNCTION deductions_doubt_of_its_report();
ALTER TABLE deductions_doubtfuldeduction ENABLE ALWAYS TRIGGER deductions_doubt_of_its_report;
"""
OF_ANY = """
DROP TRIGGER IF EXISTS deductions_doubt_of_its_report ON deductions_doubtfuldeduction;
DROP FUNCTION IF EXISTS deductions_doubt_of_its_report();
"""
ASKED = ("compared_id", "report_id", "brand_name", "product", "claimed_units", "request", "asked_at", "asked_by_id")
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in ASKED)


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("deductions", "0001_initial")]

    operations = [
        AppendOnly("deductions_deductioncomparison"),
        AppendOnly("deductions_comparedreport"),
        AppendOnly("deductions_compareddeduction"),
        migrations.RunSQL(OF_ITS_REPORT, OF_ANY),
        ImmutableWhen(
            "deductions_doubtfuldeduction",
            f"OLD.state IN ('accepted', 'rejected', 'corrected') OR TG_OP = 'DELETE' OR {CHANGED}",
        ),
    ]
