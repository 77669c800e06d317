"""What was noticed stays as it was noticed, and what was decided about the end of a licence stays decided."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("breaches", "0001_initial")]

    operations = [
        ImmutableWhen(
            "breaches_breach",
            may_change=[
                "state",
                "letter_zh_id",
                "letter_en_id",
                "suspended_on",
                "suspended_by_id",
                "closed_on",
                "closed_by_id",
                "close_note",
            ],
        ),
        ImmutableWhen("breaches_termination", "OLD.state <> 'proposed'"),
    ]
