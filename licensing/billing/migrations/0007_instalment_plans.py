"""An invoice may be agreed to be paid in parts."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    """Plans of instalments, the one in force on the invoice, and what fills it on settlements."""

    dependencies = [
        ("agreements", "0007_licences_with_their_programme"),
        ("billing", "0006_carried_rules"),
        ("close", "0009_workings_without_totals"),
        ("ledger", "0005_as_they_are_now"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InstalmentPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("due_days", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                (
                    "part_amounts_minor",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "credits_reduce",
                    models.CharField(choices=[("last", "last"), ("first", "first")], default="last", max_length=5),
                ),
                ("falls_due_whole", models.BooleanField(default=False)),
                ("reason", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting for a second person"),
                            ("agreed", "In force"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("replaced", "Another one took its place"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-proposed_at", "-id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoice_ordered_as_it_is",
        ),
        migrations.AddField(
            model_name="instalmentplan",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="instalmentplan",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="instalmentplan",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="plan",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="in_force_for",
                to="billing.instalmentplan",
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="plan",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settlements",
                to="billing.instalmentplan",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_on__isnull", False),
                        (
                            "number_order",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.functions.comparison.Cast(
                                        models.F("year"), models.BigIntegerField()
                                    ),
                                    "*",
                                    models.Value(1000000000),
                                ),
                                "+",
                                models.F("number"),
                            ),
                        ),
                        models.Q(("due_order", models.F("due_on")), ("plan__isnull", False), _connector="OR"),
                    ),
                    models.Q(
                        ("due_on", None),
                        ("due_order", datetime.date(9999, 12, 31)),
                        ("number_order", 0),
                        ("plan", None),
                    ),
                    models.Q(
                        models.Q(("outside_number", ""), _negated=True),
                        ("due_on__isnull", False),
                        ("number_order", 0),
                        models.Q(("due_order", models.F("due_on")), ("plan__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="invoice_ordered_as_it_is",
            ),
        ),
        migrations.AddIndex(
            model_name="instalmentplan",
            index=models.Index(fields=["proposed_at", "id"], name="instalmentplan_by_proposing"),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="instalmentplan_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="instalmentplan_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "agreed", "refused", "withdrawn", "replaced"])),
                name="instalmentplan_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("credits_reduce__in", ["last", "first"])), name="instalmentplan_rule_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")), fields=("invoice",), name="instalmentplan_one_proposed"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "agreed")), fields=("invoice",), name="instalmentplan_one_agreed"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("state", "proposed")),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="instalmentplan_decided_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "withdrawn"),
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="instalmentplan_two_people",
            ),
        ),
    ]
