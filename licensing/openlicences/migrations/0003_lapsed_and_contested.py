"""A notice whose sum is not paid lapses, and an entry from paper is contested, shown evidence for, or withdrawn."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_append_only"),
        ("identity", "0010_organisations_by_name"),
        ("openlicences", "0002_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="openlicence",
            name="openlicence_state_known",
        ),
        migrations.AddField(
            model_name="openlicence",
            name="acknowledged_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="openlicence",
            name="contest_reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="openlicence",
            name="contested_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="openlicence",
            name="entry_withdrawn_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="openlicence",
            name="evidence",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.document",
            ),
        ),
        migrations.AddField(
            model_name="openlicence",
            name="evidence_note",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="openlicence",
            name="evidence_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="openlicence",
            name="lapsed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="openlicence",
            name="state",
            field=models.CharField(
                choices=[
                    ("prepared", "Notice prepared"),
                    ("noticed", "Notice given, sum not paid yet"),
                    ("in_force", "In force"),
                    ("ended", "Given up by the licensee"),
                    ("lapsed", "Lapsed unpaid"),
                    ("contested", "Entry contested by the licensee"),
                    ("withdrawn", "Entry withdrawn by the owner"),
                    ("void", "Came too late"),
                    ("cancelled", "Notice not given"),
                ],
                default="prepared",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="openlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "prepared",
                            "noticed",
                            "in_force",
                            "ended",
                            "lapsed",
                            "contested",
                            "withdrawn",
                            "void",
                            "cancelled",
                        ],
                    )
                ),
                name="openlicence_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="openlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "lapsed"), _negated=True),
                    models.Q(
                        ("in_force_from", None),
                        ("lapsed_on__gt", models.F("sum_due_on")),
                        ("sum_due_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="openlicence_lapsed_after_its_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="openlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contested_on", None),
                    models.Q(("from_paper", True), models.Q(("contest_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="openlicence_contested_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="openlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("contested", "withdrawn")), _negated=True),
                    models.Q(("acknowledged_on", None), ("contested_on__isnull", False)),
                    _connector="OR",
                ),
                name="openlicence_contested_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="openlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    ("entry_withdrawn_on__isnull", False),
                    _connector="OR",
                ),
                name="openlicence_withdrawn_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="openlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("evidence", None), ("evidence_on", None)),
                    models.Q(
                        ("contested_on__isnull", False), ("evidence__isnull", False), ("evidence_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="openlicence_evidence_beside_a_contest",
            ),
        ),
    ]
