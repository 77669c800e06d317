"""Connections to databases of others, and each time they were asked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids
import platform_core.secrets


class Migration(migrations.Migration):
    """Make the tables."""

    initial = True

    dependencies = [
        ("exchange", "0002_saved_mappings_and_work"),
        ("identity", "0010_organisations_by_name"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(help_text="the connector, such as epo_ops", max_length=40)),
                ("name", models.CharField(max_length=200)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("secret", platform_core.secrets.EncryptedField(blank=True, default="")),
                (
                    "every",
                    models.CharField(
                        choices=[("day", "every day"), ("week", "every week"), ("month", "every month")],
                        default="week",
                        max_length=5,
                    ),
                ),
                (
                    "on_day",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="of the week (Monday is 1) or of the month; without a meaning where it is every day",
                    ),
                ),
                ("at_hour", models.PositiveSmallIntegerField(default=3, help_text="of the alliance's own day")),
                (
                    "straight_in",
                    models.BooleanField(
                        default=False,
                        help_text="whether what comes is taken in at once, rather than wait for somebody to look at it",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("on", "asked by schedule"), ("paused", "paused"), ("ended", "ended")],
                        default="on",
                        max_length=6,
                    ),
                ),
                ("paused_reason", models.CharField(blank=True, default="", max_length=300)),
                ("failures", models.PositiveIntegerField(default=0, help_text="runs in a row that failed")),
                ("failing_since", models.DateTimeField(null=True)),
                ("next_run_at", models.DateTimeField(null=True)),
                ("position", models.JSONField(null=True)),
                ("told", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.alliance"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.seat"
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "indexes": [
                    models.Index(condition=models.Q(("state", "on")), fields=["next_run_at"], name="connection_due")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["on", "paused", "ended"])), name="connection_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("every__in", ["day", "week", "month"])), name="connection_rhythm_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("at_hour__lte", 23)), name="connection_hour_of_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("every", "day"),
                            models.Q(("every", "week"), ("on_day__gte", 1), ("on_day__lte", 7)),
                            models.Q(("every", "month"), ("on_day__gte", 1), ("on_day__lte", 28)),
                            _connector="OR",
                        ),
                        name="connection_day_of_its_rhythm",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "on"), ("next_run_at__isnull", False)),
                            models.Q(models.Q(("state", "on"), _negated=True), ("next_run_at", None)),
                            _connector="OR",
                        ),
                        name="connection_runs_while_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failing_since", None), ("failures", 0)),
                            models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                            _connector="OR",
                        ),
                        name="connection_failing_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state", "ended")),
                            models.Q(models.Q(("state", "ended"), _negated=True), ("ended_at", None)),
                            _connector="OR",
                        ),
                        name="connection_ended_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paused_reason", ""), ("state", "paused"), _connector="OR"),
                        name="connection_paused_for_a_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ended"), _negated=True),
                        fields=("alliance", "name"),
                        name="connection_name_once_in_alliance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConnectionRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("schedule", "by schedule"),
                            ("person", "asked for"),
                            ("command", "by the command line"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("finished", "finished"),
                            ("stopped", "stopped, to be continued"),
                            ("failed", "failed"),
                        ],
                        default="running",
                        max_length=8,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("requests", models.PositiveIntegerField(default=0, help_text="calls to the other side")),
                ("asked", models.PositiveIntegerField(default=0, help_text="things asked for, or files found")),
                ("answered", models.PositiveIntegerField(default=0)),
                (
                    "unchanged",
                    models.PositiveIntegerField(default=0, help_text="answers that were here already, to the byte"),
                ),
                ("unknown", models.PositiveIntegerField(default=0, help_text="what the other side does not have")),
                ("failed", models.PositiveIntegerField(default=0, help_text="answers or files that were refused")),
                ("detail", models.CharField(blank=True, default="", max_length=1000)),
                ("notes", models.JSONField(blank=True, default=list)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="connections.connection"
                    ),
                ),
                ("imports", models.ManyToManyField(related_name="+", to="exchange.import")),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-begun_at", "-id"),
                "indexes": [models.Index(fields=["connection", "id"], name="connectionrun_by_connection")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "finished", "stopped", "failed"])),
                        name="connectionrun_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["schedule", "person", "command"])),
                        name="connectionrun_cause_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "running")),
                            models.Q(
                                models.Q(("state", "running"), _negated=True), ("ended_at__gte", models.F("begun_at"))
                            ),
                            _connector="OR",
                        ),
                        name="connectionrun_ended_when_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("stopped", "failed")), _negated=True),
                            models.Q(("detail", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="connectionrun_says_why",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("connection",),
                        name="connectionrun_one_at_a_time",
                    ),
                ],
            },
        ),
    ]
