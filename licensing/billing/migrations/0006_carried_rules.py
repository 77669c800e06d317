"""An invoice that was carried over from elsewhere is taken back whole, as long as nothing settled it."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead

_MAY_CHANGE = ("open_minor", "tax_invoice", "tax_invoice_number", "tax_invoice_on", "disputed_at", "dispute")


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("billing", "0005_carried_over"),)

    operations = (
        Instead(
            ImmutableWhen("billing_invoice", "OLD.state <> 'draft'", may_change=_MAY_CHANGE),
            ImmutableWhen(
                "billing_invoice",
                """OLD.state <> 'draft' AND NOT coalesce(
                    TG_OP = 'UPDATE' AND OLD.outside_number <> '' AND OLD.state = 'issued' AND NEW.state = 'discarded'
                    AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
                    AND NOT EXISTS (SELECT FROM billing_settlement WHERE invoice_id = OLD.id), false)""",
                may_change=_MAY_CHANGE,
            ),
        ),
    )
