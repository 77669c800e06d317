"""What corrects a doubtful deduction is the report that took the place of its own: that is not written down twice."""

from django.db import migrations

_TABLE = "deductions_doubtfuldeduction"
_OF_WHAT_WAS_CLAIMED = """
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
"""
_REFUSED = """
        RAISE EXCEPTION 'a doubtful deduction is corrected by the report that takes the place of its own'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'doubtfuldeduction_corrected_by_the_next',
            TABLE = 'deductions_doubtfuldeduction';
    END IF;
"""


def _rule(condition: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION deductions_doubt_of_its_report() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
{_OF_WHAT_WAS_CLAIMED}
    IF {condition} THEN
{_REFUSED}
    RETURN NEW;
END $rule$;
"""


_NOW = _rule(
    "NEW.state = 'corrected' AND NOT EXISTS (SELECT 1 FROM reports_salesreport r WHERE r.supersedes_id = NEW.report_id)"
)
_BEFORE = _rule(
    "NEW.corrected_by_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reports_salesreport r "
    "WHERE r.id = NEW.corrected_by_id AND r.supersedes_id = NEW.report_id)"
)
_WRITE_DOWN = f"""
ALTER TABLE {_TABLE} DISABLE TRIGGER {_TABLE}_immutable;
UPDATE {_TABLE} d SET corrected_by_id = r.id
    FROM reports_salesreport r WHERE r.supersedes_id = d.report_id AND d.state = 'corrected';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE {_TABLE} ENABLE ALWAYS TRIGGER {_TABLE}_immutable;
"""  # noqa: S608


class Migration(migrations.Migration):
    """The column goes; going back writes down again what it was."""

    dependencies = [("deductions", "0002_rules"), ("reports", "0008_estimate_rules")]

    operations = [
        migrations.RemoveConstraint(model_name="doubtfuldeduction", name="doubtfuldeduction_corrected_by_a_report"),
        migrations.RunSQL(migrations.RunSQL.noop, _WRITE_DOWN),
        migrations.RunSQL(_NOW, _BEFORE),
        migrations.RemoveField(model_name="doubtfuldeduction", name="corrected_by"),
    ]
