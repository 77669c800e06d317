"""What was published, submitted and found stays; a panel is of three people, and an appeal's of all others."""

from django.db import migrations

from platform_core.database_rules import CompositeKey, ImmutableWhen

PANEL_OF_PEOPLE = """
CREATE FUNCTION submissions_panel_people() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    people uuid[];
BEGIN
    SELECT array_agg(DISTINCT user_id) INTO people FROM identity_seat
    WHERE id IN (NEW.lead_id, NEW.first_assistant_id, NEW.second_assistant_id);
    IF cardinality(people) < 3 THEN
        RAISE EXCEPTION 'a panel is of three people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'panel_of_three_people', TABLE = 'submissions_panel';
    END IF;
    IF EXISTS (
        SELECT 1
        FROM submissions_panel AS other
        JOIN identity_seat AS seat ON seat.id IN (other.lead_id, other.first_assistant_id, other.second_assistant_id)
        WHERE other.submission_id = NEW.submission_id AND other.id <> NEW.id AND seat.user_id = ANY (people)
    ) THEN
        RAISE EXCEPTION 'the panels of a submission share nobody'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'panel_shares_nobody', TABLE = 'submissions_panel';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER submissions_panel_people BEFORE INSERT OR UPDATE ON submissions_panel
    FOR EACH ROW EXECUTE FUNCTION submissions_panel_people();
ALTER TABLE submissions_panel ENABLE ALWAYS TRIGGER submissions_panel_people;
"""

ANY_PANEL = """
DROP TRIGGER submissions_panel_people ON submissions_panel;
DROP FUNCTION submissions_panel_people();
"""

# A claim changes with its submission only, and a finding with its opinion: what these fix, fixes their parts.
FIXED_PARTS = """
CREATE FUNCTION {table}_fixed() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION '{table} keeps rows that cannot be removed: TRUNCATE is refused'
            USING ERRCODE = 'restrict_violation', TABLE = '{table}';
    END IF;
    IF (TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM {whole} WHERE id = OLD.{column} AND NOT ({open})))
        OR (TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM {whole} WHERE id = NEW.{column} AND NOT ({open}))) THEN
        RAISE EXCEPTION 'what this row of {table} belongs to is fixed: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = '{table}';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $rule$;
CREATE TRIGGER {table}_fixed BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_fixed();
CREATE TRIGGER {table}_fixed_all BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_fixed();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_fixed;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_fixed_all;
"""

FREE_PARTS = """
DROP TRIGGER {table}_fixed ON {table};
DROP TRIGGER {table}_fixed_all ON {table};
DROP FUNCTION {table}_fixed();
"""

CLAIMS = {
    "table": "submissions_submissionclaim",
    "whole": "submissions_submission",
    "column": "submission_id",
    "open": "state IN ('draft', 'returned')",
}
FINDINGS = {
    "table": "submissions_finding",
    "whole": "submissions_opinion",
    "column": "opinion_id",
    "open": "state = 'draft'",
}


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("submissions", "0001_initial")]

    operations = [
        CompositeKey("submissions_submission", ("call_id", "pool_id"), "submissions_call", ("id", "pool_id")),
        CompositeKey("submissions_submission", ("panel_id", "id"), "submissions_panel", ("id", "submission_id")),
        CompositeKey(
            "submissions_opinion", ("panel_id", "submission_id"), "submissions_panel", ("id", "submission_id")
        ),
        CompositeKey(
            "submissions_panelgrant",
            ("grant_id", "holder", "starts_at", "ends_at"),
            "access_grant",
            ("id", "holder", "starts_at", "ends_at"),
        ),
        ImmutableWhen("submissions_panelgrant", "true", may_change=["ends_at"]),
        ImmutableWhen("submissions_call", "OLD.state <> 'draft'", may_change=["state", "submit_by_on"]),
        ImmutableWhen("submissions_opinion", "OLD.state <> 'draft'", may_change=["final_on"]),
        migrations.RunSQL(PANEL_OF_PEOPLE, ANY_PANEL),
        migrations.RunSQL(FIXED_PARTS.format(**CLAIMS), FREE_PARTS.format(**CLAIMS)),
        migrations.RunSQL(FIXED_PARTS.format(**FINDINGS), FREE_PARTS.format(**FINDINGS)),
    ]
