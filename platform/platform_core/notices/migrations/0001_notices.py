"""What seats were told."""

import django.db.models.deletion
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("identity", "0003_language_of_a_person"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(help_text="a key for the words, such as close_run.approved", max_length=100)),
                ("values", models.JSONField(blank=True, default=dict)),
                ("subject_type", models.CharField(max_length=100)),
                ("subject_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.seat"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["seat", "-id"], name="notice_by_seat"),
                    models.Index(condition=models.Q(("read_at", None)), fields=["seat"], name="notice_unread"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+$")),
                        name="notice_kind_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("read_at", None), ("read_at__gte", models.F("at")), _connector="OR"),
                        name="notice_read_after_told",
                    ),
                ],
            },
        ),
    ]
