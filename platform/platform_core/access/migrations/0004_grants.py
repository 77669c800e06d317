"""Rights given by hand: what was given is never rewritten, only ended."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import platform_core.ids
from platform_core.database_rules import ImmutableWhen


class Migration(migrations.Migration):
    """Make the table of grants."""

    dependencies = [
        ("access", "0003_staff_sessions"),
        ("identity", "0002_roles_do_not_overlap"),
    ]

    operations = [
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_type", models.CharField(max_length=100)),
                ("subject_id", models.UUIDField()),
                (
                    "holder",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce("seat", "organisation"),
                        output_field=models.UUIDField(),
                    ),
                ),
                (
                    "actions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), blank=True, default=list, size=None
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("site_admin", "Site administrator"),
                            ("secretariat", "Secretariat"),
                            ("operator", "Operator"),
                            ("operations_head", "Head of operations"),
                            ("committee", "Investment committee"),
                            ("finance", "Finance"),
                            ("legal", "Legal"),
                            ("member_admin", "Member: administrator"),
                            ("member_staff", "Member: staff"),
                            ("member_finance", "Member: finance"),
                            ("member_negotiator", "Member: negotiator"),
                            ("prospect", "Prospect"),
                            ("licensee", "Licensee"),
                            ("patent_agent", "Patent agent"),
                            ("annuity_provider", "Annuity provider"),
                            ("pledgee_bank", "Pledgee bank"),
                            ("fund_investor", "Fund investor"),
                            ("evaluator", "Evaluator"),
                            ("expert", "Expert"),
                            ("auditor", "Auditor of a licensee"),
                            ("close_auditor", "Auditor of a close"),
                            ("neutral", "Neutral"),
                            ("authority", "Authority"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("granted_at", models.DateTimeField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revocation_reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "alliance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.alliance",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants_given", to="identity.seat"
                    ),
                ),
                (
                    "operating_entity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.operatingentity",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="identity.organisation",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.seat",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="identity.seat",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id", "id"], name="grant_by_subject"),
                    models.Index(fields=["holder", "ends_at"], name="grant_by_holder"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organisation__isnull", False), ("seat__isnull", True)),
                            models.Q(("organisation__isnull", True), ("seat__isnull", False)),
                            _connector="OR",
                        ),
                        name="grant_to_seat_or_organisation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actions__len__gt", 0), ("role", "")),
                            models.Q(
                                ("actions__len", 0),
                                ("organisation__isnull", True),
                                (
                                    "role__in",
                                    [
                                        "site_admin",
                                        "secretariat",
                                        "operator",
                                        "operations_head",
                                        "committee",
                                        "finance",
                                        "legal",
                                        "member_admin",
                                        "member_staff",
                                        "member_finance",
                                        "member_negotiator",
                                        "prospect",
                                        "licensee",
                                        "patent_agent",
                                        "annuity_provider",
                                        "pledgee_bank",
                                        "fund_investor",
                                        "evaluator",
                                        "expert",
                                        "auditor",
                                        "close_auditor",
                                        "neutral",
                                        "authority",
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="grant_of_actions_or_of_role_to_seat",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="grant_reason_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gte", models.F("starts_at"))), name="grant_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("revocation_reason", ""), ("revoked_at__isnull", True), ("revoked_by__isnull", True)
                            ),
                            models.Q(("revoked_at__isnull", False), models.Q(("revocation_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="grant_revocation_told_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject_type__regex", "^[a-z_]+\\.[a-z_]+$")),
                        name="grant_subject_type_form",
                    ),
                    models.UniqueConstraint(
                        fields=("id", "holder", "starts_at", "ends_at"), name="grant_with_its_terms"
                    ),
                ],
            },
        ),
        # The holder is computed after this rule is asked, from columns that it keeps.
        ImmutableWhen(
            "access_grant",
            "true",
            may_change=["ends_at", "revoked_at", "revoked_by_id", "revocation_reason", "holder"],
        ),
    ]
