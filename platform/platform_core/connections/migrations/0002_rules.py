"""How a run ended stays on record, and nothing new refers to an organisation that was merged."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("connections", "0001_initial"), ("identity", "0004_merged_organisations")]

    operations = [
        ImmutableWhen("connections_connectionrun", "OLD.state <> 'running'"),
        OfUnmerged("connections_connection", "organisation_id"),
    ]
