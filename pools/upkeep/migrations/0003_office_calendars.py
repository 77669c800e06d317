"""Holidays of patent offices, as files told them."""

import django.contrib.postgres.fields
from django.db import migrations, models

import platform_core.ids
from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("upkeep", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficeCalendar",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("office", models.CharField(max_length=2)),
                ("off", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                ("worked", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                ("source", models.CharField(max_length=255)),
                ("imported_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("office", "-imported_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("office__regex", "^[A-Z]{2}$")), name="office_calendar_of_an_office"
                    )
                ],
            },
        ),
        AppendOnly("upkeep_officecalendar"),
    ]
