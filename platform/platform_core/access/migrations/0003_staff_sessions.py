"""Staff sessions, and what they and others read of whom."""

import datetime

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import platform_core.ids
from platform_core.database_rules import ImmutableWhen


class Migration(migrations.Migration):
    """Keep staff sessions as they were started, but for their end, and say in the access log what was read of whom."""

    dependencies = [
        ("access", "0002_append_only"),
        ("identity", "0002_roles_do_not_overlap"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="accesslogentry",
            name="concerns",
            field=models.ForeignKey(
                help_text="whose confidential figures were read",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.organisation",
            ),
        ),
        migrations.AddField(
            model_name="accesslogentry",
            name="request_line",
            field=models.CharField(
                blank=True, default="", help_text="under a staff session: what was asked for", max_length=1000
            ),
        ),
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(help_text="the instant at which it ends by itself")),
                ("ended_at", models.DateTimeField(blank=True, help_text="when somebody ended it before", null=True)),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_sessions",
                        to="identity.alliance",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="staff_sessions", to="identity.seat"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["alliance", "starts_at"], name="staffsession_by_alliance")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="staffsession_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(seconds=14400))
                                ),
                            ),
                        ),
                        name="staffsession_is_short",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(
                                ("ended_at__gte", models.F("starts_at")),
                                ("ended_at__isnull", False),
                                ("ended_at__lte", models.F("ends_at")),
                            ),
                            _connector="OR",
                        ),
                        name="staffsession_ends_once",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("seat"), models.F("seat"), models.Value("[]"), function="uuidrange"
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("starts_at"),
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("ended_at"), models.F("ends_at")
                                    ),
                                    models.Value("[)"),
                                    function="tstzrange",
                                ),
                                "&&",
                            ),
                        ],
                        name="staffsession_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="accesslogentry",
            name="staff_session",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.staffsession"
            ),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(fields=["concerns", "id"], name="accesslogentry_by_concerned"),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(fields=["staff_session", "id"], name="accesslogentry_by_session"),
        ),
        ImmutableWhen("access_staffsession", may_change=["ended_at", "ended_by_id"]),
    ]
