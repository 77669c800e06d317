"""What a licensee was told stays told."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("clauses", "0001_initial")]

    operations = [AppendOnly("clauses_favournotice")]
