"""The tests' own database: what the suite stands on."""

import pytest
from django.contrib.auth import get_user_model
from django.db import ProgrammingError, connection


@pytest.mark.django_db
def test_tests_work_as_the_application_role_which_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == ("lianchi_app", False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE django_content_type DISABLE TRIGGER ALL",
        "TRUNCATE django_session",
        "DROP TABLE django_session",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_role_cannot_change_the_tables_themselves(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_committing_test_left_is_gone_for_the_next(turn: int) -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    assert not Session.objects.exists()
    Session.objects.create(session_key=f"turn-{turn}", session_data="", expire_date=timezone.now())
    assert get_user_model().objects.count() == 0
