"""Parts of an invoice add up, follow one another, and stay as they were agreed, whoever writes."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead

OPEN = """
CREATE OR REPLACE FUNCTION billing_check_open(checked uuid) RETURNS void LANGUAGE plpgsql AS $rule$
DECLARE
    told billing_invoice;
BEGIN
    SELECT * INTO told FROM billing_invoice WHERE id = checked;
    IF told.open_minor <> told.gross_minor - coalesce(
        (SELECT sum(amount_minor) FROM billing_settlement WHERE invoice_id = checked), 0) THEN
        RAISE EXCEPTION 'what is open of invoice % is not what its settlements leave', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_open_adds_up', TABLE = 'billing_invoice';
    END IF;
    -- By kind: else what was proven or given up could be taken back as money.
    IF EXISTS (SELECT 1 FROM billing_settlement WHERE invoice_id = checked GROUP BY kind
        HAVING sum(amount_minor) NOT BETWEEN least(0, told.gross_minor) AND greatest(0, told.gross_minor)) THEN
        RAISE EXCEPTION 'invoice % is settled by less than nothing of a kind', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_settled_by_kind', TABLE = 'billing_invoice';
    END IF;
    IF told.plan_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM billing_instalmentplan
        WHERE id = told.plan_id AND invoice_id = checked AND state = 'agreed' AND told.due_order = ANY (due_days)) THEN
        RAISE EXCEPTION 'invoice % is paid by parts that are not agreed for it', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_plan_is_agreed', TABLE = 'billing_invoice';
    END IF;
    IF told.state = 'issued' AND told.priced_minor <> coalesce(
        (SELECT sum(amount_minor) FROM billing_invoiceline WHERE invoice_id = checked), 0) THEN
        RAISE EXCEPTION 'the lines of invoice % do not add up to what is due', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_lines_add_up', TABLE = 'billing_invoice';
    END IF;
END $rule$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION billing_check_open(checked uuid) RETURNS void LANGUAGE plpgsql AS $rule$
DECLARE
    told billing_invoice;
BEGIN
    SELECT * INTO told FROM billing_invoice WHERE id = checked;
    IF told.open_minor <> told.gross_minor - coalesce(
        (SELECT sum(amount_minor) FROM billing_settlement WHERE invoice_id = checked), 0) THEN
        RAISE EXCEPTION 'what is open of invoice % is not what its settlements leave', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_open_adds_up', TABLE = 'billing_invoice';
    END IF;
    -- By kind: else what was proven or given up could be taken back as money.
    IF EXISTS (SELECT 1 FROM billing_settlement WHERE invoice_id = checked GROUP BY kind
        HAVING sum(amount_minor) NOT BETWEEN least(0, told.gross_minor) AND greatest(0, told.gross_minor)) THEN
        RAISE EXCEPTION 'invoice % is settled by less than nothing of a kind', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_settled_by_kind', TABLE = 'billing_invoice';
    END IF;
    IF told.state = 'issued' AND told.priced_minor <> coalesce(
        (SELECT sum(amount_minor) FROM billing_invoiceline WHERE invoice_id = checked), 0) THEN
        RAISE EXCEPTION 'the lines of invoice % do not add up to what is due', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_lines_add_up', TABLE = 'billing_invoice';
    END IF;
END $rule$;
"""

PARTS = """
CREATE FUNCTION billing_instalmentplan_parts() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF cardinality(NEW.due_days) < 2 OR cardinality(NEW.due_days) <> cardinality(NEW.part_amounts_minor)
        OR NEW.amount_minor <> (SELECT sum(part) FROM unnest(NEW.part_amounts_minor) AS part)
        OR EXISTS (SELECT 1 FROM unnest(NEW.part_amounts_minor) AS part WHERE part IS NULL OR part <= 0)
        OR EXISTS (SELECT 1 FROM generate_series(2, cardinality(NEW.due_days)) AS place
            WHERE (NEW.due_days[place] > NEW.due_days[place - 1]) IS NOT TRUE) THEN
        RAISE EXCEPTION 'the parts of a plan add up to its amount, one after the other'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instalmentplan_adds_up', TABLE = 'billing_instalmentplan';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'proposed' AND NEW.state <> OLD.state
        AND NOT (OLD.state = 'agreed' AND NEW.state = 'replaced') THEN
        RAISE EXCEPTION 'a plan that was decided is replaced only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instalmentplan_decided_once',
            TABLE = 'billing_instalmentplan';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER billing_instalmentplan_parts BEFORE INSERT OR UPDATE ON billing_instalmentplan
    FOR EACH ROW EXECUTE FUNCTION billing_instalmentplan_parts();
ALTER TABLE billing_instalmentplan ENABLE ALWAYS TRIGGER billing_instalmentplan_parts;
"""

MAY_CHANGE = ("open_minor", "tax_invoice", "tax_invoice_number", "tax_invoice_on", "disputed_at", "dispute")
ISSUED = (
    "billing_invoice",
    """OLD.state <> 'draft' AND NOT coalesce(
        TG_OP = 'UPDATE' AND OLD.outside_number <> '' AND OLD.state = 'issued' AND NEW.state = 'discarded'
        AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
        AND NOT EXISTS (SELECT FROM billing_settlement WHERE invoice_id = OLD.id), false)""",
)


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("billing", "0007_instalment_plans"),)

    operations = (
        migrations.RunSQL(OPEN, BEFORE),
        migrations.RunSQL(
            PARTS,
            "DROP TRIGGER billing_instalmentplan_parts ON billing_instalmentplan;"
            "DROP FUNCTION billing_instalmentplan_parts();",
        ),
        Instead(ImmutableWhen(*ISSUED, MAY_CHANGE), ImmutableWhen(*ISSUED, (*MAY_CHANGE, "plan_id", "due_order"))),
        ImmutableWhen("billing_instalmentplan", "OLD.state <> 'proposed'", ("state",)),
    )
