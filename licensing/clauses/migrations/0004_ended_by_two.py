"""A most-favoured clause of a signed licence ends by a proposal that another person approved, whoever writes."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen

ENDED_BY_TWO = """
CREATE FUNCTION clauses_favour_ended_by_two() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM agreements_licence l
        WHERE l.id = OLD.licence_id AND l.state IN ('draft', 'sent', 'cancelled')
    ) AND NOT EXISTS (
        SELECT 1 FROM clauses_favourending e
        WHERE e.licence_id = OLD.licence_id AND e.state = 'approved' AND e.decided_at >= OLD.recorded_at
    ) THEN
        RAISE EXCEPTION 'a most-favoured clause that was signed ends by the decision of two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'clauses_favour_ended_by_two',
            TABLE = 'clauses_licenceclauses';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $rule$;
CREATE TRIGGER clauses_favour_ended_by_two BEFORE UPDATE ON clauses_licenceclauses
    FOR EACH ROW WHEN (OLD.most_favoured AND (NOT NEW.most_favoured OR NEW.licence_id <> OLD.licence_id))
    EXECUTE FUNCTION clauses_favour_ended_by_two();
CREATE TRIGGER clauses_favour_not_deleted BEFORE DELETE ON clauses_licenceclauses
    FOR EACH ROW WHEN (OLD.most_favoured) EXECUTE FUNCTION clauses_favour_ended_by_two();
ALTER TABLE clauses_licenceclauses ENABLE ALWAYS TRIGGER clauses_favour_ended_by_two;
ALTER TABLE clauses_licenceclauses ENABLE ALWAYS TRIGGER clauses_favour_not_deleted;
"""
ENDED_BY_ONE = """
DROP TRIGGER clauses_favour_not_deleted ON clauses_licenceclauses;
DROP TRIGGER clauses_favour_ended_by_two ON clauses_licenceclauses;
DROP FUNCTION clauses_favour_ended_by_two();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("clauses", "0003_ends_of_most_favoured_clauses")]

    operations = [
        migrations.RunSQL(ENDED_BY_TWO, ENDED_BY_ONE),
        ImmutableWhen("clauses_favourending", "OLD.state <> 'proposed'"),
    ]
