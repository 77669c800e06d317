"""The tax invoices that members give before they are paid, and by which terms."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0005_earlier_rules"),
        ("documents", "0002_append_only"),
        ("identity", "0010_organisations_by_name"),
        ("memberships", "0006_length_of_notice"),
        ("terms", "0003_report_days"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MemberInvoiceTerms",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("from_on", models.DateField()),
                ("is_needed", models.BooleanField()),
                ("percent", models.DecimalField(decimal_places=6, default=0, max_digits=9)),
                (
                    "membership",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_invoice_terms",
                        to="memberships.membership",
                    ),
                ),
                (
                    "operating_entity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_invoice_terms",
                        to="identity.operatingentity",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_invoice_terms",
                        to="terms.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "member invoice terms",
                "verbose_name_plural": "member invoice terms",
                "ordering": ("operating_entity", "-from_on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="MemberInvoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("percent", models.DecimalField(decimal_places=6, max_digits=9)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awaited", "Awaited from the member"),
                            ("recorded", "To be checked"),
                            ("sent_back", "Sent back to the member"),
                            ("accepted", "Accepted"),
                        ],
                        default="awaited",
                        max_length=10,
                    ),
                ),
                (
                    "number",
                    models.CharField(blank=True, help_text="号码: 20 digits, or 8 beside a code", max_length=20),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, help_text="代码: 10 or 12 digits; blank on a fully digital one", max_length=12
                    ),
                ),
                ("issued_on", models.DateField(blank=True, null=True)),
                (
                    "given_minor",
                    models.BigIntegerField(blank=True, help_text="what it is of, tax included (价税合计)", null=True),
                ),
                ("tax_minor", models.BigIntegerField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, help_text="why it was sent back", max_length=500)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_invoice",
                        to="distribution.distributionitem",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_invoices",
                        to="memberships.membership",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_invoices",
                        to="distribution.memberinvoiceterms",
                    ),
                ),
            ],
            options={
                "verbose_name": "member invoice",
                "ordering": ("asked_at", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="memberinvoiceterms",
            constraint=models.UniqueConstraint(
                fields=("operating_entity", "programme", "membership", "from_on"),
                name="memberinvoiceterms_once_from_a_day",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoiceterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lt", 100)), name="memberinvoiceterms_percent_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoiceterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_needed", True), ("percent", 0), _connector="OR"),
                name="memberinvoiceterms_tax_where_needed",
            ),
        ),
        migrations.AddIndex(
            model_name="memberinvoice",
            index=models.Index(fields=["asked_at", "id"], name="memberinvoice_by_asking"),
        ),
        migrations.AddConstraint(
            model_name="memberinvoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("membership", "code", "number"),
                name="memberinvoice_given_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="memberinvoice_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["awaited", "recorded", "sent_back", "accepted"])),
                name="memberinvoice_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("code", ""),
                        ("document", None),
                        ("given_minor", None),
                        ("issued_on", None),
                        ("number", ""),
                        ("recorded_at", None),
                        ("recorded_by", None),
                        ("state", "awaited"),
                        ("tax_minor", None),
                    ),
                    models.Q(
                        models.Q(("state", "awaited"), _negated=True),
                        ("code__regex", "^([0-9]{10}|[0-9]{12})?$"),
                        ("number__regex", "^([0-9]{8}|[0-9]{20})$"),
                        ("document__isnull", False),
                        ("given_minor", models.F("amount_minor")),
                        ("issued_on__isnull", False),
                        ("recorded_at__isnull", False),
                        ("recorded_by__isnull", False),
                        ("tax_minor__gte", 0),
                    ),
                    _connector="OR",
                ),
                name="memberinvoice_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("reason", ""),
                        ("state__in", ("awaited", "recorded")),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("reason", ""),
                        ("state", "accepted"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("state", "sent_back"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="memberinvoice_decided_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("recorded_by")), _negated=True),
                    _connector="OR",
                ),
                name="memberinvoice_two_people",
            ),
        ),
    ]
