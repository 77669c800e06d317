"""What is sealed stays sealed."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Refuse every change of a seal and of a sealed row."""

    dependencies = [("audit", "0003_seals")]

    operations = [AppendOnly("audit_auditseal"), AppendOnly("audit_auditsealedrow")]
