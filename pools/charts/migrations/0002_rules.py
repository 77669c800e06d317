"""What was charted stays, and a reviewed version as it is; charts belong to nobody who was merged."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("charts", "0001_initial")]

    operations = [
        OfUnmerged("charts_charttarget", "organisation_id", fixed=True),
        ImmutableWhen(
            "charts_charttarget",
            "EXISTS (SELECT 1 FROM charts_claimchart WHERE target_id = OLD.id)",
            may_change=["organisation_id"],
        ),
        ImmutableWhen("charts_claimchart", "OLD.state <> 'draft'"),
    ]
