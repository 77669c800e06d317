"""What banks said stays as they said it, and accounts stay what they are."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen

# Two columns that other tables hold as well: a line is booked where its account is.
BOOKS = """
CREATE FUNCTION treasury_bankaccount_in_books() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_account a
         WHERE a.id = NEW.ledger_account_id AND a.operating_entity_id = NEW.operating_entity_id AND a.kind = 'bank'
           AND a.purpose = NEW.purpose AND a.currency = NEW.currency
    ) THEN
        RAISE EXCEPTION 'a bank account stands in the books as one of its purpose and currency'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bankaccount_in_books', TABLE = 'treasury_bankaccount';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER treasury_bankaccount_in_books BEFORE INSERT ON treasury_bankaccount
    FOR EACH ROW EXECUTE FUNCTION treasury_bankaccount_in_books();
ALTER TABLE treasury_bankaccount ENABLE ALWAYS TRIGGER treasury_bankaccount_in_books;
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("treasury", "0001_bank_accounts_and_statements"), ("ledger", "0004_two_open_days"))

    operations = (
        migrations.RunSQL(
            BOOKS,
            "DROP TRIGGER treasury_bankaccount_in_books ON treasury_bankaccount;"
            "DROP FUNCTION treasury_bankaccount_in_books();",
        ),
        ImmutableWhen("treasury_bankaccount", "true", may_change=["branch", "mapping", "in_use_until"]),
        AppendOnly("treasury_bankstatement"),
        ImmutableWhen(
            "treasury_statementline",
            "true",
            may_change=["state", "claimant", "subject_type", "subject_id", "reason", "decided_at", "decided_by_id"],
        ),
    )
