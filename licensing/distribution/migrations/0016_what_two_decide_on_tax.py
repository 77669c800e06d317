"""Rates of tax take two people, and what two decided on a remittance is taken back by two.

Rules that are there count as confirmed: they have been in use. Remittances that were cancelled before do not say by
whom, and can no longer be changed: the condition is held against every row that is written from now on.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0015_breakdown_rules"),
        ("identity", "0010_organisations_by_name"),
        ("ledger", "0005_as_they_are_now"),
        ("treasury", "0008_held_payout_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RemittanceUndoing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "undoes",
                    models.CharField(
                        choices=[
                            ("prepared", "To be confirmed"),
                            ("confirmed", "Confirmed"),
                            ("paid", "Paid"),
                            ("cancelled", "Cancelled"),
                        ],
                        help_text="confirmed or paid, as it stood then",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("is_agreed", models.BooleanField(help_text="blank: it waits", null=True)),
                (
                    "paid_on",
                    models.DateField(blank=True, help_text="from when the books said that it was paid", null=True),
                ),
                ("undone_on", models.DateField(blank=True, help_text="from when they no longer do", null=True)),
            ],
            options={
                "verbose_name": "undoing of a tax remittance",
                "ordering": ("remittance", "asked_at", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="withholdingrule",
            name="withholdingrule_once_from_a_day",
        ),
        migrations.AddField(
            model_name="taxremittance",
            name="cancelled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="taxremittance",
            name="cancelled_by",
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
            name="line",
            field=models.OneToOneField(
                blank=True,
                help_text="by which it was paid",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="treasury.statementline",
            ),
        ),
        migrations.AddField(
            model_name="withholdingrule",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="withholdingrule",
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
            model_name="withholdingrule",
            name="recorded_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="withholdingrule",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="withholdingrule",
            name="replaced_at",
            field=models.DateTimeField(blank=True, help_text="when another was confirmed in its place", null=True),
        ),
        migrations.AddField(
            model_name="withholdingrule",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, help_text="when it was taken back before it counted", null=True),
        ),
        migrations.AddField(
            model_name="withholdingrule",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="taxremittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("line", None), ("state", "paid"), _connector="OR"),
                name="taxremittance_line_of_what_is_paid",
            ),
        ),
        AddConstraintNotValid(
            model_name="taxremittance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False), ("state", "cancelled")),
                    models.Q(
                        models.Q(("state", "cancelled"), _negated=True), ("cancelled_at", None), ("cancelled_by", None)
                    ),
                    _connector="OR",
                ),
                name="taxremittance_cancelled_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", False), ("replaced_at", None)),
                fields=("operating_entity", "country", "from_on"),
                name="withholdingrule_once_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at", None), ("withdrawn_at", None)),
                fields=("operating_entity", "country", "from_on"),
                name="withholdingrule_recorded_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("confirmed_by", None)),
                    models.Q(("confirmed_at__isnull", False), ("recorded_by", None)),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="withholdingrule_confirmed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_at", None), ("confirmed_at__isnull", False), _connector="OR"),
                name="withholdingrule_replaced_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholdingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                    models.Q(("confirmed_at", None), ("withdrawn_at__isnull", False)),
                    _connector="OR",
                ),
                name="withholdingrule_withdrawn_unconfirmed",
            ),
        ),
        migrations.AddField(
            model_name="remittanceundoing",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="remittanceundoing",
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
            model_name="remittanceundoing",
            name="remittance",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="undoings", to="distribution.taxremittance"
            ),
        ),
        migrations.AddField(
            model_name="remittanceundoing",
            name="freed",
            field=models.ForeignKey(
                blank=True,
                help_text="the line that was for something else; blank: the payment came back, and both lines stay",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="treasury.statementline",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittanceundoing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_agreed", None)), fields=("remittance",), name="remittanceundoing_one_to_decide"
            ),
        ),
        migrations.AddConstraint(
            model_name="remittanceundoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("undoes__in", ("confirmed", "paid"))), name="remittanceundoing_of_what_two_decided"
            ),
        ),
        migrations.AddConstraint(
            model_name="remittanceundoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="remittanceundoing_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="remittanceundoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("is_agreed", None)),
                    models.Q(
                        ("decided_at__isnull", False), ("decided_by__isnull", False), ("is_agreed__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="remittanceundoing_decided_wholly",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittanceundoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_agreed", True), _negated=True),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="remittanceundoing_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittanceundoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_on", None), ("undoes", "confirmed"), ("undone_on", None)),
                    models.Q(("is_agreed", None), ("paid_on", None), ("undone_on", None)),
                    models.Q(("is_agreed", False), ("paid_on", None), ("undone_on", None)),
                    models.Q(
                        ("is_agreed", True),
                        ("is_agreed__isnull", False),
                        ("paid_on__isnull", False),
                        ("undoes", "paid"),
                        ("undone_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="remittanceundoing_says_which_days",
            ),
        ),
    ]
