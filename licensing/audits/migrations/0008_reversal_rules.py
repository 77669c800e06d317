"""A settled audit still changes by being reversed, and by nothing else; a decided reversal stays as it is."""

from django.db import migrations

from platform_core.database_rules import GoBackUnless, ImmutableWhen, Instead

ENDED = "OLD.state IN ('settled', 'cancelled')"


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("audits", "0007_charges_are_taken_back_by_two")]

    operations = [
        Instead(ImmutableWhen("audits_audit", ENDED), ImmutableWhen("audits_audit", ENDED, may_change=["reversed_at"])),
        ImmutableWhen("audits_auditreversal", "OLD.decided_at IS NOT NULL"),
        GoBackUnless(
            "SELECT 1 FROM audits_auditreversal",
            "Reversals of audits are on record, and the versions before know of none: what two people took back would "
            "count as charged again. Stay at this version, or restore a backup from before.",
        ),
    ]
