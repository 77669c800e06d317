"""Cells are replaced with their run's other rows, and stand once it is settled."""

from django.db import migrations

TABLE = "close_closecell"
EVENTS = ("insert", "delete", "update", "truncate")
EXECUTE = "FOR EACH STATEMENT EXECUTE FUNCTION close_rows_are_open()"


class Migration(migrations.Migration):
    """The rule of the run's other rows."""

    dependencies = [("close", "0004_cells_of_earlier_runs")]

    operations = [
        migrations.RunSQL(
            [
                f"CREATE TRIGGER {TABLE}_open_insert AFTER INSERT ON {TABLE} "
                f"REFERENCING NEW TABLE AS changed {EXECUTE}",
                f"CREATE TRIGGER {TABLE}_open_delete AFTER DELETE ON {TABLE} "
                f"REFERENCING OLD TABLE AS changed {EXECUTE}",
                f"CREATE TRIGGER {TABLE}_open_update BEFORE UPDATE ON {TABLE} {EXECUTE}",
                f"CREATE TRIGGER {TABLE}_open_truncate BEFORE TRUNCATE ON {TABLE} {EXECUTE}",
                *(f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_open_{event}" for event in EVENTS),
            ],
            [f"DROP TRIGGER {TABLE}_open_{event} ON {TABLE}" for event in EVENTS],
        )
    ]
