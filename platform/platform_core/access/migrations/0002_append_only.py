"""What was read stays on record."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Refuse every change of a noted reading."""

    dependencies = [("access", "0001_initial")]

    operations = [AppendOnly("access_accesslogentry")]
