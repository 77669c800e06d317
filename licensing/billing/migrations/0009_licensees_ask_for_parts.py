"""A licensee may ask to pay an invoice in parts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from platform_core.database_rules import GoBackUnless, ImmutableWhen, Instead

PARTS = """
CREATE OR REPLACE FUNCTION billing_instalmentplan_parts() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF cardinality(NEW.due_days) < 2 OR cardinality(NEW.due_days) <> cardinality(NEW.part_amounts_minor)
        OR NEW.amount_minor <> (SELECT sum(part) FROM unnest(NEW.part_amounts_minor) AS part)
        OR EXISTS (SELECT 1 FROM unnest(NEW.part_amounts_minor) AS part WHERE part IS NULL OR part <= 0)
        OR EXISTS (SELECT 1 FROM generate_series(2, cardinality(NEW.due_days)) AS place
            WHERE (NEW.due_days[place] > NEW.due_days[place - 1]) IS NOT TRUE) THEN
        RAISE EXCEPTION 'the parts of a plan add up to its amount, one after the other'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instalmentplan_adds_up', TABLE = 'billing_instalmentplan';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state NOT IN ('asked', 'proposed') AND NEW.state <> OLD.state
        AND NOT (OLD.state = 'agreed' AND NEW.state = 'replaced') THEN
        RAISE EXCEPTION 'a plan that was decided is replaced only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instalmentplan_decided_once',
            TABLE = 'billing_instalmentplan';
    END IF;
    RETURN NEW;
END $rule$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION billing_instalmentplan_parts() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF cardinality(NEW.due_days) < 2 OR cardinality(NEW.due_days) <> cardinality(NEW.part_amounts_minor)
        OR NEW.amount_minor <> (SELECT sum(part) FROM unnest(NEW.part_amounts_minor) AS part)
        OR EXISTS (SELECT 1 FROM unnest(NEW.part_amounts_minor) AS part WHERE part IS NULL OR part <= 0)
        OR EXISTS (SELECT 1 FROM generate_series(2, cardinality(NEW.due_days)) AS place
            WHERE (NEW.due_days[place] > NEW.due_days[place - 1]) IS NOT TRUE) THEN
        RAISE EXCEPTION 'the parts of a plan add up to its amount, one after the other'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instalmentplan_adds_up', TABLE = 'billing_instalmentplan';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'proposed' AND NEW.state <> OLD.state
        AND NOT (OLD.state = 'agreed' AND NEW.state = 'replaced') THEN
        RAISE EXCEPTION 'a plan that was decided is replaced only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instalmentplan_decided_once',
            TABLE = 'billing_instalmentplan';
    END IF;
    RETURN NEW;
END $rule$;
"""


class Migration(migrations.Migration):
    """Plans that a licensee asked for, with who did and what it was answered."""

    dependencies = [
        ("billing", "0008_instalment_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="instalmentplan",
            name="instalmentplan_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="instalmentplan",
            name="instalmentplan_decided_by_someone",
        ),
        migrations.AddField(
            model_name="instalmentplan",
            name="answer",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="instalmentplan",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="instalmentplan",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="instalmentplan",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "Asked for by the licensee"),
                    ("proposed", "Waiting for a second person"),
                    ("agreed", "In force"),
                    ("refused", "Refused"),
                    ("withdrawn", "Withdrawn"),
                    ("replaced", "Another one took its place"),
                ],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "proposed", "agreed", "refused", "withdrawn", "replaced"])),
                name="instalmentplan_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")), fields=("invoice",), name="instalmentplan_one_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_at", None), ("asked_by", None)),
                    models.Q(("asked_at__isnull", False), ("asked_by__isnull", False)),
                    _connector="OR",
                ),
                name="instalmentplan_asked_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "asked"), _negated=True), ("asked_by", models.F("proposed_by")), _connector="OR"
                ),
                name="instalmentplan_is_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("proposed", "agreed", "replaced")), _negated=True),
                    ("asked_by", None),
                    models.Q(
                        models.Q(("proposed_by", models.F("asked_by")), _negated=True),
                        models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="instalmentplan_accepted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    ("asked_by", None),
                    models.Q(("answer", ""), _negated=True),
                    _connector="OR",
                ),
                name="instalmentplan_refused_with_an_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("state__in", ("asked", "proposed"))),
                    models.Q(
                        models.Q(("state__in", ("asked", "proposed")), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="instalmentplan_decided_by_someone",
            ),
        ),
        migrations.RunSQL(PARTS, BEFORE),
        Instead(
            ImmutableWhen("billing_instalmentplan", "OLD.state <> 'proposed'", ("state",)),
            ImmutableWhen("billing_instalmentplan", "OLD.state NOT IN ('asked', 'proposed')", ("state",)),
        ),
        GoBackUnless(
            "SELECT 1 FROM billing_instalmentplan WHERE asked_by_id IS NOT NULL",
            "Licensees asked to pay invoices in parts, which the version before could not keep. Stay at this version, or "
            "restore a backup from before.",
        ),
    ]
