"""A payment leaves a file only before a bank has it; what a file was made of stays, and what it left out with it."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead

LEAVES = """
CREATE FUNCTION treasury_payout_leaves_file() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF OLD.file_id IS NOT NULL AND NEW.file_id IS DISTINCT FROM OLD.file_id AND (
        NEW.file_id IS NOT NULL OR OLD.state <> 'in_file' OR NEW.state <> 'released'
        OR EXISTS (SELECT FROM treasury_payoutfile f WHERE f.id = OLD.file_id AND f.taken_at IS NOT NULL)
    ) OR (OLD.state = 'in_file' AND NEW.state = 'released' AND NEW.file_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a payment leaves a file before it is taken, or stays in it'
            USING ERRCODE = 'restrict_violation', TABLE = 'treasury_payout';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER treasury_payout_leaves_file BEFORE UPDATE OF file_id, state
    ON treasury_payout FOR EACH ROW EXECUTE FUNCTION treasury_payout_leaves_file();
ALTER TABLE treasury_payout ENABLE ALWAYS TRIGGER treasury_payout_leaves_file;
"""
_TAKING = "'taken_at', 'taken_by_id', 'held_count', 'held_minor', 'taken_sha256'"


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("treasury", "0007_held_payouts"),)

    operations = (
        migrations.RunSQL(
            LEAVES,
            "DROP TRIGGER treasury_payout_leaves_file ON treasury_payout; DROP FUNCTION treasury_payout_leaves_file();",
        ),
        Instead(
            ImmutableWhen("treasury_payoutfile", "true", may_change=["taken_at", "taken_by_id"]),
            ImmutableWhen(
                "treasury_payoutfile",
                "TG_OP = 'DELETE' OR OLD.taken_at IS NOT NULL OR "
                f"to_jsonb(NEW) - ARRAY[{_TAKING}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{_TAKING}]",
            ),
        ),
    )
