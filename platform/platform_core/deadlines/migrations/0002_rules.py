"""What was sent and done stays on record, and nothing new refers to an organisation that was merged."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("deadlines", "0001_initial"), ("identity", "0004_merged_organisations")]

    operations = [
        AppendOnly("deadlines_deadlinerun"),
        AppendOnly("deadlines_deadlinereminder"),
        OfUnmerged("deadlines_deadline", "organisation_id"),
    ]
