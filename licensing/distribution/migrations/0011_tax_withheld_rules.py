"""Rules of withholding are written once; what was withheld stays, and is paid on in one remittance that comes to it."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen

# An item gets its tax, opening balance, secret, and who may have that at the release; nothing else ever.
ITEMS = """
CREATE OR REPLACE FUNCTION distribution_items_at_release() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    stands text;
BEGIN
    SELECT status INTO stands FROM distribution_distributionrun WHERE id = OLD.run_id FOR SHARE;
    IF stands <> 'approved'
        OR to_jsonb(NEW) - ARRAY[{columns}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{columns}] THEN
        RAISE EXCEPTION 'what a payee gets can no longer be changed'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionitem';
    END IF;
    RETURN NEW;
END $rule$
"""
_BEFORE = "'opening_minor', 'opening', 'proof_withheld'"

WITHHOLDING = """
CREATE FUNCTION distribution_withholding_keeps() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    stands text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.remittance_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM distribution_distributionitem item
             WHERE item.id = NEW.item_id AND item.kind = 'member' AND item.membership_id = NEW.membership_id
               AND item.amount_minor = NEW.gross_minor AND item.tax_minor = NEW.tax_minor
        ) THEN
            RAISE EXCEPTION 'tax is withheld from the share of a member, as the share says'
                USING ERRCODE = 'check_violation', TABLE = 'distribution_withholding';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.remittance_id IS DISTINCT FROM OLD.remittance_id THEN
        SELECT state INTO stands FROM distribution_taxremittance
         WHERE id = coalesce(NEW.remittance_id, OLD.remittance_id) FOR SHARE;
        IF (OLD.remittance_id IS NOT NULL AND NEW.remittance_id IS NOT NULL)
            OR (NEW.remittance_id IS NOT NULL AND stands <> 'prepared')
            OR (NEW.remittance_id IS NULL AND stands NOT IN ('prepared', 'confirmed'))
        THEN
            RAISE EXCEPTION 'tax withheld goes into one remittance, and leaves it before it is paid'
                USING ERRCODE = 'restrict_violation', TABLE = 'distribution_withholding';
        END IF;
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER distribution_withholding_keeps BEFORE INSERT OR UPDATE ON distribution_withholding
    FOR EACH ROW EXECUTE FUNCTION distribution_withholding_keeps();
ALTER TABLE distribution_withholding ENABLE ALWAYS TRIGGER distribution_withholding_keeps;
"""

REMITTANCE = """
CREATE FUNCTION distribution_taxremittance_moves() RETURNS trigger LANGUAGE plpgsql AS $rule$
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
        ('prepared', 'confirmed'), ('prepared', 'cancelled'), ('confirmed', 'cancelled'), ('confirmed', 'paid')
    ) THEN
        RAISE EXCEPTION 'a remittance does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_taxremittance';
    END IF;
    IF NEW.state <> OLD.state THEN
        SELECT coalesce(sum(tax_minor), 0) INTO told FROM distribution_withholding WHERE remittance_id = OLD.id;
        IF told <> (CASE NEW.state WHEN 'cancelled' THEN 0 ELSE NEW.amount_minor END) THEN
            RAISE EXCEPTION 'what was withheld does not come to the remittance'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'taxremittance_adds_up',
                      TABLE = 'distribution_taxremittance';
        END IF;
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER distribution_taxremittance_moves BEFORE INSERT OR UPDATE ON distribution_taxremittance
    FOR EACH ROW EXECUTE FUNCTION distribution_taxremittance_moves();
ALTER TABLE distribution_taxremittance ENABLE ALWAYS TRIGGER distribution_taxremittance_moves;
"""
_REMITTANCE_FIXED = """
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
_RELIEF_FIXED = """
    TG_OP = 'DELETE' OR OLD.state = 'withdrawn' OR (
        OLD.id, OLD.operating_entity_id, OLD.membership_id, OLD.country, OLD.from_on, OLD.until_on, OLD.certificate,
        OLD.entered_at, OLD.entered_by_id
    ) IS DISTINCT FROM (
        NEW.id, NEW.operating_entity_id, NEW.membership_id, NEW.country, NEW.from_on, NEW.until_on, NEW.certificate,
        NEW.entered_at, NEW.entered_by_id
    ) OR (OLD.state = 'confirmed' AND NEW.state = 'entered')
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("distribution", "0010_tax_withheld"),)

    operations = (
        migrations.RunSQL(
            ITEMS.format(columns=f"{_BEFORE}, 'tax_minor'"),
            ITEMS.format(columns=_BEFORE),
        ),
        AppendOnly("distribution_withholdingrule"),
        ImmutableWhen("distribution_treatyrelief", _RELIEF_FIXED),
        ImmutableWhen("distribution_withholding", "true", may_change=["remittance_id"]),
        migrations.RunSQL(
            WITHHOLDING,
            "DROP TRIGGER distribution_withholding_keeps ON distribution_withholding; "
            "DROP FUNCTION distribution_withholding_keeps();",
        ),
        ImmutableWhen("distribution_taxremittance", _REMITTANCE_FIXED),
        migrations.RunSQL(
            REMITTANCE,
            "DROP TRIGGER distribution_taxremittance_moves ON distribution_taxremittance; "
            "DROP FUNCTION distribution_taxremittance_moves();",
        ),
    )
