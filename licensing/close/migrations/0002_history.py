"""What was approved stays as it was calculated, what was posted stays for ever, and rows share their run's fate."""

from django.db import migrations

from platform_core.database_rules import AppendOnly

RUN_FUNCTION = """
CREATE FUNCTION close_closerun_moves() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    may_change text[];
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'close runs are kept: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = 'close_closerun';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'a close run begins as a draft'
                USING ERRCODE = 'restrict_violation', TABLE = 'close_closerun';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status IN ('posted', 'cancelled') THEN
        RAISE EXCEPTION 'this close run is % and can no longer be changed', OLD.status
            USING ERRCODE = 'restrict_violation', TABLE = 'close_closerun';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'calculated'), ('draft', 'cancelled'),
        ('calculated', 'draft'), ('calculated', 'cancelled'), ('calculated', 'approved'),
        ('approved', 'posted')
    ) THEN
        RAISE EXCEPTION 'a close run does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation', TABLE = 'close_closerun';
    END IF;
    IF (NEW.id, NEW.programme_id, NEW.period, NEW.first_month, NEW.last_month, NEW.number, NEW.opened_at)
        IS DISTINCT FROM
        (OLD.id, OLD.programme_id, OLD.period, OLD.first_month, OLD.last_month, OLD.number, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'a close run keeps its programme, period and number'
            USING ERRCODE = 'restrict_violation', TABLE = 'close_closerun';
    END IF;
    IF OLD.status = 'approved' OR NEW.status = 'approved' THEN
        -- Approving and posting change nothing of what was calculated.
        may_change := CASE WHEN OLD.status = 'approved' THEN ARRAY['status', 'posted_at', 'posted_by_id']
                           ELSE ARRAY['status', 'approved_at', 'approved_by_id'] END;
        IF to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
            RAISE EXCEPTION 'the results of an approved close run can no longer be changed'
                USING ERRCODE = 'restrict_violation', TABLE = 'close_closerun';
        END IF;
    END IF;
    RETURN NEW;
END $rule$
"""

# One check per statement, not per row: the rows of a large close are copied in by the million.
ROWS_FUNCTION = """
CREATE FUNCTION close_rows_are_open() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP IN ('UPDATE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'rows of % are only ever replaced as a whole: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    -- The lock keeps the run from being approved between this check and the end of the transaction.
    PERFORM 1 FROM close_closerun AS run
        WHERE run.id IN (SELECT DISTINCT run_id FROM changed) ORDER BY run.id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM close_closerun AS run
        WHERE run.id IN (SELECT DISTINCT run_id FROM changed) AND run.status NOT IN ('draft', 'calculated')
    ) THEN
        RAISE EXCEPTION 'the run of these rows of % is settled: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $rule$
"""

ADJUSTMENT_FUNCTION = """
CREATE FUNCTION close_adjustment_at_posting() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM close_closerun AS run
        WHERE run.id = NEW.run_id AND run.status = 'approved' AND run.corrects_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'adjustments are made when an approved correction is posted, and at no other time'
            USING ERRCODE = 'restrict_violation', TABLE = 'close_adjustment';
    END IF;
    RETURN NEW;
END $rule$
"""

ROW_TABLES = (
    "close_closeinput",
    "close_rejectedrow",
    "close_closebucket",
    "close_closeshare",
    "close_licenceresult",
    "close_payeeresult",
    "close_statement",
)


def rows_triggers(table: str) -> migrations.RunSQL:
    """Put the rule for rows in force on one table."""
    name = f"{table}_open"
    execute = "FOR EACH STATEMENT EXECUTE FUNCTION close_rows_are_open()"
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed {execute}",
            f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed {execute}",
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} {execute}",
            f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} {execute}",
            *(
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}_{event}"
                for event in ("insert", "delete", "update", "truncate")
            ),
        ],
        [f"DROP TRIGGER {name}_{event} ON {table}" for event in ("insert", "delete", "update", "truncate")],
    )


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("close", "0001_initial"), ("reports", "0002_history")]

    operations = [
        migrations.RunSQL(RUN_FUNCTION, "DROP FUNCTION close_closerun_moves()"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER close_closerun_moves BEFORE INSERT OR UPDATE OR DELETE ON close_closerun "
                "FOR EACH ROW EXECUTE FUNCTION close_closerun_moves()",
                "CREATE TRIGGER close_closerun_moves_all BEFORE TRUNCATE ON close_closerun "
                "FOR EACH STATEMENT EXECUTE FUNCTION close_closerun_moves()",
                "ALTER TABLE close_closerun ENABLE ALWAYS TRIGGER close_closerun_moves",
                "ALTER TABLE close_closerun ENABLE ALWAYS TRIGGER close_closerun_moves_all",
            ],
            [
                "DROP TRIGGER close_closerun_moves ON close_closerun",
                "DROP TRIGGER close_closerun_moves_all ON close_closerun",
            ],
        ),
        migrations.RunSQL(ROWS_FUNCTION, "DROP FUNCTION close_rows_are_open()"),
        *(rows_triggers(table) for table in ROW_TABLES),
        AppendOnly("close_adjustment"),
        migrations.RunSQL(ADJUSTMENT_FUNCTION, "DROP FUNCTION close_adjustment_at_posting()"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER close_adjustment_at_posting BEFORE INSERT ON close_adjustment "
                "FOR EACH ROW EXECUTE FUNCTION close_adjustment_at_posting()",
                "ALTER TABLE close_adjustment ENABLE ALWAYS TRIGGER close_adjustment_at_posting",
            ],
            "DROP TRIGGER close_adjustment_at_posting ON close_adjustment",
        ),
    ]
