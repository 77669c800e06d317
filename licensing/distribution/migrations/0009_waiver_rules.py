"""A share is let off its tax invoice by steps as well, and stays so; going back, none may be let off."""

from django.db import migrations

from platform_core.database_rules import GoBackUnless, ImmutableWhen, Instead

_KEEPS = """
CREATE OR REPLACE FUNCTION distribution_memberinvoice_keeps() RETURNS trigger LANGUAGE plpgsql AS $rule$
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
        {steps}
    ) THEN
        RAISE EXCEPTION 'a tax invoice does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_memberinvoice';
    END IF;{more}
    RETURN NEW;
END $rule$
"""
_STEPS = "('awaited', 'recorded'), ('recorded', 'accepted'), ('recorded', 'sent_back'), ('sent_back', 'recorded')"
_WAIVING = (
    "('awaited', 'waiving'), ('sent_back', 'waiving'), ('waiving', 'recorded'), ('waiving', 'awaited'), "
    "('waiving', 'exempt')"
)
_ASKED = """
    IF OLD.state = 'waiving' AND NEW.state IN ('waiving', 'exempt') AND
        (NEW.waiver_reason, NEW.waiver_asked_at, NEW.waiver_asked_by_id) IS DISTINCT FROM
        (OLD.waiver_reason, OLD.waiver_asked_at, OLD.waiver_asked_by_id)
    THEN
        RAISE EXCEPTION 'who asked for a waiver and why can no longer be changed'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_memberinvoice';
    END IF;"""
_BEFORE = ImmutableWhen("distribution_memberinvoice", "TG_OP = 'DELETE' OR OLD.state = 'accepted'")
_NOW = ImmutableWhen("distribution_memberinvoice", "TG_OP = 'DELETE' OR OLD.state IN ('accepted', 'exempt')")


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("distribution", "0008_member_invoice_waivers"),)

    operations = (
        Instead(_BEFORE, _NOW),
        migrations.RunSQL(
            _KEEPS.format(steps=f"{_STEPS}, {_WAIVING}", more=_ASKED), _KEEPS.format(steps=_STEPS, more="")
        ),
        GoBackUnless(
            "SELECT 1 FROM distribution_memberinvoice WHERE state IN ('waiving', 'exempt')",
            "Shares were let off their tax invoice, or are asked to be, and the versions before know of no such thing: "
            "they could not be paid there. Refuse what is asked first; once one was let off, stay at this version, or "
            "restore a backup from before.",
        ),
    )
