"""Terms of tax invoices are written once; an invoice keeps what it is asked for, goes by its steps, and stays."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen

KEEPS = """
CREATE FUNCTION distribution_memberinvoice_keeps() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'awaited' OR NOT EXISTS (
            SELECT 1 FROM distribution_distributionitem item
             WHERE item.id = NEW.item_id AND item.kind = 'member' AND item.membership_id = NEW.membership_id
               AND item.amount_minor = NEW.amount_minor
        ) THEN
            RAISE EXCEPTION 'a tax invoice is awaited for the share of a member, and of as much'
                USING ERRCODE = 'check_violation', TABLE = 'distribution_memberinvoice';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.item_id, NEW.membership_id, NEW.terms_id, NEW.amount_minor, NEW.percent, NEW.asked_at)
        IS DISTINCT FROM
       (OLD.id, OLD.item_id, OLD.membership_id, OLD.terms_id, OLD.amount_minor, OLD.percent, OLD.asked_at)
    THEN
        RAISE EXCEPTION 'what a tax invoice has to be of can no longer be changed'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_memberinvoice';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('awaited', 'recorded'), ('recorded', 'accepted'), ('recorded', 'sent_back'), ('sent_back', 'recorded')
    ) THEN
        RAISE EXCEPTION 'a tax invoice does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_memberinvoice';
    END IF;
    RETURN NEW;
END $rule$
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("distribution", "0006_member_invoices"),)

    operations = (
        AppendOnly("distribution_memberinvoiceterms"),
        ImmutableWhen("distribution_memberinvoice", "TG_OP = 'DELETE' OR OLD.state = 'accepted'"),
        migrations.RunSQL(KEEPS, "DROP FUNCTION distribution_memberinvoice_keeps()"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER distribution_memberinvoice_keeps BEFORE INSERT OR UPDATE ON distribution_memberinvoice "
                "FOR EACH ROW EXECUTE FUNCTION distribution_memberinvoice_keeps()",
                "ALTER TABLE distribution_memberinvoice ENABLE ALWAYS TRIGGER distribution_memberinvoice_keeps",
            ],
            ["DROP TRIGGER distribution_memberinvoice_keeps ON distribution_memberinvoice"],
        ),
    )
