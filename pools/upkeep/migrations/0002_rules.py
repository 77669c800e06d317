"""Nothing new refers to an organisation that was merged into another one."""

from django.db import migrations

from platform_core.database_rules import OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("upkeep", "0001_initial"), ("identity", "0004_merged_organisations")]

    operations = [
        OfUnmerged("upkeep_annuitypayment", "organisation_id"),
        OfUnmerged("upkeep_paymentorder", "organisation_id"),
    ]
