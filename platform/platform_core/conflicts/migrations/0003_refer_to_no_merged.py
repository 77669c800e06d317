"""Nothing new refers to an organisation that was merged into another one. Ties follow a merger."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead, OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("conflicts", "0002_ended_not_rewritten"), ("identity", "0004_merged_organisations")]

    operations = [
        Instead(
            ImmutableWhen("conflicts_affiliation", "true", may_change=["ends_on"]),
            ImmutableWhen("conflicts_affiliation", "true", may_change=["ends_on", "first_id", "second_id"]),
        ),
        Instead(
            ImmutableWhen("conflicts_declaredtie", "true", may_change=["ends_on"]),
            ImmutableWhen("conflicts_declaredtie", "true", may_change=["ends_on", "organisation_id"]),
        ),
        OfUnmerged("conflicts_affiliation", "first_id", fixed=True),
        OfUnmerged("conflicts_affiliation", "second_id", fixed=True),
        OfUnmerged("conflicts_declaredtie", "organisation_id", fixed=True),
    ]
