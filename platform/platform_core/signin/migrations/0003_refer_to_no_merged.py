"""Nothing new refers to an organisation that was merged into another one."""

from django.db import migrations

from platform_core.database_rules import OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("signin", "0002_invitations_and_tokens"), ("identity", "0004_merged_organisations")]

    operations = [
        OfUnmerged("signin_invitation", "organisation_id"),
    ]
