"""A draft that was signed or discarded stays as it ended, an authority as it was recorded, and a name as it was given."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("reports", "0005_portal")]

    operations = [
        ImmutableWhen("reports_reportdraft", "OLD.state <> 'open'"),
        ImmutableWhen("reports_reportauthority", may_change=["ends_on"]),
        ImmutableWhen("reports_productalias", may_change=["withdrawn_at"]),
    ]
