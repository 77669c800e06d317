"""Numbers have no gaps, what is open adds up, and what was issued stays as it is, whoever writes."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen, OfUnmerged

NUMBERS = """
CREATE FUNCTION billing_invoice_numbers() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    last record;
BEGIN
    -- One transaction at a time gives numbers of a series: the next one sees those that this one gave.
    PERFORM pg_advisory_xact_lock(hashtextextended('invoices of ' || NEW.series_id, 0));
    SELECT max(number) FILTER (WHERE year = NEW.year) AS number, max(issued_on) AS day INTO last
      FROM billing_invoice WHERE series_id = NEW.series_id AND id <> NEW.id;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.year <> extract(year FROM NEW.issued_on)
        OR NEW.issued_on < last.day THEN
        RAISE EXCEPTION 'the number of an invoice follows the last one of its series and year'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_number_follows', TABLE = 'billing_invoice';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER billing_invoice_numbers BEFORE INSERT OR UPDATE OF number ON billing_invoice
    FOR EACH ROW WHEN (NEW.number IS NOT NULL) EXECUTE FUNCTION billing_invoice_numbers();
ALTER TABLE billing_invoice ENABLE ALWAYS TRIGGER billing_invoice_numbers;
"""

OPEN = """
CREATE FUNCTION billing_check_open(checked uuid) RETURNS void LANGUAGE plpgsql AS $rule$
DECLARE
    told billing_invoice;
BEGIN
    SELECT * INTO told FROM billing_invoice WHERE id = checked;
    IF told.open_minor <> told.gross_minor - coalesce(
        (SELECT sum(amount_minor) FROM billing_settlement WHERE invoice_id = checked), 0) THEN
        RAISE EXCEPTION 'what is open of invoice % is not what its settlements leave', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_open_adds_up', TABLE = 'billing_invoice';
    END IF;
    IF told.state = 'issued' AND told.priced_minor <> coalesce(
        (SELECT sum(amount_minor) FROM billing_invoiceline WHERE invoice_id = checked), 0) THEN
        RAISE EXCEPTION 'the lines of invoice % do not add up to what is due', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_lines_add_up', TABLE = 'billing_invoice';
    END IF;
END $rule$;

CREATE FUNCTION billing_invoice_open() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM billing_check_open(NEW.id);
    RETURN NULL;
END $rule$;
CREATE CONSTRAINT TRIGGER billing_invoice_open AFTER INSERT OR UPDATE ON billing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_invoice_open();
ALTER TABLE billing_invoice ENABLE ALWAYS TRIGGER billing_invoice_open;

CREATE FUNCTION billing_settlement_open() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM billing_check_open(NEW.invoice_id);
    RETURN NULL;
END $rule$;
CREATE CONSTRAINT TRIGGER billing_settlement_open AFTER INSERT ON billing_settlement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_settlement_open();
ALTER TABLE billing_settlement ENABLE ALWAYS TRIGGER billing_settlement_open;

CREATE FUNCTION billing_line_open() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM billing_check_open(NEW.invoice_id);
    RETURN NULL;
END $rule$;
CREATE CONSTRAINT TRIGGER billing_line_open AFTER INSERT ON billing_invoiceline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_line_open();
ALTER TABLE billing_invoiceline ENABLE ALWAYS TRIGGER billing_line_open;
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("billing", "0001_initial"), ("identity", "0004_merged_organisations"))

    operations = (
        migrations.RunSQL(
            NUMBERS,
            "DROP TRIGGER billing_invoice_numbers ON billing_invoice; DROP FUNCTION billing_invoice_numbers();",
        ),
        migrations.RunSQL(
            OPEN,
            "DROP TRIGGER billing_line_open ON billing_invoiceline; DROP FUNCTION billing_line_open();"
            "DROP TRIGGER billing_settlement_open ON billing_settlement; DROP FUNCTION billing_settlement_open();"
            "DROP TRIGGER billing_invoice_open ON billing_invoice; DROP FUNCTION billing_invoice_open();"
            "DROP FUNCTION billing_check_open(uuid);",
        ),
        ImmutableWhen(
            "billing_invoice",
            "OLD.state <> 'draft'",
            may_change=(
                "open_minor",
                "tax_invoice",
                "tax_invoice_number",
                "tax_invoice_on",
                "disputed_at",
                "dispute",
            ),
        ),
        AppendOnly("billing_invoiceline"),
        AppendOnly("billing_settlement"),
        AppendOnly("billing_interestnote"),
        AppendOnly("billing_taxrule"),
        AppendOnly("billing_billingterms"),
        ImmutableWhen("billing_taxidentity", may_change=("organisation_id",)),
        OfUnmerged("billing_taxidentity", "organisation_id", fixed=True),
        ImmutableWhen("billing_writeoff", "OLD.state <> 'proposed'"),
    )
