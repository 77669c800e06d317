"""Rules that audits keep from now on, and those that ended before them need not.

An audit that was settled or cancelled can no longer be changed, so that what was not asked of it then cannot be filled
in: the conditions are not held against rows from before (NOT VALID), yet against every row that is written after. An
exclusion cannot be put so. It leaves out what was settled without saying what was charged, which only older audits did:
that no month of theirs is audited again is refused when an audit is proposed.
"""

import django.contrib.postgres.constraints
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audits", "0005_days_of_audits_under_way")]

    operations = [
        # A database of the days between has them as they were first written, and held against every row.
        migrations.RunSQL(
            [
                f"ALTER TABLE audits_audit DROP CONSTRAINT IF EXISTS {name}"
                for name in (
                    "audit_worked_out_wholly",
                    "audit_cancelled_by_two",
                    "audit_answer_has_its_days",
                    "audit_each_month_once",
                )
            ],
            migrations.RunSQL.noop,
        ),
        AddConstraintNotValid(
            model_name="audit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["calculated", "settled"]), _negated=True),
                    models.Q(
                        ("billed_minor__gte", 0),
                        ("billed_minor__isnull", False),
                        ("charge_month__isnull", False),
                        ("charged_minor__gte", 0),
                        ("charged_minor__isnull", False),
                        ("cost_minor__gte", 0),
                        ("due_minor__isnull", False),
                        ("interest_minor__gte", 0),
                        ("interest_until_on__isnull", False),
                        ("is_cost_shifted__isnull", False),
                        ("minimum_minor__gte", 0),
                        ("minimum_minor__isnull", False),
                        ("paid_minor__isnull", False),
                        ("shortfall_minor__gte", 0),
                    ),
                    _connector="OR",
                ),
                name="audit_worked_out_wholly",
            ),
        ),
        AddConstraintNotValid(
            model_name="audit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    ("noticed_on", None),
                    models.Q(
                        ("cancel_asked_by__isnull", False),
                        ("cancelled_by__isnull", False),
                        models.Q(("cancelled_by", models.F("cancel_asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="audit_cancelled_by_two",
            ),
        ),
        AddConstraintNotValid(
            model_name="audit",
            constraint=models.CheckConstraint(
                condition=models.Q(("handed_in_at", None), ("answer_until_on__isnull", False), _connector="OR"),
                name="audit_answer_has_its_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="audit",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    models.Q(("charged_minor", None), ("state", "settled"), _negated=True),
                ),
                expressions=[
                    (
                        models.Func(models.F("licence"), models.F("licence"), models.Value("[]"), function="uuidrange"),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("first_month"), models.F("last_month"), models.Value("[]"), function="daterange"
                        ),
                        "&&",
                    ),
                ],
                name="audit_each_month_once",
            ),
        ),
    ]
