"""What is to be paid stays what two people released; whoever entered where it goes releases nothing."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, OfUnmerged

APART = """
CREATE FUNCTION treasury_payout_apart() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF EXISTS (
        SELECT FROM treasury_payeeaccount a
         WHERE a.id = NEW.payee_account_id AND a.entered_by_id IN (NEW.first_released_by_id, NEW.released_by_id)
    ) THEN
        RAISE EXCEPTION 'whoever enters an account releases no payment to it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_released_apart', TABLE = 'treasury_payout';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER treasury_payout_apart BEFORE INSERT OR UPDATE OF payee_account_id, first_released_by_id, released_by_id
    ON treasury_payout FOR EACH ROW EXECUTE FUNCTION treasury_payout_apart();
ALTER TABLE treasury_payout ENABLE ALWAYS TRIGGER treasury_payout_apart;
"""

# Who it goes to changes where that organisation turns out to be another one.
REWRITTEN = """
    (
        OLD.id, OLD.operating_entity_id, OLD.purpose, OLD.bank_account_id, OLD.owed_account_id, OLD.amount_minor,
        OLD.text, OLD.due_on, OLD.subject_type, OLD.subject_id, OLD.drafted_at, OLD.drafted_by_id
    ) IS DISTINCT FROM (
        NEW.id, NEW.operating_entity_id, NEW.purpose, NEW.bank_account_id, NEW.owed_account_id, NEW.amount_minor,
        NEW.text, NEW.due_on, NEW.subject_type, NEW.subject_id, NEW.drafted_at, NEW.drafted_by_id
    ) OR (OLD.released_by_id IS NOT NULL AND (
        OLD.payee_account_id, OLD.first_released_by_id, OLD.released_by_id, OLD.released_at
    ) IS DISTINCT FROM (
        NEW.payee_account_id, NEW.first_released_by_id, NEW.released_by_id, NEW.released_at
    )) OR (OLD.state IN ('returned', 'cancelled') AND OLD.state <> NEW.state)
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("treasury", "0005_payouts"), ("identity", "0004_merged_organisations"))

    operations = (
        migrations.RunSQL(
            APART,
            "DROP TRIGGER treasury_payout_apart ON treasury_payout; DROP FUNCTION treasury_payout_apart();",
        ),
        ImmutableWhen("treasury_payout", REWRITTEN),
        ImmutableWhen("treasury_payoutfile", "true", may_change=["taken_at", "taken_by_id"]),
        OfUnmerged("treasury_payout", "payee_id", fixed=True),
    )
