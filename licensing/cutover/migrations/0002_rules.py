"""What was compared is written once; that it was superseded, or a difference accepted, is added, whoever writes."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("cutover", "0001_initial"),)

    operations = (
        AppendOnly("cutover_cutover"),
        ImmutableWhen("cutover_parallelrun", may_change=("superseded_at",)),
        ImmutableWhen("cutover_paralleldifference", may_change=("reason", "accepted_at", "accepted_by_id")),
    )
