"""Online payments are paid on a page of the service, and the keys to an account are changed."""

from django.conf import settings
from django.db import migrations, models

import platform_core.secrets


class Migration(migrations.Migration):
    """Columns, constraints and indexes."""

    dependencies = [
        ("billing", "0008_instalment_rules"),
        ("payments", "0006_charges_by_two"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="onlinepayment",
            name="onlinepayment_open_is_known_there",
        ),
        migrations.RemoveField(
            model_name="onlinepayment",
            name="client_secret",
        ),
        migrations.AddField(
            model_name="onlinepayment",
            name="ending_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="onlinepayment",
            name="page_url",
            field=platform_core.secrets.EncryptedField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="onlinepayment",
            name="session_id",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="stripeaccount",
            name="earlier_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="stripeaccount",
            name="earlier_webhook_secret",
            field=platform_core.secrets.EncryptedField(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="onlinepayment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("session_id", ""), _negated=True),
                fields=("account", "session_id"),
                name="onlinepayment_session_id_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="onlinepayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("intended", "failed", "cancelled")),
                    models.Q(("service_id", ""), _negated=True),
                    models.Q(("session_id", ""), _negated=True),
                    _connector="OR",
                ),
                name="onlinepayment_open_is_known_there",
            ),
        ),
    ]
