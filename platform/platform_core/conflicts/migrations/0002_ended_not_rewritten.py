"""Ties and undertakings are ended, not rewritten."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("conflicts", "0001_initial")]

    operations = [
        ImmutableWhen("conflicts_affiliation", "true", may_change=["ends_on"]),
        ImmutableWhen("conflicts_declaredtie", "true", may_change=["ends_on"]),
        ImmutableWhen("conflicts_undertaking", "true", may_change=["ends_on", "confirmed_at", "confirmed_by_id"]),
    ]
