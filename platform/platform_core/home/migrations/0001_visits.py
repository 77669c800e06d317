"""When each seat last looked at its home page."""

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
            name="HomeVisit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                (
                    "seat",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.seat"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
