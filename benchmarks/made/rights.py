"""Made-up data at the size of a large alliance, for measuring what permissions cost."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

COUNTRIES = (
    "CN",
    "US",
    "JP",
    "KR",
    "DE",
    "FR",
    "GB",
    "IN",
    "BR",
    "CA",
    "AU",
    "MX",
    "IT",
    "ES",
    "NL",
    "SE",
    "TW",
    "VN",
    "ZA",
    "RU",
)
ALLIANCES = 4
KINDS = ("independent", "correlated")
COUNTRY = "DE"
LATE = "NZ"
LATE_SEEN = 1_500
"""Patents that the member sees of the country where they all stand last."""


@dataclass(frozen=True)
class Size:
    """How much of everything there is."""

    patents: int
    organisations: int
    pools: int
    grants: int
    rounds: int


SMALL = Size(100_000, 100, 40, 10_000, 15)
FULL = Size(1_000_000, 500, 200, 100_000, 25)


@contextmanager
def server(folder: Path) -> Iterator[Any]:
    """Run a throwaway PostgreSQL with the site's tables, and let Django work on it as the application."""
    import django
    from django.db import connections

    from platform_site.database.embedded import EmbeddedDatabase

    os.environ["DATA_DIR"] = str(folder / "files")
    django.setup()
    from platform_site.database.migrating import migrate

    with EmbeddedDatabase(folder / "pg", durable=False) as database:
        app = database.app_url()
        connection = connections["default"]
        connection.settings_dict.update(
            NAME=app.database,
            USER=app.user,
            PASSWORD=app.password,
            HOST=app.host,
            PORT=str(app.port),
            CONN_MAX_AGE=None,
        )
        connection.settings_dict["OPTIONS"].pop("pool", None)
        migrate(owner=database.owner_url(), app=app, verbosity=0)
        try:
            yield database
        finally:
            connections.close_all()


def fill(database: Any, size: Size, kind: str) -> None:
    """Make everybody and everything, with the guards of the tables off for the while."""
    from members.memberships.models import Membership
    from platform_core.identity.models import Alliance, Organisation, RoleAssignment, Seat, User
    from platform_core.identity.roles import Role
    from platform_site.database.roles import connect
    from pools.composition.models import Pool, PoolMember, PoolState

    long_ago = datetime(2024, 1, 1, tzinfo=UTC)
    organisations = Organisation.objects.bulk_create(
        Organisation(name_zh=f"第{number}公司", name_en=f"Company {number}", created_at=long_ago)
        for number in range(size.organisations)
    )
    alliances = Alliance.objects.bulk_create(
        Alliance(code=f"alliance-{number}", name_zh=f"联盟{number}", created_at=long_ago) for number in range(ALLIANCES)
    )
    memberships = Membership.objects.bulk_create(
        Membership(
            alliance=alliances[number % ALLIANCES],
            organisation=organisation,
            code=f"M{number}",
            segment="upstream",
            enters_on=date(2024, 1, 1),
        )
        for number, organisation in enumerate(organisations)
    )
    association = Organisation.objects.create(name_zh="协会", created_at=long_ago)
    for name, organisation, role, alliance in (
        ("member", organisations[0], Role.MEMBER_STAFF, None),
        ("secretariat", association, Role.SECRETARIAT, alliances[0]),
        ("plain", organisations[1], None, None),
    ):
        user = User.objects.create_user(f"{name}@example.com", name=name, created_at=long_ago)
        seat = Seat.objects.create(user=user, organisation=organisation, created_at=long_ago)
        if role:
            RoleAssignment.objects.create(seat=seat, role=role, alliance=alliance, starts_at=long_ago)
    by_alliance = [[row for row in memberships if row.alliance_id == alliance.pk] for alliance in alliances]
    pools = Pool.objects.bulk_create(
        Pool(
            alliance=alliances[number % ALLIANCES],
            code=f"P{number}",
            name=f"Pool {number}",
            state=PoolState.LAUNCHED if number % 8 < ALLIANCES else PoolState.FORMING,
        )
        for number in range(size.pools)
    )
    PoolMember.objects.bulk_create(
        PoolMember(
            pool=pool,
            membership=by_alliance[number % ALLIANCES][(number + part) % len(by_alliance[number % ALLIANCES])],
            segment="upstream",
        )
        for number, pool in enumerate(pools)
        for part in range(10)
    )
    with connect(database.superuser_url(database.owner_url().database)) as connection:
        for statement in _rows(size, kind):
            connection.execute(statement.encode())


def _rows(size: Size, kind: str) -> Iterator[str]:
    """SQL for the rows there are many of: families of five, one owner each, pools of a thousand, grants in between."""
    # How a patent's country and owner follow from its number; and to which patents there are grants. Where these are
    # independent, each page shows some of everything; where they are correlated, a country is all of one alliance.
    country, owner, granted = {
        "independent": (
            "1 + n % 5 * 4 + (hashint4(n / 5) & 3)",
            "hashint4(p.n::int) & 2147483647",
            "ORDER BY hashint4(p.n::int + 1)",
        ),
        "correlated": (f"1 + n % {len(COUNTRIES)}", "p.k * 31", f"WHERE p.n % {size.patents // size.grants} = 3"),
    }[kind]
    from pools.patents.keys import READING

    countries = "ARRAY['" + "','".join(COUNTRIES) + "']"
    yield "SET session_replication_role = replica"
    for table in ("patents_ownership", "composition_poolentry", "access_grant", "patents_patentgrant"):
        yield f"ALTER TABLE {table} DISABLE TRIGGER USER"
    # An exclusion constraint takes minutes to fill and serves no reading.
    yield "ALTER TABLE patents_ownership DROP CONSTRAINT ownership_once_at_a_time"
    yield "ALTER TABLE composition_poolentry DROP CONSTRAINT entry_once_at_a_time"
    yield "CREATE TEMP TABLE a AS SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM identity_alliance"
    yield (
        "CREATE TEMP TABLE o AS SELECT organisation_id AS id, alliance_id, row_number() OVER "
        "(PARTITION BY alliance_id ORDER BY length(code), code) - 1 AS n, "
        "count(*) OVER (PARTITION BY alliance_id) AS of FROM memberships_membership"
    )
    yield (
        "INSERT INTO patents_patentfamily (id, alliance_id, code) SELECT uuidv7(), a.id, 'F' || s.n "
        f"FROM generate_series(0, {size.patents // 5 - 1}) s (n) JOIN a ON a.n = s.n % {ALLIANCES}"
    )
    yield ("CREATE TEMP TABLE f AS SELECT id, alliance_id, substr(code, 2)::int AS n FROM patents_patentfamily")
    yield "CREATE INDEX ON f (n)"
    columns = (
        "id, alliance_id, family_id, publication, publication_key, country, application, application_key, "
        '"right", numbers_read, title, granted_on'
    )
    # The numbers of publications come in no order, as the days of registration do not follow them.
    yield (
        f"INSERT INTO patents_patent ({columns}) "
        "SELECT uuidv7(), f.alliance_id, f.id, x.number || 'B', x.number, x.c, '', '', 'invention', "
        f"{READING}, '一种面板驱动方法及其装置 ' || x.n, date '2015-01-01' + x.n % 3000 "
        f"FROM (SELECT n, c, c || lpad((n::bigint * 7919 % {size.patents})::text, 9, '0') AS number "
        f"FROM (SELECT n, ({countries})[{country}] AS c FROM generate_series(0, {size.patents - 1}) s (n)) s) x "
        "JOIN f ON f.n = x.n / 5 ORDER BY x.n"
    )
    # A country of which the member sees only what stands last in the order.
    yield (
        f"INSERT INTO patents_patent ({columns}) "
        f"SELECT uuidv7(), f.alliance_id, f.id, s.number || 'B', s.number, '{LATE}', '', '', 'invention', {READING}, "
        f"'late', date '2015-01-01' FROM (SELECT n, '{LATE}' || lpad(n::text, 9, '0') AS number "
        f"FROM generate_series(0, {size.patents // 20 - 1}) s (n)) s JOIN f ON f.n = 1 ORDER BY s.n"
    )
    yield (
        "CREATE TEMP TABLE p AS SELECT id, alliance_id, row_number() OVER (ORDER BY id) - 1 AS n, "
        "row_number() OVER (PARTITION BY alliance_id ORDER BY id) - 1 AS k FROM patents_patent "
        f"WHERE country <> '{LATE}'"
    )
    yield (
        "INSERT INTO patents_ownership (id, patent_id, alliance_id, owner_id) "
        "SELECT uuidv7(), p.id, p.alliance_id, o.id FROM p "
        f"JOIN o ON o.alliance_id = p.alliance_id AND o.n = ({owner}) % o.of"
    )
    yield "CREATE INDEX ON p (alliance_id, k)"
    yield "ANALYZE p"
    per_pool = max(20, size.patents // 1000)
    yield (
        "INSERT INTO composition_poolentry (id, member_id, patent_id, share, class_label, products) "
        "SELECT uuidv7(), m.id, p.id, 1, '', '{}' FROM ("
        "  SELECT m.id, pool.alliance_id, (row_number() OVER (PARTITION BY pool.alliance_id ORDER BY m.id) - 1) AS n "
        "  FROM composition_poolmember m JOIN composition_pool pool ON pool.id = m.pool_id) m "
        f"CROSS JOIN generate_series(0, {per_pool // 10 - 1}) i "
        "JOIN p ON p.alliance_id = m.alliance_id "
        f"AND p.k = ((m.n * {per_pool // 10} + i) * 13) % {size.patents // ALLIANCES}"
    )
    yield (
        "INSERT INTO auth_permission (name, content_type_id, codename) SELECT 'patent.read', id, 'patent.read' "
        "FROM django_content_type WHERE app_label = 'patents' AND model = 'patent' ON CONFLICT DO NOTHING"
    )
    yield (
        "INSERT INTO access_grant (id, subject_type, subject_id, organisation_id, actions, role, reason, "
        "granted_by_id, granted_at, starts_at, ends_at, revocation_reason) SELECT uuidv7(), 'patents.patent', p.id, "
        "(SELECT organisation_id FROM memberships_membership WHERE code = 'M0'), '{patent.read}', '', 'for measuring', "
        "(SELECT id FROM identity_seat LIMIT 1), now(), now() - interval '1 day', now() + interval '90 days', '' "
        f"FROM ((SELECT id FROM p {granted} LIMIT {size.grants - LATE_SEEN}) "
        f"UNION ALL (SELECT id FROM patents_patent WHERE country = '{LATE}' "
        f"ORDER BY publication DESC LIMIT {LATE_SEEN})) p"
    )
    yield (
        "INSERT INTO patents_patentgrant (grant_id, content_object_id, permission_id, holder, starts_at, ends_at) "
        "SELECT g.id, g.subject_id, (SELECT id FROM auth_permission WHERE codename = 'patent.read'), g.holder, "
        "g.starts_at, g.ends_at FROM access_grant g"
    )
    yield (
        "INSERT INTO guardian_userobjectpermission (content_type_id, object_pk, permission_id, user_id) "
        "SELECT (SELECT id FROM django_content_type WHERE app_label = 'patents' AND model = 'patent'), "
        "content_object_id::text, permission_id, (SELECT id FROM identity_user WHERE email = 'plain@example.com') "
        "FROM patents_patentgrant"
    )
    yield "SET session_replication_role = DEFAULT"
    yield "VACUUM ANALYZE"


def ready_table(database: Any, member: Any) -> int:
    """Put the ids that the member may see into a table of their own, and return how many there are."""
    from platform_site.database.roles import connect
    from pools.patents.models import Patent

    ids = list(Patent.objects.visible_to(member).order_by().values_list("pk", flat=True))
    owner = database.owner_url()
    with connect(database.superuser_url(owner.database)) as connection:
        connection.execute("CREATE TABLE visible (id uuid PRIMARY KEY)")
        with connection.cursor().copy("COPY visible (id) FROM STDIN") as copy:
            for pk in ids:
                copy.write_row((str(pk),))
        connection.execute("GRANT SELECT ON visible TO PUBLIC")
        connection.execute("VACUUM ANALYZE visible")
    return len(ids)
