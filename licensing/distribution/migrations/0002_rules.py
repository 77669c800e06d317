"""A distribution adds up, goes only forward, and stays as it was released, whoever writes."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen

MOVES = """
CREATE FUNCTION distribution_run_moves() RETURNS trigger LANGUAGE plpgsql AS $rule$
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

# What a period gives out is what was used of its money less what was given before, by payee and in all.
SUMS = """
CREATE FUNCTION distribution_check_sums(checked uuid, told bigint) RETURNS void LANGUAGE plpgsql AS $rule$
BEGIN
    IF EXISTS (
        SELECT 1 FROM distribution_distributionpart part
          LEFT JOIN (SELECT part_id, sum(cumulative_minor) AS cumulative, sum(before_minor) AS before
                       FROM distribution_distributionshare WHERE run_id = checked GROUP BY part_id) sums
                 ON sums.part_id = part.id
         WHERE part.run_id = checked
           AND (coalesce(sums.cumulative, 0) <> part.used_minor OR coalesce(sums.before, 0) <> part.before_minor)
    ) THEN
        RAISE EXCEPTION 'the shares of a period do not add up to what it gives out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'distributionpart_adds_up',
                  TABLE = 'distribution_distributionpart';
    END IF;
    IF EXISTS (
        SELECT 1 FROM (SELECT payee, sum(amount_minor) AS amount FROM distribution_distributionshare
                        WHERE run_id = checked GROUP BY payee) shares
          FULL JOIN (SELECT payee, amount_minor FROM distribution_distributionitem WHERE run_id = checked) items
                 USING (payee)
         WHERE shares.amount IS DISTINCT FROM items.amount_minor
    ) OR told <> coalesce((SELECT sum(amount_minor) FROM distribution_distributionitem WHERE run_id = checked), 0) THEN
        RAISE EXCEPTION 'what payees get does not add up to the distribution'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'distributionrun_adds_up',
                  TABLE = 'distribution_distributionrun';
    END IF;
END $rule$
"""

ROWS = """
CREATE FUNCTION distribution_rows_are_open() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'rows of % are only ever replaced as a whole: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    -- The lock keeps the run from being approved between this check and the end of the transaction.
    PERFORM 1 FROM distribution_distributionrun AS run
        WHERE run.id IN (SELECT DISTINCT run_id FROM changed) ORDER BY run.id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM distribution_distributionrun AS run
        WHERE run.id IN (SELECT DISTINCT run_id FROM changed)
          AND run.status NOT IN ('draft', 'calculated', 'reviewed')
    ) THEN
        RAISE EXCEPTION 'the distribution of these rows of % is settled: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $rule$
"""

# An item gets its opening balance, the secret of its commitment and who may have that at the release; nothing else ever.
ITEMS = """
CREATE FUNCTION distribution_items_at_release() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    stands text;
BEGIN
    SELECT status INTO stands FROM distribution_distributionrun WHERE id = OLD.run_id FOR SHARE;
    IF stands <> 'approved'
        OR to_jsonb(NEW) - ARRAY['opening_minor', 'opening', 'proof_withheld'] IS DISTINCT FROM
           to_jsonb(OLD) - ARRAY['opening_minor', 'opening', 'proof_withheld'] THEN
        RAISE EXCEPTION 'what a payee gets can no longer be changed'
            USING ERRCODE = 'restrict_violation', TABLE = 'distribution_distributionitem';
    END IF;
    RETURN NEW;
END $rule$
"""

ROW_TABLES = (
    "distribution_distributionpart",
    "distribution_distributionreceipt",
    "distribution_distributionshare",
    "distribution_distributionitem",
)


def rows_triggers(table: str, *, updated: bool = False) -> migrations.RunSQL:
    """Put the rule for rows in force on one table; where rows may be updated at all, another rule says how."""
    name = f"{table}_open"
    execute = "FOR EACH STATEMENT EXECUTE FUNCTION distribution_rows_are_open()"
    events = ["insert", "delete", "truncate", *([] if updated else ["update"])]
    made = {
        "insert": f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed {execute}",
        "delete": f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed {execute}",
        "update": f"CREATE TRIGGER {name}_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed {execute}",
        "truncate": f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} {execute}",
    }
    return migrations.RunSQL(
        [
            *(made[event] for event in events),
            *(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}_{event}" for event in events),
        ],
        [f"DROP TRIGGER {name}_{event} ON {table}" for event in events],
    )


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("distribution", "0001_initial"),)

    operations = (
        migrations.RunSQL(SUMS, "DROP FUNCTION distribution_check_sums(uuid, bigint)"),
        migrations.RunSQL(MOVES, "DROP FUNCTION distribution_run_moves()"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER distribution_run_moves BEFORE INSERT OR UPDATE OR DELETE ON "
                "distribution_distributionrun FOR EACH ROW EXECUTE FUNCTION distribution_run_moves()",
                "CREATE TRIGGER distribution_run_moves_all BEFORE TRUNCATE ON distribution_distributionrun "
                "FOR EACH STATEMENT EXECUTE FUNCTION distribution_run_moves()",
                "ALTER TABLE distribution_distributionrun ENABLE ALWAYS TRIGGER distribution_run_moves",
                "ALTER TABLE distribution_distributionrun ENABLE ALWAYS TRIGGER distribution_run_moves_all",
            ],
            [
                "DROP TRIGGER distribution_run_moves ON distribution_distributionrun",
                "DROP TRIGGER distribution_run_moves_all ON distribution_distributionrun",
            ],
        ),
        migrations.RunSQL(ROWS, "DROP FUNCTION distribution_rows_are_open()"),
        *(rows_triggers(table, updated=table == "distribution_distributionitem") for table in ROW_TABLES),
        migrations.RunSQL(ITEMS, "DROP FUNCTION distribution_items_at_release()"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER distribution_items_at_release BEFORE UPDATE ON distribution_distributionitem "
                "FOR EACH ROW EXECUTE FUNCTION distribution_items_at_release()",
                "ALTER TABLE distribution_distributionitem ENABLE ALWAYS TRIGGER distribution_items_at_release",
            ],
            ["DROP TRIGGER distribution_items_at_release ON distribution_distributionitem"],
        ),
        AppendOnly("distribution_payoutterms"),
        ImmutableWhen("distribution_objection", "OLD.state <> 'raised'"),
    )
