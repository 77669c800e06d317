"""What moved money is written once, what was told is kept, and a payment is of one amount, whoever writes."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("payments", "0001_initial"),)

    operations = (
        AppendOnly("payments_onlinemovement"),
        AppendOnly("payments_serviceevent"),
        ImmutableWhen(
            "payments_onlinepayment",
            may_change=(
                "state",
                "service_id",
                "client_secret",
                "message",
                "key_number",
                "first_asked_at",
                "attempts",
                "due_at",
                "hints",
            ),
        ),
        ImmutableWhen(
            "payments_onlinerefund",
            may_change=(
                "state",
                "service_id",
                "message",
                "key_number",
                "first_asked_at",
                "decided_at",
                "decided_by_id",
            ),
        ),
    )
