"""What rests on patents: licences, pledges, preservations and suits."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("patents", "0013_legal_events_and_differences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Encumbrance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("licence_exclusive", "exclusive licence 独占许可"),
                            ("licence_sole", "sole licence 排他许可"),
                            ("licence_ordinary", "ordinary licence 普通许可"),
                            ("pledge", "pledge 质押"),
                            ("preservation", "preservation 保全"),
                            ("suit", "suit 诉讼"),
                        ],
                        max_length=20,
                    ),
                ),
                ("holder", models.CharField(max_length=300)),
                ("register_number", models.CharField(blank=True, max_length=60)),
                ("is_public", models.BooleanField(default=False)),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("recorded_at", models.DateTimeField()),
                (
                    "patent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="encumbrances", to="patents.patent"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("patent", "from_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "licence_exclusive",
                                    "licence_sole",
                                    "licence_ordinary",
                                    "pledge",
                                    "preservation",
                                    "suit",
                                ],
                            )
                        ),
                        name="encumbrance_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("holder", ""), _negated=True), name="encumbrance_holder_is_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_public", False), models.Q(("register_number", ""), _negated=True), _connector="OR"
                        ),
                        name="encumbrance_public_by_its_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_on__isnull", True), ("to_on__gt", models.F("from_on")), _connector="OR"
                        ),
                        name="encumbrance_ends_after_it_begins",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("kind", "pledge")),
                        expressions=[
                            (
                                models.Func(
                                    models.F("patent"), models.F("patent"), models.Value("[]"), function="uuidrange"
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("from_on"), models.F("to_on"), models.Value("[)"), function="daterange"
                                ),
                                "&&",
                            ),
                        ],
                        name="encumbrance_one_pledge_at_a_time",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("kind", "licence_exclusive")),
                        expressions=[
                            (
                                models.Func(
                                    models.F("patent"), models.F("patent"), models.Value("[]"), function="uuidrange"
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("from_on"), models.F("to_on"), models.Value("[)"), function="daterange"
                                ),
                                "&&",
                            ),
                        ],
                        name="encumbrance_one_licence_exclusive_at_a_time",
                    ),
                ],
            },
        ),
    ]
