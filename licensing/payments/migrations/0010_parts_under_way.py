"""Several parts of an invoice may be paid online at a time, together never more than what is open of it."""

from django.db import migrations, models

from platform_core.database_rules import GoBackUnless

WITHIN = """
CREATE FUNCTION payments_within_open() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    opened bigint;
BEGIN
    -- One at a time for each invoice: what another began meanwhile is counted.
    SELECT open_minor INTO opened FROM billing_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
    IF opened < (SELECT sum(amount_minor) FROM payments_onlinepayment
        WHERE invoice_id = NEW.invoice_id AND state IN ('intended', 'open', 'processing')) THEN
        RAISE EXCEPTION 'more would be under way than is open of invoice %', NEW.invoice_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'onlinepayment_within_open',
            TABLE = 'payments_onlinepayment';
    END IF;
    RETURN NULL;
END $rule$;
CREATE TRIGGER payments_within_open AFTER INSERT ON payments_onlinepayment
    FOR EACH ROW WHEN (NEW.state IN ('intended', 'open', 'processing')) EXECUTE FUNCTION payments_within_open();
ALTER TABLE payments_onlinepayment ENABLE ALWAYS TRIGGER payments_within_open;
"""
NOT_WITHIN = """
DROP TRIGGER payments_within_open ON payments_onlinepayment;
DROP FUNCTION payments_within_open();
"""


class Migration(migrations.Migration):
    """An index, and a rule that Django's constraints cannot say."""

    dependencies = [("payments", "0009_how_accounts_stand")]

    operations = [
        migrations.RemoveConstraint(model_name="onlinepayment", name="onlinepayment_one_under_way"),
        migrations.AddIndex(
            model_name="onlinepayment",
            index=models.Index(
                condition=models.Q(("state__in", ("intended", "open", "processing"))),
                fields=["invoice"],
                name="onlinepayment_under_way",
            ),
        ),
        migrations.RunSQL(WITHIN, NOT_WITHIN),
        GoBackUnless(
            "SELECT 1 FROM payments_onlinepayment WHERE state IN ('intended', 'open', 'processing') "
            "GROUP BY invoice_id HAVING count(*) > 1",
            "Of some invoices several payments online are under way, and the versions before know one at a time: end "
            "all but one of each first, or wait until they are paid or expired.",
        ),
    ]
