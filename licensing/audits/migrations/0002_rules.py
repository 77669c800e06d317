"""A confirmed clause, a settled or cancelled audit and its findings stay as they are."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen

FUNCTION = """
CREATE FUNCTION audits_auditfinding_open() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    stands text;
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'a finding is never removed: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = 'audits_auditfinding';
    END IF;
    SELECT state INTO stands FROM audits_audit WHERE id = NEW.audit_id;
    IF stands <> 'fieldwork' OR (TG_OP = 'UPDATE' AND (
        NEW.id <> OLD.id OR NEW.audit_id <> OLD.audit_id OR NEW.period <> OLD.period OR NEW.product <> OLD.product
        OR NEW.reported_units <> OLD.reported_units OR NEW.reported_minor <> OLD.reported_minor
        OR NEW.due_on <> OLD.due_on
    )) THEN
        RAISE EXCEPTION 'findings change while the audit is with its auditor, and what was reported never does'
            USING ERRCODE = 'restrict_violation', TABLE = 'audits_auditfinding';
    END IF;
    RETURN NEW;
END $rule$
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("audits", "0001_initial")]

    operations = [
        ImmutableWhen("audits_auditclause", "OLD.confirmed_at IS NOT NULL"),
        ImmutableWhen("audits_audit", "OLD.state IN ('settled', 'cancelled')"),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION audits_auditfinding_open()"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER audits_auditfinding_open BEFORE INSERT OR UPDATE OR DELETE "
                "ON audits_auditfinding FOR EACH ROW EXECUTE FUNCTION audits_auditfinding_open()",
                "CREATE TRIGGER audits_auditfinding_open_all BEFORE TRUNCATE ON audits_auditfinding "
                "FOR EACH STATEMENT EXECUTE FUNCTION audits_auditfinding_open()",
                "ALTER TABLE audits_auditfinding ENABLE ALWAYS TRIGGER audits_auditfinding_open",
                "ALTER TABLE audits_auditfinding ENABLE ALWAYS TRIGGER audits_auditfinding_open_all",
            ],
            [
                "DROP TRIGGER audits_auditfinding_open ON audits_auditfinding",
                "DROP TRIGGER audits_auditfinding_open_all ON audits_auditfinding",
            ],
        ),
    ]
