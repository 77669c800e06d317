"""That somebody was reminded stays as it was."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """A rule that Django's constraints cannot say."""

    dependencies = [("reports", "0003_reminders")]

    operations = [AppendOnly("reports_reportreminder")]
