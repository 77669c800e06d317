"""A share may be paid without a tax invoice, as one person asks and another agrees."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0007_member_invoice_rules"),
        ("documents", "0002_append_only"),
        ("memberships", "0006_length_of_notice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="memberinvoice",
            name="memberinvoice_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="memberinvoice",
            name="memberinvoice_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="memberinvoice",
            name="memberinvoice_decided_by_someone",
        ),
        migrations.AddField(
            model_name="memberinvoice",
            name="waiver_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="memberinvoice",
            name="waiver_asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="memberinvoice",
            name="waiver_reason",
            field=models.CharField(blank=True, default="", help_text="why no tax invoice fits", max_length=500),
        ),
        migrations.AlterField(
            model_name="memberinvoice",
            name="state",
            field=models.CharField(
                choices=[
                    ("awaited", "Awaited from the member"),
                    ("recorded", "To be checked"),
                    ("sent_back", "Sent back to the member"),
                    ("accepted", "Accepted"),
                    ("waiving", "To be waived"),
                    ("exempt", "Exempt"),
                ],
                default="awaited",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["awaited", "recorded", "sent_back", "accepted", "waiving", "exempt"])
                ),
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
                        ("state__in", ("awaited", "waiving", "exempt")),
                        ("tax_minor", None),
                    ),
                    models.Q(
                        models.Q(("state__in", ("awaited", "waiving", "exempt")), _negated=True),
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
                        ("state__in", ("awaited", "recorded", "waiving")),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("reason", ""),
                        ("state__in", ("accepted", "exempt")),
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
                    models.Q(
                        ("state__in", ("waiving", "exempt")),
                        ("waiver_asked_at__isnull", False),
                        ("waiver_asked_by__isnull", False),
                        models.Q(("waiver_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state__in", ("waiving", "exempt")), _negated=True),
                        ("waiver_asked_at", None),
                        ("waiver_asked_by", None),
                        ("waiver_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="memberinvoice_waiver_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("waiver_asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="memberinvoice_waived_by_two",
            ),
        ),
    ]
