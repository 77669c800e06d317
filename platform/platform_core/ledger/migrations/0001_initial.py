"""Accounts and entries, as double entry has them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    """The tables; what holds of them beyond Django's constraints stands in the next one."""

    initial = True

    dependencies = [
        ("identity", "0010_organisations_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("royalties", "Royalties"),
                            ("custody_deposits", "Custody deposits"),
                            ("case_costs", "Case costs"),
                        ],
                        max_length=20,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("label", models.CharField(blank=True, max_length=100)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
                (
                    "operating_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="identity.operatingentity",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger account",
                "ordering": ("operating_entity", "purpose", "kind", "currency", "id"),
                "indexes": [models.Index(fields=["holder", "id"], name="ledgeraccount_by_holder")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("operating_entity", "holder", "kind", "purpose", "currency", "label"),
                        name="ledgeraccount_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["royalties", "custody_deposits", "case_costs"])),
                        name="ledgeraccount_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="ledgeraccount_currency_is_a_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", ""), _negated=True), name="ledgeraccount_kind_is_given"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookClosing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("closed_through", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "operating_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="book_closings",
                        to="identity.operatingentity",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "closing of the books",
                "verbose_name_plural": "closings of the books",
                "ordering": ("operating_entity", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("operating_entity", "number"), name="bookclosing_numbered"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="bookclosing_counts_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveBigIntegerField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("royalties", "Royalties"),
                            ("custody_deposits", "Custody deposits"),
                            ("case_costs", "Case costs"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.UUIDField()),
                ("name", models.CharField(max_length=100)),
                ("effective_on", models.DateField()),
                ("booked_at", models.DateTimeField()),
                ("subject_type", models.CharField(max_length=100)),
                ("subject_id", models.UUIDField()),
                ("memo", models.CharField(blank=True, max_length=500)),
                ("work", models.CharField(blank=True, max_length=100)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "operating_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="identity.operatingentity",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="ledger.entry",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ("operating_entity", "number"),
                "indexes": [models.Index(fields=["subject_type", "subject_id"], name="ledgerentry_by_subject")],
                "constraints": [
                    models.UniqueConstraint(fields=("operating_entity", "number"), name="ledgerentry_numbered"),
                    models.UniqueConstraint(fields=("operating_entity", "key"), name="ledgerentry_booked_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="ledgerentry_counts_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["royalties", "custody_deposits", "case_costs"])),
                        name="ledgerentry_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reverses", models.F("id")), _negated=True),
                        name="ledgerentry_reverses_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("effective_on", models.DateField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.account",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger posting",
                "ordering": ("entry", "place"),
                "indexes": [
                    models.Index(
                        fields=["account", "effective_on", "id"], include=("amount_minor",), name="posting_by_account"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "place"), name="posting_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True), name="posting_moves_something"
                    ),
                ],
            },
        ),
    ]
