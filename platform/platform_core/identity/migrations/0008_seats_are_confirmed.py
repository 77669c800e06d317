"""A seat that was given from outside is confirmed, and waits again after a merger; nothing else of it changes."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead

BEFORE = ["ended_at", "title", "organisation_id"]


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("identity", "0007_seats_given_from_outside")]

    operations = [
        Instead(
            ImmutableWhen("identity_seat", "true", may_change=BEFORE),
            ImmutableWhen(
                "identity_seat", "true", may_change=[*BEFORE, "prepared_by_id", "confirmed_by_id", "confirmed_at"]
            ),
        ),
    ]
