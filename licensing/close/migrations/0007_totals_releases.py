"""What of a programme's totals was told to whom."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import platform_core.ids
from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Keep every release for good: what was told cannot be untold."""

    dependencies = [
        ("close", "0006_grants"),
        ("identity", "0002_roles_do_not_overlap"),
        ("terms", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="TotalsRelease",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="1 for the first block told to this reader")),
                (
                    "run_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        help_text="the posted closes it is of, in the order of their posting",
                        size=None,
                    ),
                ),
                ("first_month", models.DateField()),
                ("last_month", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("atoms", models.JSONField(help_text="[[products], [countries], micros as text] for each part")),
                (
                    "left_out",
                    models.JSONField(default=list, help_text="the reader's own groups, which were not counted"),
                ),
                ("reporters", models.PositiveIntegerField(help_text="how many had to report")),
                ("percent", models.PositiveIntegerField(help_text="how much of a part one of them could have")),
                ("released_at", models.DateTimeField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="totals_releases",
                        to="terms.programme",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ("programme", "reader", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "reader", "number"), name="totalsrelease_number_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="totalsrelease_numbered_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_month__day", 1),
                            ("first_month__lte", models.F("last_month")),
                            ("last_month__day", 1),
                        ),
                        name="totalsrelease_whole_months",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("run_ids__len__gte", 1)), name="totalsrelease_of_some_close"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 60), ("reporters__gte", 3)),
                        name="totalsrelease_by_the_rule",
                    ),
                ],
            },
        ),
        AppendOnly("close_totalsrelease"),
    ]
