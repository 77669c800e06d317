"""Comparisons of claimed deductions with what brands reported, and doubtful ones."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    """Tables, constraints and indexes."""

    initial = True

    dependencies = [
        ("identity", "0010_organisations_by_name"),
        ("reports", "0008_estimate_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeductionComparison",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None),
                ),
                ("reason", models.CharField(max_length=500)),
                ("made_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deduction_comparisons",
                        to="reports.salesreport",
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ComparedReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("lines_sha256", models.CharField(max_length=64)),
                ("details_sha256", models.CharField(blank=True, default="", max_length=64)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.salesreport"
                    ),
                ),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compared_reports",
                        to="deductions.deductioncomparison",
                    ),
                ),
            ],
            options={
                "ordering": ("comparison", "id"),
            },
        ),
        migrations.CreateModel(
            name="ComparedDeduction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("brand_name", models.CharField(max_length=200)),
                ("product", models.CharField(max_length=200)),
                (
                    "evidence",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None),
                ),
                ("claimed_units", models.BigIntegerField()),
                ("claimed_by_all_units", models.BigIntegerField(null=True)),
                ("reported_units", models.BigIntegerField(null=True)),
                ("reported_of_maker_units", models.BigIntegerField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("agrees", "agrees"),
                            ("claimed_more", "claimed_more"),
                            ("not_reported", "not_reported"),
                            ("not_licensed", "not_licensed"),
                            ("cannot_tell", "cannot_tell"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("maker", "maker"), ("total", "total"), ("nothing", "nothing")], max_length=7
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                    ),
                ),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deductions",
                        to="deductions.deductioncomparison",
                    ),
                ),
            ],
            options={
                "ordering": ("comparison", "place"),
            },
        ),
        migrations.CreateModel(
            name="DoubtfulDeduction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("brand_name", models.CharField(max_length=200)),
                ("product", models.CharField(max_length=200)),
                ("claimed_units", models.BigIntegerField()),
                ("request", models.CharField(max_length=1000)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "The licensee is asked"),
                            ("answered", "Answered by the licensee"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("corrected", "Corrected by another report"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("answered_at", models.DateTimeField(null=True)),
                ("decision", models.CharField(blank=True, max_length=1000)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "compared",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="doubt",
                        to="deductions.compareddeduction",
                    ),
                ),
                (
                    "corrected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reports.salesreport",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="doubtful_deductions",
                        to="reports.salesreport",
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_at", "-id"),
            },
        ),
        migrations.AddIndex(
            model_name="deductioncomparison",
            index=models.Index(fields=["made_at", "id"], name="deductioncomparison_by_time"),
        ),
        migrations.AddConstraint(
            model_name="deductioncomparison",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="deductioncomparison_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="deductioncomparison",
            constraint=models.CheckConstraint(
                condition=models.Q(("codes__len__gt", 0)), name="deductioncomparison_of_codes"
            ),
        ),
        migrations.AddConstraint(
            model_name="deductioncomparison",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="deductioncomparison_hash_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="comparedreport",
            constraint=models.UniqueConstraint(fields=("comparison", "report"), name="comparedreport_once"),
        ),
        migrations.AddConstraint(
            model_name="comparedreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("lines_sha256__regex", "^[0-9a-f]{64}$")), name="comparedreport_hash_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="compareddeduction",
            constraint=models.UniqueConstraint(fields=("comparison", "place"), name="compareddeduction_place_once"),
        ),
        migrations.AddConstraint(
            model_name="compareddeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["agrees", "claimed_more", "not_reported", "not_licensed", "cannot_tell"])
                ),
                name="compareddeduction_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="compareddeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis__in", ["maker", "total", "nothing"])), name="compareddeduction_basis_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="compareddeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "nothing"), ("claimed_by_all_units", None), ("reported_units", None)),
                    models.Q(
                        models.Q(("basis", "nothing"), _negated=True),
                        ("brand__isnull", False),
                        ("claimed_by_all_units__isnull", False),
                        ("reported_units__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="compareddeduction_judged_by_figures",
            ),
        ),
        migrations.AddIndex(
            model_name="doubtfuldeduction",
            index=models.Index(fields=["asked_at", "id"], name="doubtfuldeduction_by_time"),
        ),
        migrations.AddConstraint(
            model_name="doubtfuldeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "answered", "accepted", "rejected", "corrected"])),
                name="doubtfuldeduction_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubtfuldeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(("request", ""), _negated=True), name="doubtfuldeduction_asks_for_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="doubtfuldeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="doubtfuldeduction_answered_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubtfuldeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decision", ""), ("state__in", ["asked", "answered"])),
                    models.Q(
                        models.Q(("state__in", ["asked", "answered"]), _negated=True),
                        models.Q(("decision", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="doubtfuldeduction_decided_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubtfuldeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="doubtfuldeduction_accepted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubtfuldeduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrected_by__isnull", False), ("state", "corrected")),
                    models.Q(("corrected_by", None), models.Q(("state", "corrected"), _negated=True)),
                    _connector="OR",
                ),
                name="doubtfuldeduction_corrected_by_a_report",
            ),
        ),
    ]
