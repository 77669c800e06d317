"""What a file for a bank left out when it was taken."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("treasury", "0006_payout_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payoutfile",
            name="held_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="held_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="taken_sha256",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="payoutfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("held_count", 0), ("held_minor", 0), ("taken_sha256", "")),
                    models.Q(
                        ("held_count__gte", 1),
                        ("held_minor__gte", 1),
                        ("taken_at__isnull", False),
                        ("held_count__lt", models.F("payouts_count")),
                        ("held_minor__lt", models.F("total_minor")),
                        models.Q(("taken_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payoutfile_holds_some",
            ),
        ),
    ]
