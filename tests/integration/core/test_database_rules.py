"""History that the database itself keeps, whoever writes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.migrations.state import ProjectState

from platform_core.audit.models import AuditEvent
from platform_core.audit.services import record_event
from platform_core.database_rules import AppendOnly, ImmutableWhen
from platform_core.identity.models import RoleAssignment
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.seating import end_role
from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl
from tests.factories.core import NOON, command_line, give_role, make_alliance, make_entity, make_seat


@pytest.fixture
def event(db: None) -> AuditEvent:
    return record_event("alliance.opened", actor=command_line(), subject=make_alliance())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET name = 'alliance.closed'",
        "UPDATE audit_auditevent SET id = id",
        "DELETE FROM audit_auditevent",
    ],
)
def test_a_recorded_event_can_be_neither_changed_nor_removed(event: AuditEvent, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get().name == "alliance.opened"


def test_the_application_may_not_even_try_to_empty_the_record(event: AuditEvent) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_auditevent")


@pytest.mark.parametrize("statement", ["DELETE FROM t_log", "UPDATE t_log SET n = 2", "TRUNCATE t_log"])
@pytest.mark.parametrize("posing_as_replica", [False, True])
def test_the_owner_is_refused_as_well_in_every_way(
    owner_url: DatabaseUrl, django_db_setup: None, postgres: EmbeddedDatabase, statement: str, posing_as_replica: bool
) -> None:
    superuser = postgres.superuser_url(owner_url.database)
    with connect(superuser if posing_as_replica else owner_url, autocommit=False) as owner:
        owner.execute("CREATE TEMPORARY TABLE t_log (n int)")
        for line in AppendOnly("t_log").create_statements():
            owner.execute(line.encode())
        owner.execute("INSERT INTO t_log VALUES (1)")
        if posing_as_replica:
            owner.execute("SET LOCAL session_replication_role = 'replica'")
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"), owner.transaction():
            owner.execute(statement.encode())
        assert owner.execute("SELECT n FROM t_log").fetchall() == [(1,)]
        owner.rollback()


@pytest.fixture
def runs(owner_url: DatabaseUrl, django_db_setup: None) -> Iterator[psycopg.Connection]:
    """A table whose closed rows are immutable except for one column."""
    with connect(owner_url, autocommit=False) as owner:
        owner.execute("CREATE TEMPORARY TABLE t_run (n int, status text, note text)")
        rule = ImmutableWhen("t_run", "OLD.status = 'closed'", may_change=["note"])
        for line in rule.create_statements():
            owner.execute(line.encode())
        owner.execute("INSERT INTO t_run VALUES (1, 'closed', ''), (2, 'draft', '')")
        yield owner
        owner.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE t_run SET status = 'draft' WHERE n = 1",
        "UPDATE t_run SET n = 3, note = 'x' WHERE n = 1",
        "UPDATE t_run SET n = n + 1",
        "DELETE FROM t_run WHERE n = 1",
        "DELETE FROM t_run",
        "TRUNCATE t_run",
    ],
)
def test_rows_that_meet_the_condition_stay_as_they_are(runs: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation), runs.transaction():
        runs.execute(statement.encode())
    assert runs.execute("SELECT n, status, note FROM t_run ORDER BY n").fetchall() == [
        (1, "closed", ""),
        (2, "draft", ""),
    ]


def test_other_rows_and_open_columns_change_freely(runs: psycopg.Connection) -> None:
    runs.execute("UPDATE t_run SET note = 'kept' WHERE n = 1")
    runs.execute("UPDATE t_run SET status = 'closed' WHERE n = 2")
    assert runs.execute("SELECT n, status, note FROM t_run ORDER BY n").fetchall() == [
        (1, "closed", "kept"),
        (2, "closed", ""),
    ]


def test_the_rules_can_be_taken_back_by_their_migration(runs: psycopg.Connection) -> None:
    for line in ImmutableWhen("t_run").drop_statements():
        runs.execute(line.encode())
    runs.execute("DELETE FROM t_run")
    assert runs.execute("SELECT count(*) FROM t_run").fetchone() == (0,)


def test_names_that_are_no_names_are_refused_before_they_reach_the_database() -> None:
    with pytest.raises(ValueError, match="plain table name"):
        AppendOnly("a; DROP TABLE b")
    with pytest.raises(ValueError, match="plain column name"):
        ImmutableWhen("a", may_change=["b'"])


def test_the_operations_leave_the_models_alone() -> None:
    state = ProjectState()
    AppendOnly("a").state_forwards("audit", state)
    assert not state.models
    assert "append-only" in AppendOnly("a").describe()


@pytest.mark.django_db
class TestRoleAssignments:
    """Which rows the table of roles takes."""

    def test_a_role_is_held_where_it_belongs(self) -> None:
        seat, alliance, entity = make_seat(), make_alliance(), make_entity()
        wrong: list[dict[str, Any]] = [
            {"role": Role.SECRETARIAT},
            {"role": Role.SECRETARIAT, "operating_entity": entity},
            {"role": Role.SECRETARIAT, "alliance": alliance, "operating_entity": entity},
            {"role": Role.OPERATOR},
            {"role": Role.OPERATOR, "alliance": alliance, "operating_entity": entity},
            {"role": Role.FINANCE, "operating_entity": entity},
            {"role": Role.FINANCE, "operating_entity": entity, "purpose": "everything"},
            {"role": Role.FINANCE, "alliance": alliance, "purpose": Purpose.ROYALTIES},
            {"role": Role.COMMITTEE, "operating_entity": entity, "purpose": Purpose.ROYALTIES},
            {"role": Role.LICENSEE, "alliance": alliance},
            {"role": Role.SITE_ADMIN, "alliance": alliance},
            {"role": "emperor"},
        ]
        for columns in wrong:
            with pytest.raises(IntegrityError), transaction.atomic():
                RoleAssignment.objects.create(seat=seat, starts_at=NOON, **columns)
        assert not RoleAssignment.objects.exists()

    def test_the_same_role_is_not_held_twice_at_the_same_time(self) -> None:
        seat, alliance = make_seat(), make_alliance()
        give_role(seat, Role.SECRETARIAT, alliance=alliance, starts_at=NOON, ends_at=NOON + timedelta(days=2))
        for starts, ends in (
            (NOON, None),
            (NOON - timedelta(days=1), NOON + timedelta(days=1)),
            (NOON - timedelta(days=1), None),
        ):
            with pytest.raises(IntegrityError, match="roleassignment_no_overlap"), transaction.atomic():
                give_role(seat, Role.SECRETARIAT, alliance=alliance, starts_at=starts, ends_at=ends)

        give_role(seat, Role.SECRETARIAT, alliance=alliance, starts_at=NOON + timedelta(days=2))
        give_role(seat, Role.LEGAL, alliance=alliance, starts_at=NOON)
        give_role(seat, Role.SECRETARIAT, starts_at=NOON)
        give_role(make_seat(), Role.SECRETARIAT, alliance=alliance, starts_at=NOON)
        assert RoleAssignment.objects.count() == 5

    def test_purposes_are_held_side_by_side(self) -> None:
        seat, entity = make_seat(), make_entity()
        for purpose in Purpose:
            give_role(seat, Role.FINANCE, entity=entity, purpose=purpose)
        with pytest.raises(IntegrityError), transaction.atomic():
            give_role(seat, Role.FINANCE, entity=entity, purpose=Purpose.ROYALTIES)

    def test_the_keys_of_all_roles_and_purposes_differ(self) -> None:
        """The constraint compares hashes of role and purpose; two equal ones would shut each other out."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(DISTINCT hashtext(r || ' ' || p)) "
                "FROM unnest(%s::text[]) r, unnest(%s::text[]) p",
                [Role.values, ["", *Purpose.values]],
            )
            everything, different = cursor.fetchone()
        assert everything == different == len(Role.values) * 4

    def test_an_assignment_is_ended_never_rewritten_or_removed(self) -> None:
        assignment = give_role(make_seat(), Role.LEGAL)
        for columns in ({"role": Role.SECRETARIAT}, {"starts_at": NOON}, {"alliance": make_alliance()}):
            with pytest.raises(IntegrityError), transaction.atomic():
                RoleAssignment.objects.filter(pk=assignment.pk).update(**columns)
        with pytest.raises(IntegrityError), transaction.atomic():
            assignment.delete()

        end_role(actor=command_line(), assignment_id=assignment.pk)
        assignment.refresh_from_db()
        assert (assignment.role, assignment.ends_at) == (Role.LEGAL, NOON)
