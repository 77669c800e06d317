"""Rates of exchange that two people stand for, and what members are owed converted at them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0011_tax_withheld_rules"),
        ("identity", "0010_organisations_by_name"),
        ("ledger", "0005_as_they_are_now"),
        ("memberships", "0006_length_of_notice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RateSheet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ecb", "Reference rates of the European Central Bank"),
                            ("manual", "Written down by finance"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("content_sha256", models.CharField(blank=True, max_length=64)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("rates_count", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("entered", "Brought, to be confirmed"),
                            ("confirmed", "Confirmed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="entered",
                        max_length=10,
                    ),
                ),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "operating_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rate_sheets",
                        to="identity.operatingentity",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "table of rates",
                "verbose_name_plural": "tables of rates",
                "ordering": ("-entered_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Conversion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source_currency", models.CharField(max_length=3)),
                ("target_currency", models.CharField(max_length=3)),
                ("source_minor", models.BigIntegerField()),
                ("target_minor", models.BigIntegerField()),
                ("rate", models.DecimalField(decimal_places=12, max_digits=30)),
                ("rate_on", models.DateField()),
                ("made_of", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drafted", "To be confirmed"),
                            ("confirmed", "Confirmed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="drafted",
                        max_length=10,
                    ),
                ),
                ("drafted_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, help_text="why it is cancelled", max_length=500)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversions",
                        to="distribution.distributionitem",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversions",
                        to="memberships.membership",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversions",
                        to="distribution.ratesheet",
                    ),
                ),
            ],
            options={
                "ordering": ("-drafted_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ReferenceRate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField()),
                ("base", models.CharField(max_length=3)),
                ("quote", models.CharField(max_length=3)),
                ("rate", models.DecimalField(decimal_places=12, max_digits=30)),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rates",
                        to="distribution.ratesheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "reference rate",
                "ordering": ("sheet", "-on", "base", "quote"),
            },
        ),
        migrations.AddIndex(
            model_name="ratesheet",
            index=models.Index(fields=["entered_at", "id"], name="ratesheet_by_entry"),
        ),
        migrations.AddConstraint(
            model_name="ratesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), ("rates_count__gte", 1)),
                name="ratesheet_has_rates",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["ecb", "manual"])), name="ratesheet_source_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_at", None),
                        ("confirmed_by", None),
                        ("reason", ""),
                        ("state", "entered"),
                        ("withdrawn_at", None),
                    ),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        ("reason", ""),
                        ("state", "confirmed"),
                        ("withdrawn_at", None),
                    ),
                    models.Q(
                        ("state", "withdrawn"),
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ratesheet_state_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                    _connector="OR",
                ),
                name="ratesheet_two_people",
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(fields=["drafted_at", "id"], name="conversion_by_drafting"),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "drafted")),
                fields=("item", "target_currency"),
                name="conversion_one_to_confirm",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate__gt", 0), ("source_minor__gt", 0), ("target_minor__gt", 0)),
                name="conversion_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source_currency__regex", "^[A-Z]{3}$"),
                    ("target_currency__regex", "^[A-Z]{3}$"),
                    models.Q(("source_currency", models.F("target_currency")), _negated=True),
                ),
                name="conversion_between_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_at", None),
                        ("confirmed_by", None),
                        ("entry", None),
                        ("reason", ""),
                        ("state", "drafted"),
                    ),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        ("entry__isnull", False),
                        ("reason", ""),
                        ("state", "confirmed"),
                    ),
                    models.Q(
                        ("confirmed_at", None),
                        ("entry", None),
                        ("state", "cancelled"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="conversion_state_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="conversion_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="referencerate",
            constraint=models.UniqueConstraint(fields=("sheet", "on", "base", "quote"), name="referencerate_once"),
        ),
        migrations.AddConstraint(
            model_name="referencerate",
            constraint=models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="referencerate_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="referencerate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("base__regex", "^[A-Z]{3}$"),
                    ("quote__regex", "^[A-Z]{3}$"),
                    models.Q(("base", models.F("quote")), _negated=True),
                ),
                name="referencerate_between_two",
            ),
        ),
    ]
