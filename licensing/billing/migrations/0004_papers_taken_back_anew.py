"""What was discarded stands in no paper's way, and no kind of settlement comes to less than nothing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

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
    IF told.state = 'issued' AND told.priced_minor <> coalesce(
        (SELECT sum(amount_minor) FROM billing_invoiceline WHERE invoice_id = checked), 0) THEN
        RAISE EXCEPTION 'the lines of invoice % do not add up to what is due', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_lines_add_up', TABLE = 'billing_invoice';
    END IF;
END $rule$;
"""


class Migration(migrations.Migration):
    """One alive paper takes another back, and settlements are taken back in their own kind."""

    dependencies = [
        ("agreements", "0006_prices_kept_and_renewals"),
        ("billing", "0003_orders"),
        ("close", "0009_workings_without_totals"),
        ("ledger", "0004_two_open_days"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(OPEN, BEFORE),
        migrations.AlterField(
            model_name="invoice",
            name="credits",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credited_by",
                to="billing.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="billing.invoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "discarded"), _negated=True),
                fields=("replaces",),
                name="invoice_replaced_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "discarded"), _negated=True),
                fields=("credits",),
                name="invoice_credited_once",
            ),
        ),
    ]
