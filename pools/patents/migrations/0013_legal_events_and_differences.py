"""What offices announced of patents, and where what others say contradicts our record of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0001_initial"),
        ("patents", "0012_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="of_import",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="patent_source",
                to="exchange.import",
            ),
        ),
        migrations.CreateModel(
            name="ImportedEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField()),
                ("publication_key", models.CharField(blank=True, max_length=64)),
                ("application_key", models.CharField(blank=True, max_length=64)),
                ("office", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=10)),
                ("announced_on", models.DateField()),
                ("effective_on", models.DateField(null=True)),
                ("at_office", models.CharField(blank=True, max_length=2)),
                ("at_code", models.CharField(blank=True, max_length=20)),
                ("text", models.TextField(blank=True)),
                ("document", models.CharField(blank=True, max_length=64)),
                ("told", models.JSONField(default=dict)),
                (
                    "of_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exchange.import"
                    ),
                ),
            ],
            options={
                "verbose_name": "legal event of an import",
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("field", models.CharField(max_length=20)),
                ("own", models.JSONField(default=list)),
                ("office", models.JSONField(blank=True, default=list)),
                ("docket", models.JSONField(blank=True, default=list)),
                ("risk", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open 待处理"),
                            ("accepted", "accepted 已采纳"),
                            ("kept", "kept ours 保留本方"),
                            ("settled", "settled 已一致"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "own records 自有记录"),
                            ("office", "patent office 专利局"),
                            ("docket", "agent's docket 代理机构案卷"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("version", models.PositiveIntegerField(default=1)),
                ("noted_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "docket_source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patents.source",
                    ),
                ),
                (
                    "office_source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patents.source",
                    ),
                ),
                (
                    "patent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="patents.patent",
                    ),
                ),
            ],
            options={
                "ordering": ("-risk", "-id"),
                "indexes": [models.Index(fields=["state", "risk", "id"], name="difference_by_risk")],
                "constraints": [
                    models.UniqueConstraint(fields=("patent", "field"), name="difference_once_of_field"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "accepted", "kept", "settled"])),
                        name="difference_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "kept"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="difference_kept_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("side", ""), ("state__in", ("open", "settled"))),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ("accepted", "kept")),
                                models.Q(("side", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="difference_is_decided_or_not",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("office", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=10)),
                ("announced_on", models.DateField()),
                ("effective_on", models.DateField(blank=True, null=True)),
                ("at_office", models.CharField(blank=True, max_length=2)),
                ("at_code", models.CharField(blank=True, max_length=20)),
                ("text", models.TextField(blank=True)),
                ("document", models.CharField(blank=True, max_length=64)),
                ("told", models.JSONField(blank=True, default=dict)),
                (
                    "patent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_events",
                        to="patents.patent",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patents.source"
                    ),
                ),
            ],
            options={
                "ordering": ("patent", "announced_on", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("patent", "announced_on", "office", "code", "at_office", "at_code"),
                        name="legal_event_once_of_patent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("office__regex", "^[A-Z]{2}$")), name="legal_event_office_is_two_letters"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="legal_event_code_is_given"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("values", models.JSONField()),
                (
                    "patent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outside_records",
                        to="patents.patent",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patents.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "outside record",
                "ordering": ("patent", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("patent", "source"), name="outside_record_once_of_source")
                ],
            },
        ),
    ]
