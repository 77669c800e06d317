"""What was found out about signatures is written once."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Asked anew it is another row; the one that was relied on stays."""

    dependencies = [("signatures", "0001_initial")]

    operations = [AppendOnly("signatures_signaturecheck")]
