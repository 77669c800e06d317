"""Closed days are opened again by a decision of two people, whoever writes the row."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen

FOLLOWS = """
CREATE OR REPLACE FUNCTION ledger_bookclosing_follows() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    SELECT number, closed_through INTO last FROM ledger_bookclosing
     WHERE operating_entity_id = NEW.operating_entity_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> 1 + coalesce(last.number, 0) THEN
        RAISE EXCEPTION 'a closing follows the last one of its books'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookclosing_follows', TABLE = 'ledger_bookclosing';
    END IF;
    IF last.closed_through IS NOT NULL AND coalesce(NEW.closed_through < last.closed_through, true)
        AND NOT EXISTS (
            SELECT FROM ledger_bookreopening r
             WHERE r.id = NEW.reopening_id AND r.operating_entity_id = NEW.operating_entity_id
               AND r.state = 'granted' AND r.through IS NOT DISTINCT FROM NEW.closed_through
        ) THEN
        RAISE EXCEPTION 'closed days are opened by two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookclosing_opened_by_two', TABLE = 'ledger_bookclosing';
    END IF;
    RETURN NEW;
END $rule$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION ledger_bookclosing_follows() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    IF NEW.number <> 1 + coalesce(
        (SELECT max(number) FROM ledger_bookclosing WHERE operating_entity_id = NEW.operating_entity_id), 0) THEN
        RAISE EXCEPTION 'a closing follows the last one of its books'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookclosing_follows', TABLE = 'ledger_bookclosing';
    END IF;
    RETURN NEW;
END $rule$;
"""

ASKED_OR_DECIDED = """
    OLD.state <> 'asked' OR (
        OLD.id, OLD.operating_entity_id, OLD.through, OLD.reason, OLD.asked_by_id, OLD.asked_at
    ) IS DISTINCT FROM (
        NEW.id, NEW.operating_entity_id, NEW.through, NEW.reason, NEW.asked_by_id, NEW.asked_at
    )
"""


class Migration(migrations.Migration):
    """What was asked stays as it was asked, and what was decided as it was decided."""

    dependencies = (("ledger", "0003_reopening_by_two"),)

    operations = (
        migrations.RunSQL(FOLLOWS, BEFORE),
        ImmutableWhen("ledger_bookreopening", ASKED_OR_DECIDED),
    )
