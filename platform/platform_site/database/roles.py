"""The two roles of the database: one owns and migrates, the application's owns nothing and is no superuser."""

from dataclasses import replace

import psycopg
from psycopg import sql
from psycopg.abc import ConnParam
from psycopg.conninfo import make_conninfo

from platform_site.database.problems import DatabaseProblem
from platform_site.database.urls import DatabaseUrl

OLDEST_SERVER = 150000
CONNECT_TIMEOUT = 15

_OWNED_RELATIONS = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') "
    "AND pg_has_role(current_user, c.relowner, 'MEMBER')"
)
_OWNED_FUNCTIONS = (
    "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
    "WHERE n.nspname = 'public' AND pg_has_role(current_user, p.proowner, 'MEMBER')"
)
_POWERS = (
    "SELECT pg_has_role(current_user, d.datdba, 'MEMBER'), pg_has_role(current_user, n.nspowner, 'MEMBER'), "
    "has_schema_privilege(current_user, n.oid, 'CREATE') OR EXISTS (SELECT 1 FROM pg_roles r WHERE "
    "pg_has_role(current_user, r.oid, 'MEMBER') AND has_schema_privilege(r.oid, n.oid, 'CREATE')) "
    "FROM pg_database d, pg_namespace n WHERE d.datname = current_database() AND n.nspname = 'public'"
)


def connect(url: DatabaseUrl, *, autocommit: bool = True) -> "psycopg.Connection[tuple[object, ...]]":
    """Open a connection outside of Django, or say what is in the way."""
    parameters: dict[str, ConnParam] = {"connect_timeout": CONNECT_TIMEOUT, **dict(url.options)}
    parameters |= {"host": url.host, "port": url.port, "user": url.user, "dbname": url.database}
    if url.password:
        parameters["password"] = url.password
    try:
        return psycopg.connect(make_conninfo("", **parameters), autocommit=autocommit)
    except psycopg.OperationalError as problem:
        raise DatabaseProblem(
            f"The database {url.without_password} cannot be reached: {str(problem).strip()}"
        ) from problem


def make_roles_and_database(superuser: DatabaseUrl, *, owner: DatabaseUrl, app: DatabaseUrl) -> None:
    """Make both roles and the owner's database where they are missing; nothing changes on a second call."""
    with connect(superuser) as connection:
        for url in (owner, app):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [url.user]).fetchone()
            statement = "ALTER ROLE {} {} PASSWORD {}" if known else "CREATE ROLE {} {} PASSWORD {}"
            rights = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS "
            # The owner may make databases: the tests make theirs with it.
            rights += "CREATEDB" if url is owner else "NOCREATEDB"
            connection.execute(
                sql.SQL(statement).format(sql.Identifier(url.user), sql.SQL(rights), sql.Literal(url.password))
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [owner.database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(owner.database), sql.Identifier(owner.user)
                )
            )
    keep_to_our_own(replace(superuser, database=owner.database), owner=owner.user, app=app.user)


def keep_to_our_own(administrator: DatabaseUrl, *, owner: str, app: str) -> None:
    """Let only our two roles into the database, and only the owner make anything in it."""
    with connect(administrator) as connection:
        database = sql.Identifier(administrator.database)
        for statement in (
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(app)),
            sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(app)),
            sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(owner)),
        ):
            connection.execute(statement)


def grant_to_application(owner: DatabaseUrl, *, app: str) -> None:
    """Let the application's role read and write the owner's tables, those to come included, but change none of them."""
    if owner.user == app:
        return
    role = sql.Identifier(app)
    granted = (
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role),
        sql.SQL("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
        sql.SQL("GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO {}").format(role),
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}"
        ).format(role),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {}").format(
            role
        ),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON ROUTINES TO {}").format(role),
    )
    with connect(owner, autocommit=False) as connection:
        for statement in granted:
            connection.execute(statement)
        # What has been applied is the owner's to write.
        applied = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
        if applied and applied[0]:
            connection.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(role))


def what_is_wrong_with(app: DatabaseUrl) -> list[str]:
    """Return what makes a role unfit to be the application's: power over the tables that keep the record honest."""
    with connect(app) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise DatabaseProblem(
                f"The server of {app.without_password} is PostgreSQL {connection.info.server_version // 10000}; "
                f"Lianchi needs version 15 or later."
            )
        found = []
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        for name, has in zip(("is a superuser", "bypasses row security", "may make roles"), row or (), strict=False):
            if has:
                found.append(f"the role {app.user} {name}")
        if row and row[0]:
            return found
        # MEMBER rather than USAGE: a role that may become the owner by SET ROLE has all that is the owner's.
        for what, count in (
            ("tables and sequences", _OWNED_RELATIONS),
            ("functions", _OWNED_FUNCTIONS),
        ):
            owned = connection.execute(count).fetchone()
            if owned and owned[0]:
                found.append(
                    f"the role {app.user} owns or can become the owner of {owned[0]} {what}, "
                    f"so it could switch off what guards the record"
                )
        power = connection.execute(_POWERS).fetchone()
        for name, has in zip(
            (
                "owns the database or can become its owner",
                "owns the schema public or can become its owner",
                "may make things in the schema public",
            ),
            power or (),
            strict=False,
        ):
            if has:
                found.append(f"the role {app.user} {name}")
        return found
