"""A membership's history is written once."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Steps are neither changed nor removed; a mistake is mended by the next step."""

    dependencies = [("memberships", "0003_history_of_members")]

    operations = [AppendOnly("memberships_membershipstep")]
