"""Documents are written once."""

from django.db import migrations

from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """A better paper is another document; the one that was relied on stays."""

    dependencies = [("documents", "0001_initial")]

    operations = [AppendOnly("documents_document")]
