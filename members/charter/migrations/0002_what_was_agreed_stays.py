"""What was published and signed stays as it was."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("charter", "0001_initial")]

    operations = [
        ImmutableWhen("charter_charterversion", "OLD.state <> 'draft'"),
        ImmutableWhen("charter_seatauthority", "true", may_change=["ends_on"]),
        AppendOnly("charter_chartersignature"),
    ]
