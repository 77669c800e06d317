"""What was given out before is written once; what was wrong of it is taken back by a row of its own."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("distribution", "0004_earlier_shares"),)

    operations = (AppendOnly("distribution_earliershare"),)
