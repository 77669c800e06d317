"""What is recorded stays as it is."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Refuse every change of a recorded event."""

    dependencies = [("audit", "0001_initial")]

    operations = [AppendOnly("audit_auditevent")]
