"""A rule that counts still changes by being replaced; a payment is taken back once somebody asked for it."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, GoBackUnless, ImmutableWhen, Instead

_PAID_FIXED_BEFORE = """
    TG_OP = 'DELETE' OR OLD.state = 'cancelled' OR (
        OLD.id, OLD.operating_entity_id, OLD.currency, OLD.through_on, OLD.amount_minor, OLD.reference,
        OLD.prepared_at, OLD.prepared_by_id
    ) IS DISTINCT FROM (
        NEW.id, NEW.operating_entity_id, NEW.currency, NEW.through_on, NEW.amount_minor, NEW.reference,
        NEW.prepared_at, NEW.prepared_by_id
    ) OR (OLD.state = 'paid' AND (OLD.receipt <> '' OR (
        OLD.confirmed_at, OLD.confirmed_by_id, OLD.paid_on, OLD.entry_id
    ) IS DISTINCT FROM (
        NEW.confirmed_at, NEW.confirmed_by_id, NEW.paid_on, NEW.entry_id
    )))
"""
_PAID_FIXED = """
    TG_OP = 'DELETE' OR OLD.state = 'cancelled' OR (
        OLD.id, OLD.operating_entity_id, OLD.currency, OLD.through_on, OLD.amount_minor, OLD.reference,
        OLD.prepared_at, OLD.prepared_by_id
    ) IS DISTINCT FROM (
        NEW.id, NEW.operating_entity_id, NEW.currency, NEW.through_on, NEW.amount_minor, NEW.reference,
        NEW.prepared_at, NEW.prepared_by_id
    ) OR (OLD.state = 'paid' AND (
        (OLD.confirmed_at, OLD.confirmed_by_id) IS DISTINCT FROM (NEW.confirmed_at, NEW.confirmed_by_id)
        OR (NEW.state = 'paid' AND (OLD.receipt <> '' OR (
            OLD.paid_on, OLD.line_id, OLD.entry_id
        ) IS DISTINCT FROM (
            NEW.paid_on, NEW.line_id, NEW.entry_id
        )))
    ))
"""
MOVES = """
CREATE OR REPLACE FUNCTION distribution_taxremittance_moves() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    told bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' THEN
            RAISE EXCEPTION 'a remittance begins as one that is prepared'
                USING ERRCODE = 'check_violation', TABLE = 'distribution_taxremittance';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('prepared', 'confirmed'), ('prepared', 'cancelled'), ('confirmed', 'cancelled'), ('confirmed', 'paid'){more}
    ) THEN
        RAISE EXCEPTION 'a remittance does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_taxremittance';
    END IF;{asked}
    IF NEW.state <> OLD.state THEN
        SELECT coalesce(sum(tax_minor), 0) INTO told FROM distribution_withholding WHERE remittance_id = OLD.id;
        IF told <> (CASE NEW.state WHEN 'cancelled' THEN 0 ELSE NEW.amount_minor END) THEN
            RAISE EXCEPTION 'what was withheld does not come to the remittance'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'taxremittance_adds_up',
                      TABLE = 'distribution_taxremittance';
        END IF;
    END IF;
    RETURN NEW;
END $rule$
"""
ASKED = """
    IF (OLD.state, NEW.state) IN (('confirmed', 'cancelled'), ('paid', 'confirmed')) AND NOT EXISTS (
        SELECT 1 FROM distribution_remittanceundoing
         WHERE remittance_id = OLD.id AND undoes = OLD.state AND is_agreed AND decided_by_id <> asked_by_id
           AND decided_at >= OLD.confirmed_at
           -- Paid again it takes another one: of this payment, and since it was booked.
           AND (OLD.state = 'confirmed' OR (
               paid_on = OLD.paid_on AND decided_at >= (SELECT booked_at FROM ledger_entry WHERE id = OLD.entry_id)
           ))
    ) THEN
        RAISE EXCEPTION 'two people undo what two decided on a remittance'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_taxremittance';
    END IF;"""
KEEPS = """
CREATE OR REPLACE FUNCTION distribution_withholding_by_rule() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM distribution_withholdingrule
         WHERE id = NEW.rule_id AND confirmed_at IS NOT NULL AND replaced_at IS NULL FOR SHARE
    ) THEN
        RAISE EXCEPTION 'tax is withheld by a rule that two people stand for'
            USING ERRCODE = 'check_violation', TABLE = 'distribution_withholding';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER distribution_withholding_by_rule BEFORE INSERT ON distribution_withholding
    FOR EACH ROW EXECUTE FUNCTION distribution_withholding_by_rule();
ALTER TABLE distribution_withholding ENABLE ALWAYS TRIGGER distribution_withholding_by_rule;
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("distribution", "0016_what_two_decide_on_tax")]

    operations = [
        Instead(
            AppendOnly("distribution_withholdingrule"),
            ImmutableWhen(
                "distribution_withholdingrule",
                "TG_OP = 'DELETE' OR OLD.confirmed_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL",
                may_change=["replaced_at"],
            ),
        ),
        ImmutableWhen("distribution_remittanceundoing", "TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL"),
        Instead(
            ImmutableWhen("distribution_taxremittance", _PAID_FIXED_BEFORE),
            ImmutableWhen("distribution_taxremittance", _PAID_FIXED),
        ),
        migrations.RunSQL(MOVES.format(more=", ('paid', 'confirmed')", asked=ASKED), MOVES.format(more="", asked="")),
        migrations.RunSQL(
            KEEPS,
            "DROP TRIGGER distribution_withholding_by_rule ON distribution_withholding; "
            "DROP FUNCTION distribution_withholding_by_rule();",
        ),
        GoBackUnless(
            "SELECT 1 FROM distribution_withholdingrule WHERE confirmed_at IS NULL OR replaced_at IS NOT NULL "
            "UNION ALL SELECT 1 FROM distribution_remittanceundoing",
            "Rates of tax that wait for a second person or were replaced, or remittances that two people undid, are on "
            "record, and the versions before know of none: they would count as they stood. Stay at this version, or "
            "restore a backup from before.",
        ),
    ]
