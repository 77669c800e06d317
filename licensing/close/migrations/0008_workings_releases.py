"""What of a statement's workings was told to whom."""

import django.db.models.deletion
from django.db import migrations, models

import platform_core.ids
from platform_core.database_rules import AppendOnly


class Migration(migrations.Migration):
    """Keep every release for good: what was told cannot be untold."""

    dependencies = [
        ("close", "0007_totals_releases"),
        ("identity", "0002_roles_do_not_overlap"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkingsRelease",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "cells",
                    models.JSONField(
                        default=list,
                        help_text="[[products], [countries], royalty, earned or null, units or null, why not] "
                        "for each cell, in text",
                    ),
                ),
                (
                    "untold_micros",
                    models.DecimalField(
                        decimal_places=0,
                        default=0,
                        help_text="earned of the cells in which the amount is not told",
                        max_digits=38,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True, default="", help_text="why nothing is told but the amount", max_length=30
                    ),
                ),
                (
                    "left_out",
                    models.JSONField(default=list, help_text="the reader's own groups, which were not counted"),
                ),
                (
                    "several",
                    models.BooleanField(default=False, help_text="the reader is told statements of several members"),
                ),
                ("reporters", models.PositiveIntegerField(help_text="how many had to report")),
                ("percent", models.PositiveIntegerField(help_text="how much of a part one of them could have")),
                ("released_at", models.DateTimeField()),
                (
                    "statement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workings_releases",
                        to="close.statement",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
                (
                    "totals",
                    models.ForeignKey(
                        help_text="the totals that were told of the close, of which the cells are sums",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workings",
                        to="close.totalsrelease",
                    ),
                ),
            ],
            options={
                "ordering": ("statement", "reader"),
                "constraints": [
                    models.UniqueConstraint(fields=("statement", "reader"), name="workingsrelease_once"),
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), ("cells", []), _connector="OR"),
                        name="workingsrelease_cells_or_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 60), ("reporters__gte", 3)),
                        name="workingsrelease_by_the_rule",
                    ),
                ],
            },
        ),
        AppendOnly("close_workingsrelease"),
    ]
