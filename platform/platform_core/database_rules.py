"""Rules that PostgreSQL itself keeps, whoever writes: migration operations for history that cannot be changed."""

import re
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_NAME = re.compile(r"[a-z_][a-z0-9_]*")

NOT_MERGED = "organisation_not_merged"
"""The constraint by which a write that refers to a merged organisation is refused."""


class _TriggerOperation(Operation):
    """A trigger with its function on one table, made going forward and dropped going back."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str) -> None:
        if not _NAME.fullmatch(table):
            raise ValueError(f"{table!r} is not a plain table name")
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are: the rule lives in the database only."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Create the function and its triggers."""
        for statement in self.create_statements():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Drop the triggers and their function."""
        for statement in self.drop_statements():
            schema_editor.execute(statement, params=None)

    def create_statements(self) -> list[str]:
        """Return the SQL that puts the rule in force."""
        raise NotImplementedError

    def drop_statements(self) -> list[str]:
        """Return the SQL that lifts the rule."""
        raise NotImplementedError


class AppendOnly(_TriggerOperation):
    """Rows of a table are written once: update, delete and truncate are refused for every role, its owner included."""

    def create_statements(self) -> list[str]:
        """Return the SQL of the function and of one trigger each for rows and for truncation."""
        function = f"{self.table}_append_only"
        return [
            f"""CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $rule$
            BEGIN
                RAISE EXCEPTION '{self.table} is append-only: % is refused', TG_OP
                    USING ERRCODE = 'restrict_violation', TABLE = '{self.table}';
            END $rule$""",
            *_triggers(self.table, function),
        ]

    def drop_statements(self) -> list[str]:
        """Return the SQL that drops both triggers and the function."""
        function = f"{self.table}_append_only"
        return [
            f"DROP TRIGGER IF EXISTS {function} ON {self.table}",
            f"DROP TRIGGER IF EXISTS {function}_all ON {self.table}",
            f"DROP FUNCTION IF EXISTS {function}()",
        ]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Make {self.table} append-only"


class ImmutableWhen(_TriggerOperation):
    """Rows that meet a condition before the change can be neither updated nor deleted, and the table not truncated.

    `condition` is SQL over `OLD`, such as `OLD.status = 'closed'`; columns in `may_change` stay open even then.
    """

    def __init__(self, table: str, condition: str = "true", may_change: Sequence[str] = ()) -> None:
        super().__init__(table)
        for column in may_change:
            if not _NAME.fullmatch(column):
                raise ValueError(f"{column!r} is not a plain column name")
        self.condition = condition
        self.may_change = list(may_change)

    def create_statements(self) -> list[str]:
        """Return the SQL of the function and its triggers."""
        function = f"{self.table}_immutable"
        open_columns = ", ".join(f"'{column}'" for column in self.may_change)
        return [
            f"""CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $rule$
            BEGIN
                IF TG_OP = 'TRUNCATE' THEN
                    RAISE EXCEPTION '{self.table} keeps rows that cannot be removed: TRUNCATE is refused'
                        USING ERRCODE = 'restrict_violation', TABLE = '{self.table}';
                END IF;
                IF ({self.condition}) AND (
                    TG_OP = 'DELETE'
                    OR to_jsonb(NEW) - ARRAY[{open_columns}]::text[]
                        IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{open_columns}]::text[]
                ) THEN
                    RAISE EXCEPTION 'this row of {self.table} can no longer be changed: % is refused', TG_OP
                        USING ERRCODE = 'restrict_violation', TABLE = '{self.table}';
                END IF;
                RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
            END $rule$""",
            *_triggers(self.table, function),
        ]

    def drop_statements(self) -> list[str]:
        """Return the SQL that drops both triggers and the function."""
        function = f"{self.table}_immutable"
        return [
            f"DROP TRIGGER IF EXISTS {function} ON {self.table}",
            f"DROP TRIGGER IF EXISTS {function}_all ON {self.table}",
            f"DROP FUNCTION IF EXISTS {function}()",
        ]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Make rows of {self.table} immutable when {self.condition}"


class Instead(_TriggerOperation):
    """One rule on a table is lifted, and another one put in force in its place."""

    def __init__(self, old: _TriggerOperation, new: _TriggerOperation) -> None:
        super().__init__(new.table)
        self.old = old
        self.new = new

    def create_statements(self) -> list[str]:
        """Return the SQL that puts the new rule in the place of the old one."""
        return [*self.old.drop_statements(), *self.new.create_statements()]

    def drop_statements(self) -> list[str]:
        """Return the SQL that puts the old rule back."""
        return [*self.new.drop_statements(), *self.old.create_statements()]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"{self.new.describe()} instead"


class GoBackUnless(Operation):
    """A migration is not undone once there is something that the version before could not keep.

    `query` is SQL that finds such rows; the message says what they are, and what to do instead. Operations of a
    migration are undone in reverse: as its last one it is asked first.
    """

    reduces_to_sql = False
    reversible = True

    def __init__(self, query: str, message: str) -> None:
        self.query = query
        self.message = message

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Do nothing on the way forward."""

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Refuse, and change nothing, where there are such rows."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS ({self.query})")
            [found] = cursor.fetchone()
        if found:
            raise CommandError(self.message)

    def describe(self) -> str:
        """Say what the operation does."""
        return "Go back only where nothing would be lost"


class OfUnmerged(_TriggerOperation):
    """Rows refer to no organisation that was merged into another one, however a write and the merger meet.

    Where the column is fixed it changes in no other way than by following a merger.
    """

    def __init__(self, table: str, column: str, *, fixed: bool = False) -> None:
        super().__init__(table)
        if not _NAME.fullmatch(column):
            raise ValueError(f"{column!r} is not a plain column name")
        self.column = column
        self.fixed = fixed

    def create_statements(self) -> list[str]:
        """Return the SQL of the function and its trigger."""
        # The row of the organisation is shared, so that a merger under way is waited for, and waits for this write.
        follows = f"""
                IF TG_OP = 'UPDATE' AND NOT EXISTS (
                    SELECT 1 FROM identity_organisation
                    WHERE id = OLD.{self.column} AND merged_into_id = NEW.{self.column}
                ) THEN
                    RAISE EXCEPTION '{self.column} of {self.table} changes with a merger only'
                        USING ERRCODE = 'restrict_violation', TABLE = '{self.table}';
                END IF;"""  # noqa: S608 - the names are plain, as checked
        return [
            f"""CREATE FUNCTION {self._function}() RETURNS trigger LANGUAGE plpgsql AS $rule$
            DECLARE
                survivor uuid;
            BEGIN
                IF NEW.{self.column} IS NULL
                    OR (TG_OP = 'UPDATE' AND NEW.{self.column} IS NOT DISTINCT FROM OLD.{self.column}) THEN
                    RETURN NEW;
                END IF;
                SELECT merged_into_id INTO survivor FROM identity_organisation WHERE id = NEW.{self.column} FOR SHARE;
                IF survivor IS NOT NULL THEN
                    RAISE EXCEPTION 'this organisation was merged into another one'
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{NOT_MERGED}', TABLE = '{self.table}';
                END IF;{follows if self.fixed else ""}
                RETURN NEW;
            END $rule$""",  # noqa: S608 - the names are plain, as checked
            f"CREATE TRIGGER {self._function} BEFORE INSERT OR UPDATE OF {self.column} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self._function}()",
            f"ALTER TABLE {self.table} ENABLE ALWAYS TRIGGER {self._function}",
        ]

    def drop_statements(self) -> list[str]:
        """Return the SQL that drops the trigger and its function."""
        return [
            f"DROP TRIGGER IF EXISTS {self._function} ON {self.table}",
            f"DROP FUNCTION IF EXISTS {self._function}()",
        ]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Keep {self.table} from organisations that were merged"

    @property
    def _function(self) -> str:
        return f"{self.table}_{self.column}_unmerged"


class CompositeKey(Operation):
    """Rows of a table hold the same values in several columns as the row of another table they refer to.

    When the columns of that row change, these follow.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, columns: Sequence[str], target: str, target_columns: Sequence[str]) -> None:
        for name in (table, target, *columns, *target_columns):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not a plain name")
        self.table = table
        self.columns = list(columns)
        self.target = target
        self.target_columns = list(target_columns)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are: the rule lives in the database only."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Add the foreign key."""
        schema_editor.execute(
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self._name} FOREIGN KEY ({', '.join(self.columns)}) "
            f"REFERENCES {self.target} ({', '.join(self.target_columns)}) ON UPDATE CASCADE",
            params=None,
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Drop the foreign key."""
        schema_editor.execute(f"ALTER TABLE {self.table} DROP CONSTRAINT {self._name}", params=None)

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Keep {', '.join(self.columns)} of {self.table} as they stand in {self.target}"

    @property
    def _name(self) -> str:
        return f"{self.table}_follows_{self.target}"


def _triggers(table: str, function: str) -> list[str]:
    # ENABLE ALWAYS also holds for a session that poses as a replica.
    return [
        f"CREATE TRIGGER {function} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE TRIGGER {function}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {function}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {function}_all",
    ]
