"""What a settled audit charged is taken back by two people, and its months may be audited again then."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_close_approvers"),
        ("agreements", "0008_ends_before_their_time"),
        ("audits", "0006_rules_for_audits_to_come"),
        ("identity", "0010_organisations_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditReversal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(help_text="the licensee reads it once it is confirmed", max_length=500)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "is_confirmed",
                    models.BooleanField(help_text="whether it was confirmed or refused; blank: it waits", null=True),
                ),
            ],
            options={
                "ordering": ("audit", "proposed_at", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="audit",
            name="audit_each_month_once",
        ),
        migrations.AddField(
            model_name="audit",
            name="reversed_at",
            field=models.DateTimeField(help_text="when two people took back what it charged", null=True),
        ),
        migrations.AddConstraint(
            model_name="audit",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    models.Q(("charged_minor", None), ("state", "settled"), _negated=True),
                    ("reversed_at", None),
                ),
                expressions=[
                    (
                        models.Func(models.F("licence"), models.F("licence"), models.Value("[]"), function="uuidrange"),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("first_month"), models.F("last_month"), models.Value("[]"), function="daterange"
                        ),
                        "&&",
                    ),
                ],
                name="audit_each_month_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="audit",
            constraint=models.CheckConstraint(
                condition=models.Q(("reversed_at", None), ("state", "settled"), _connector="OR"),
                name="audit_reversed_once_settled",
            ),
        ),
        migrations.AddField(
            model_name="auditreversal",
            name="audit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reversals", to="audits.audit"
            ),
        ),
        migrations.AddField(
            model_name="auditreversal",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="auditreversal",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="auditreversal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_confirmed", None), ("is_confirmed", True), _connector="OR"),
                fields=("audit",),
                name="auditreversal_once_or_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="auditreversal_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("is_confirmed", None)),
                    models.Q(
                        ("decided_at__isnull", False), ("decided_by__isnull", False), ("is_confirmed__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="auditreversal_decided_wholly",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_confirmed", True), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="auditreversal_confirmed_by_another",
            ),
        ),
    ]
