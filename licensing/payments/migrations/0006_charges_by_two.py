"""What banks kept is given up by somebody else than who set how much that may be, whoever writes."""

from django.db import migrations

BY_TWO = """
CREATE FUNCTION payments_bankallocation_by_two() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NEW.charge_id IS NOT NULL AND EXISTS (
        SELECT FROM payments_bankreceipt r
          JOIN treasury_statementline l ON l.id = r.line_id
          JOIN treasury_bankaccount a ON a.id = l.bank_account_id
          JOIN LATERAL (
              SELECT t.set_by_id FROM payments_matchingterms t
               WHERE t.operating_entity_id = a.operating_entity_id AND t.currency = a.currency
                 AND t.from_on <= l.booked_on
               ORDER BY t.from_on DESC LIMIT 1
          ) terms ON terms.set_by_id = r.user_id
         WHERE r.id = NEW.receipt_id
    ) THEN
        RAISE EXCEPTION 'whoever sets how much banks may keep lets nothing be kept'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bankallocation_charge_by_two',
                  TABLE = 'payments_bankallocation';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER payments_bankallocation_by_two BEFORE INSERT ON payments_bankallocation
    FOR EACH ROW EXECUTE FUNCTION payments_bankallocation_by_two();
ALTER TABLE payments_bankallocation ENABLE ALWAYS TRIGGER payments_bankallocation_by_two;
"""


class Migration(migrations.Migration):
    """A rule that Django's constraints cannot say."""

    dependencies = (
        ("payments", "0005_who_set_matching_terms"),
        ("treasury", "0001_bank_accounts_and_statements"),
    )

    operations = (
        migrations.RunSQL(
            BY_TWO,
            "DROP TRIGGER payments_bankallocation_by_two ON payments_bankallocation;"
            "DROP FUNCTION payments_bankallocation_by_two();",
        ),
    )
