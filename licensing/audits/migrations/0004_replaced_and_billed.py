"""A confirmed clause may be replaced, and what closes have billed is written beside findings that were handed in."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead

RULE = """
CREATE OR REPLACE FUNCTION audits_auditfinding_open() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    stands text;
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'a finding is never removed: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = 'audits_auditfinding';
    END IF;
    SELECT state INTO stands FROM audits_audit WHERE id = NEW.audit_id;
    IF {kept} THEN
        RAISE EXCEPTION 'findings change while the audit is with its auditor, and what was reported never does'
            USING ERRCODE = 'restrict_violation', TABLE = 'audits_auditfinding';
    END IF;
    RETURN NEW;
END $rule$
"""

BEFORE = """stands <> 'fieldwork' OR (TG_OP = 'UPDATE' AND (
        NEW.id <> OLD.id OR NEW.audit_id <> OLD.audit_id OR NEW.period <> OLD.period OR NEW.product <> OLD.product
        OR NEW.reported_units <> OLD.reported_units OR NEW.reported_minor <> OLD.reported_minor
        OR NEW.due_on <> OLD.due_on
    ))"""

AFTER = """(TG_OP = 'INSERT' AND stands <> 'fieldwork') OR (TG_OP = 'UPDATE' AND (
        stands NOT IN ('fieldwork', 'calculated')
        OR NEW.id <> OLD.id OR NEW.audit_id <> OLD.audit_id OR NEW.period <> OLD.period OR NEW.product <> OLD.product
        OR NEW.reported_units <> OLD.reported_units OR NEW.reported_minor <> OLD.reported_minor
        OR (stands = 'fieldwork' AND NEW.due_on <> OLD.due_on)
        OR (stands = 'calculated' AND (
            NEW.found_units <> OLD.found_units OR NEW.found_minor <> OLD.found_minor OR NEW.cause <> OLD.cause
        ))
    ))"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("audits", "0003_findings_beside_what_is_billed")]

    operations = [
        Instead(
            ImmutableWhen("audits_auditclause", "OLD.confirmed_at IS NOT NULL"),
            ImmutableWhen(
                "audits_auditclause",
                "OLD.confirmed_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL",
                may_change=["replaced_at"],
            ),
        ),
        migrations.RunSQL(RULE.format(kept=AFTER), RULE.format(kept=BEFORE)),
    ]
