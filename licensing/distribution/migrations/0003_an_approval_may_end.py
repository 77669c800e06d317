"""What was approved can be sent back or given up; and no distribution is of a day before the last one's."""

from django.db import migrations

BEFORE = """
CREATE OR REPLACE FUNCTION distribution_run_moves() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    may_change text[];
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'distributions are kept: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'a distribution begins as a draft'
                USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status IN ('closed', 'cancelled') THEN
        RAISE EXCEPTION 'this distribution is % and can no longer be changed', OLD.status
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'calculated'), ('draft', 'cancelled'),
        ('calculated', 'draft'), ('calculated', 'cancelled'), ('calculated', 'reviewed'),
        ('reviewed', 'draft'), ('reviewed', 'calculated'), ('reviewed', 'cancelled'), ('reviewed', 'approved'),
        ('approved', 'released'), ('released', 'closed')
    ) THEN
        RAISE EXCEPTION 'a distribution does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF (NEW.id, NEW.programme_id, NEW.number, NEW.through_on, NEW.currency, NEW.opened_at)
        IS DISTINCT FROM (OLD.id, OLD.programme_id, OLD.number, OLD.through_on, OLD.currency, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'a distribution keeps its programme, number and day'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF OLD.status IN ('approved', 'released') OR NEW.status = 'approved' THEN
        may_change := CASE
            WHEN OLD.status = 'released' THEN ARRAY['status', 'closed_at']
            WHEN OLD.status = 'approved' THEN ARRAY['status', 'released_at', 'released_by_id', 'objections_until',
                                                    'entry_id', 'published', 'fingerprint']
            ELSE ARRAY['status', 'approved_at', 'approved_by_id'] END;
        IF to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
            RAISE EXCEPTION 'what was approved of a distribution can no longer be changed'
                USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
        END IF;
    END IF;
    IF NEW.status = 'approved' AND OLD.status <> 'approved' THEN
        PERFORM distribution_check_sums(NEW.id, NEW.total_minor);
    END IF;
    RETURN NEW;
END $rule$
"""

NOW = """
CREATE OR REPLACE FUNCTION distribution_run_moves() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    may_change text[];
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'distributions are kept: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'a distribution begins as a draft'
                USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
        END IF;
        -- What came between two days would be clawed back, though it is there.
        IF EXISTS (
            SELECT 1 FROM distribution_distributionrun
             WHERE programme_id = NEW.programme_id AND status IN ('released', 'closed')
               AND through_on > NEW.through_on
        ) THEN
            RAISE EXCEPTION 'a distribution of a later day was made already'
                USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status IN ('closed', 'cancelled') THEN
        RAISE EXCEPTION 'this distribution is % and can no longer be changed', OLD.status
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'calculated'), ('draft', 'cancelled'),
        ('calculated', 'draft'), ('calculated', 'cancelled'), ('calculated', 'reviewed'),
        ('reviewed', 'draft'), ('reviewed', 'calculated'), ('reviewed', 'cancelled'), ('reviewed', 'approved'),
        ('approved', 'released'), ('approved', 'draft'), ('approved', 'cancelled'), ('released', 'closed')
    ) THEN
        RAISE EXCEPTION 'a distribution does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF (NEW.id, NEW.programme_id, NEW.number, NEW.through_on, NEW.currency, NEW.opened_at)
        IS DISTINCT FROM (OLD.id, OLD.programme_id, OLD.number, OLD.through_on, OLD.currency, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'a distribution keeps its programme, number and day'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF OLD.status IN ('approved', 'released') OR NEW.status = 'approved' THEN
        may_change := CASE
            WHEN OLD.status = 'released' THEN ARRAY['status', 'closed_at']
            WHEN NEW.status = 'draft' THEN ARRAY['status', 'approved_at', 'approved_by_id', 'reviewed_at',
                                                 'reviewed_by_id', 'review', 'sent_back_reason']
            WHEN NEW.status = 'cancelled' THEN ARRAY['status', 'approved_at', 'approved_by_id']
            WHEN OLD.status = 'approved' THEN ARRAY['status', 'released_at', 'released_by_id', 'objections_until',
                                                    'entry_id', 'published', 'fingerprint']
            ELSE ARRAY['status', 'approved_at', 'approved_by_id'] END;
        IF to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
            RAISE EXCEPTION 'what was approved of a distribution can no longer be changed'
                USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
        END IF;
    END IF;
    IF NEW.status = 'draft' AND (NEW.reviewed_by_id IS NOT NULL OR NEW.reviewed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a distribution that is sent back is reviewed anew'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionrun';
    END IF;
    IF NEW.status = 'approved' AND OLD.status <> 'approved' THEN
        PERFORM distribution_check_sums(NEW.id, NEW.total_minor);
    END IF;
    RETURN NEW;
END $rule$
"""


class Migration(migrations.Migration):
    """Let an approval end when the money it was of is another."""

    dependencies = (("distribution", "0002_rules"),)

    operations = (migrations.RunSQL(NOW, BEFORE),)
