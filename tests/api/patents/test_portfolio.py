"""The pictures of a portfolio count what their reader sees, and nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from pools.patents.models import Bibliography, Ownership, Patent
from pools.patents.portfolio.calculation import expiry_curve
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db


def test_the_curve_falls_with_each_known_end() -> None:
    assert expiry_curve(5, {2027: 2, 2029: 1}, 2026) == [(2026, 5), (2027, 3), (2028, 3), (2029, 2)]
    assert expiry_curve(0, {}, 2026) == [(2026, 0)]


def test_pictures_count_by_year_country_class_and_owner() -> None:
    alliance, owner, partner = make_alliance(), make_organisation("江汉"), make_organisation("沧澜")
    for number, organisation in enumerate((owner, partner)):
        make_membership(alliance, organisation, f"M{number}")
    seat = make_seat(organisation=owner)
    give_role(seat, Role.MEMBER_STAFF)

    def patent(number: int, *owners: Organisation, ipc: tuple[str, ...] = (), **columns: Any) -> Patent:
        made = make_patent(alliance, f"CN{number}B", *owners, filed_on=date(2015, 3, 1), **columns)
        Bibliography.objects.create(patent=made, ipc=list(ipc))
        return made

    patent(1, owner, ipc=("H04N 19/50", "H04N 19/61", "G06T 5/90"), ends_on=date(2035, 3, 1))
    patent(2, owner, partner, ipc=("H04N 5/64",), ends_on=date(2100, 1, 1))
    patent(3, owner, country="US", granted_on=None)
    patent(4, owner, country="US", ends_on=date(2021, 1, 1))
    # A rival's, of which nobody here sees anything.
    patent(5, partner, ipc=("A01B 1/00",), ends_on=date(2035, 3, 1))
    agreed = patent(6, country="JP")
    Ownership.objects.create(patent=agreed, alliance=alliance, owner=owner, share=Decimal("0.7"))
    Ownership.objects.create(patent=agreed, alliance=alliance, owner=partner, share=Decimal("0.3"))
    client = client_of(seat)

    with CaptureQueriesContext(connection) as queries:
        found = client.get("/api/v1/patents/portfolio").json()

    told = [row["sql"] for row in queries.captured_queries if "patents_patent" in row["sql"]]
    assert len(told) == 6
    assert found["patents"] == 5
    assert found["filed"] == [{"year": 2015, "patents": 5}]
    assert found["granted"] == [{"year": 2020, "patents": 4}]
    assert found["countries"] == [
        {"country": "CN", "in_force": 2, "pending": 0, "ended": 0},
        {"country": "JP", "in_force": 1, "pending": 0, "ended": 0},
        {"country": "US", "in_force": 0, "pending": 1, "ended": 1},
    ]
    assert found["subclasses"] == [{"subclass": "H04N", "patents": 2}, {"subclass": "G06T", "patents": 1}]
    assert [(row["owner_name"], row["patents"], row["parts"]) for row in found["owners"]] == [
        ("江汉", 5, "4.20"),
        ("沧澜", 2, "0.80"),
    ]
    curve = {row["year"]: row["patents"] for row in found["in_force"]}
    assert (curve[2034], curve[2035], curve[2099], curve[2100]) == (3, 2, 2, 1)
    assert client.get("/api/v1/patents/portfolio", {"country": "JP"}).json()["patents"] == 1
