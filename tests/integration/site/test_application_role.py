"""Which roles are refused as the application's: any that could come to own what guards the record."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.roles import connect, what_is_wrong_with
from platform_site.database.urls import DatabaseUrl

ROLE = "lianchi_suspect"


@pytest.fixture
def suspect(postgres: EmbeddedDatabase, owner_url: DatabaseUrl, django_db_setup: None) -> Iterator[DatabaseUrl]:
    """A role that may sign in and nothing else, to be given more."""
    superuser = postgres.superuser_url(owner_url.database)
    with connect(superuser) as connection:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN NOINHERIT PASSWORD 'for-tests-only'")
        connection.execute(f'GRANT CONNECT ON DATABASE "{owner_url.database}" TO {ROLE}')
    app = postgres.app_url(owner_url.database)
    yield replace(app, user=ROLE, password="for-tests-only")
    with connect(superuser) as connection:
        connection.execute(f"DROP OWNED BY {ROLE}")
        connection.execute(f"DROP ROLE {ROLE}")


def test_the_applications_own_role_is_fit(
    postgres: EmbeddedDatabase, owner_url: DatabaseUrl, suspect: DatabaseUrl
) -> None:
    assert what_is_wrong_with(postgres.app_url(owner_url.database)) == []
    assert what_is_wrong_with(suspect) == []


def test_a_role_that_may_become_the_owner_is_not(
    postgres: EmbeddedDatabase, owner_url: DatabaseUrl, suspect: DatabaseUrl
) -> None:
    with connect(postgres.superuser_url(owner_url.database)) as connection:
        connection.execute(f"GRANT {owner_url.user} TO {ROLE}")
    found = "; ".join(what_is_wrong_with(suspect))
    for what in ("tables", "functions", "owns the database", "make things in the schema public"):
        assert what in found


def test_a_role_that_may_make_things_beside_ours_is_not(
    postgres: EmbeddedDatabase, owner_url: DatabaseUrl, suspect: DatabaseUrl
) -> None:
    with connect(postgres.superuser_url(owner_url.database)) as connection:
        connection.execute(f"GRANT CREATE ON SCHEMA public TO {ROLE}")
    assert what_is_wrong_with(suspect) == [f"the role {ROLE} may make things in the schema public"]


def test_a_role_that_owns_a_function_is_not(
    postgres: EmbeddedDatabase, owner_url: DatabaseUrl, suspect: DatabaseUrl
) -> None:
    with connect(postgres.superuser_url(owner_url.database)) as connection:
        connection.execute("CREATE FUNCTION guard_of_tests() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        connection.execute(f"ALTER FUNCTION guard_of_tests() OWNER TO {ROLE}")
    assert "1 functions" in "; ".join(what_is_wrong_with(suspect))
