"""Tax that is withheld from members abroad: by which rules, of which shares, and how it is paid on."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0009_waiver_rules"),
        ("identity", "0010_organisations_by_name"),
        ("ledger", "0005_as_they_are_now"),
        ("memberships", "0006_length_of_notice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxRemittance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("through_on", models.DateField(help_text="what was released by this day is in it")),
                ("amount_minor", models.BigIntegerField()),
                ("reference", models.CharField(help_text="of the declaration at the tax office", max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "To be confirmed"),
                            ("confirmed", "Confirmed"),
                            ("paid", "Paid"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="prepared",
                        max_length=10,
                    ),
                ),
                ("prepared_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("paid_on", models.DateField(blank=True, null=True)),
                (
                    "receipt",
                    models.CharField(
                        blank=True, help_text="number of the tax office's certificate of payment", max_length=100
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="why it is cancelled", max_length=500)),
            ],
            options={
                "verbose_name": "tax remittance",
                "ordering": ("-prepared_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="TreatyRelief",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("certificate", models.CharField(help_text="number of the certificate of residence", max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("entered", "To be confirmed"),
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
                ("reason", models.CharField(blank=True, help_text="why it is withdrawn", max_length=500)),
            ],
            options={
                "verbose_name": "treaty relief",
                "ordering": ("-entered_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Withholding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField()),
                ("country", models.CharField(max_length=2)),
                ("gross_minor", models.BigIntegerField()),
                ("set_off_minor", models.BigIntegerField(default=0)),
                ("base_minor", models.BigIntegerField()),
                ("percent", models.DecimalField(decimal_places=6, max_digits=9)),
                ("tax_minor", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "tax withheld",
                "verbose_name_plural": "taxes withheld",
                "ordering": ("-on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="WithholdingRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                ("percent", models.DecimalField(decimal_places=6, max_digits=9)),
                ("treaty_percent", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ("treaty", models.CharField(blank=True, max_length=300)),
                ("basis", models.CharField(max_length=300)),
            ],
            options={
                "verbose_name": "withholding rule",
                "ordering": ("operating_entity", "country", "-from_on"),
            },
        ),
        migrations.AddField(
            model_name="distributionitem",
            name="tax_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="distributionitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_minor", 0),
                    models.Q(("kind", "member"), ("tax_minor__gt", 0), ("tax_minor__lte", models.F("amount_minor"))),
                    _connector="OR",
                ),
                name="distributionitem_tax_is_part_of_it",
            ),
        ),
        migrations.AddField(
            model_name="taxremittance",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="taxremittance",
            name="entry",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
            ),
        ),
        migrations.AddField(
            model_name="taxremittance",
            name="operating_entity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tax_remittances",
                to="identity.operatingentity",
            ),
        ),
        migrations.AddField(
            model_name="taxremittance",
            name="prepared_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="treatyrelief",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="treatyrelief",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="treatyrelief",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="treaty_reliefs", to="memberships.membership"
            ),
        ),
        migrations.AddField(
            model_name="treatyrelief",
            name="operating_entity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="treaty_reliefs",
                to="identity.operatingentity",
            ),
        ),
        migrations.AddField(
            model_name="treatyrelief",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="withholding",
            name="item",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withholding",
                to="distribution.distributionitem",
            ),
        ),
        migrations.AddField(
            model_name="withholding",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="withholdings", to="memberships.membership"
            ),
        ),
        migrations.AddField(
            model_name="withholding",
            name="relief",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withholdings",
                to="distribution.treatyrelief",
            ),
        ),
        migrations.AddField(
            model_name="withholding",
            name="remittance",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withholdings",
                to="distribution.taxremittance",
            ),
        ),
        migrations.AddField(
            model_name="withholdingrule",
            name="operating_entity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withholding_rules",
                to="identity.operatingentity",
            ),
        ),
        migrations.AddField(
            model_name="withholding",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withholdings",
                to="distribution.withholdingrule",
            ),
        ),
        migrations.AddIndex(
            model_name="taxremittance",
            index=models.Index(fields=["prepared_at", "id"], name="taxremittance_by_preparing"),
        ),
        migrations.AddConstraint(
            model_name="taxremittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="taxremittance_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxremittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("reference", ""), _negated=True), name="taxremittance_is_declared"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxremittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["prepared", "confirmed", "paid", "cancelled"])),
                name="taxremittance_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxremittance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "prepared")),
                fields=("operating_entity", "currency"),
                name="taxremittance_one_to_confirm",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxremittance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_at", None),
                        ("confirmed_by", None),
                        ("entry", None),
                        ("paid_on", None),
                        ("reason", ""),
                        ("receipt", ""),
                        ("state", "prepared"),
                    ),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        ("entry", None),
                        ("paid_on", None),
                        ("reason", ""),
                        ("receipt", ""),
                        ("state", "confirmed"),
                    ),
                    models.Q(
                        ("confirmed_by__isnull", False),
                        ("entry__isnull", False),
                        ("paid_on__isnull", False),
                        ("reason", ""),
                        ("state", "paid"),
                    ),
                    models.Q(
                        ("entry", None),
                        ("paid_on", None),
                        ("receipt", ""),
                        ("state", "cancelled"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="taxremittance_state_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxremittance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("prepared_by")), _negated=True),
                    _connector="OR",
                ),
                name="taxremittance_two_people",
            ),
        ),
        migrations.AddIndex(
            model_name="treatyrelief",
            index=models.Index(fields=["entered_at", "id"], name="treatyrelief_by_entry"),
        ),
        migrations.AddConstraint(
            model_name="treatyrelief",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="treatyrelief_country_is_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="treatyrelief",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on__gte", models.F("from_on"))), name="treatyrelief_days_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="treatyrelief",
            constraint=models.CheckConstraint(
                condition=models.Q(("certificate", ""), _negated=True), name="treatyrelief_is_proved"
            ),
        ),
        migrations.AddConstraint(
            model_name="treatyrelief",
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
                name="treatyrelief_state_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="treatyrelief",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                    _connector="OR",
                ),
                name="treatyrelief_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.UniqueConstraint(
                fields=("operating_entity", "country", "from_on"), name="withholdingrule_once_from_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="withholdingrule_country_is_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lt", 100)), name="withholdingrule_percent_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("treaty", ""), ("treaty_percent", None)),
                    models.Q(
                        ("treaty_percent__gte", 0),
                        ("treaty_percent__lte", models.F("percent")),
                        models.Q(("treaty", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="withholdingrule_treaty_lowers",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on", None), ("until_on__gte", models.F("from_on")), _connector="OR"),
                name="withholdingrule_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis", ""), _negated=True), name="withholdingrule_has_a_basis"
            ),
        ),
        migrations.AddIndex(
            model_name="withholding",
            index=models.Index(fields=["on", "id"], name="withholding_by_day"),
        ),
        migrations.AddConstraint(
            model_name="withholding",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="withholding_country_is_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="withholding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "base_minor",
                        django.db.models.expressions.CombinedExpression(
                            models.F("gross_minor"), "-", models.F("set_off_minor")
                        ),
                    ),
                    ("base_minor__gte", 0),
                    ("gross_minor__gt", 0),
                    ("set_off_minor__gte", 0),
                ),
                name="withholding_base_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("percent__gte", 0),
                    ("percent__lt", 100),
                    (
                        "tax_minor",
                        django.db.models.functions.math.Round(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("base_minor"), "*", models.F("percent")
                                ),
                                "/",
                                models.Value(100),
                            )
                        ),
                    ),
                ),
                name="withholding_tax_is_of_the_base",
            ),
        ),
    ]
