"""Nothing new refers to an organisation that was merged into another one. Seats follow a merger."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen, Instead, OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("identity", "0004_merged_organisations")]

    operations = [
        AppendOnly("identity_organisationname"),
        Instead(
            ImmutableWhen("identity_seat", "true", may_change=["ended_at", "title"]),
            ImmutableWhen("identity_seat", "true", may_change=["ended_at", "title", "organisation_id"]),
        ),
        OfUnmerged("identity_seat", "organisation_id", fixed=True),
        OfUnmerged("identity_alliance", "association_id"),
        OfUnmerged("identity_operatingentity", "organisation_id"),
        OfUnmerged("identity_organisation", "merged_into_id"),
    ]
