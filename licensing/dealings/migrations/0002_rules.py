"""What was offered stays as it was made, conduct is never rewritten, and nobody deals who was merged."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen, OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("dealings", "0001_initial")]

    operations = [
        OfUnmerged("dealings_dealing", "prospect_id", fixed=True),
        ImmutableWhen(
            "dealings_dealing",
            may_change=[
                *("prospect_id", "state", "acknowledged_at", "agreed_at", "closed_at", "closed_by_side"),
                *("close_reason", "moved_at", "turn", "next_by", "licence_id"),
            ],
        ),
        ImmutableWhen("dealings_offer", may_change=["state", "answered_at", "answered_by_id", "reason"]),
        AppendOnly("dealings_conductstep"),
    ]
