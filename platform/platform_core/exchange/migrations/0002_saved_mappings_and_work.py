"""What columns mean, remembered, and the background work on an import."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    """Make the table of mappings, and refer to jobs."""

    dependencies = [
        ("exchange", "0001_initial"),
        ("identity", "0010_organisations_by_name"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="job",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
            ),
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=200)),
                ("mapping", models.JSONField()),
                ("saved_at", models.DateTimeField()),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.alliance"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("alliance", "subject", "name"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("alliance", "subject", "name"), name="mapping_name_once_in_alliance"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="mapping_name_is_given"
                    ),
                ],
            },
        ),
    ]
