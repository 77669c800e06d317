"""Lists of records: who sees what in them, and that they take the same queries however long they are."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licensing.agreements.models import BilateralLicence, Charge, ExchangeRate, LicenceChange, Receipt
from tests.api.records.conftest import House
from tests.factories.agreements import make_licence
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import NOON, make_organisation
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.terms import make_programme, make_terms

LISTS = {
    "memberships": "secretariat",
    "patents": "owner",
    "patent-families": "owner",
    "pools": "owner",
    "pool-members": "owner",
    "pool-entries": "owner",
    "programmes": "owner",
    "terms-versions": "owner",
    "licences": "secretariat",
    "licensees": "owner",
    "licence-changes": "secretariat",
    "charges": "finance",
    "receipts": "finance",
    "bilateral-licences": "finance",
    "exchange-rates": "finance",
}


@pytest.mark.parametrize(("name", "who"), LISTS.items())
def test_a_list_takes_the_same_queries_however_long_it_is(house: House, name: str, who: str) -> None:
    add_records(house, 1)
    client = house.people[who]
    with CaptureQueriesContext(connection) as few:
        before = client.get(f"/api/v1/{name}").json()["total"]
    for number in range(2, 6):
        add_records(house, number)
    with CaptureQueriesContext(connection) as many:
        after = client.get(f"/api/v1/{name}").json()
    assert after["total"] >= before + 4
    assert len(after["items"]) == after["total"]
    assert len(few) == len(many) <= 10


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_two_hold_every_row_once(house: House, name: str) -> None:
    for number in range(1, 4):
        add_records(house, number)
    client = house.people[LISTS[name]]
    whole = [row["id"] for row in client.get(f"/api/v1/{name}").json()["items"]]
    found: list[str] = []
    after = None
    while True:
        page = client.get(f"/api/v1/{name}", {"limit": 2, **({"after": after} if after else {})}).json()
        found += [row["id"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == whole
    assert len(set(found)) == len(found)


def test_a_licensee_reads_its_own_licence_and_of_others_the_name_alone(house: House) -> None:
    licensee = house.people["licensee"]
    assert codes(licensee, "licences") == ["L1"]
    assert codes(licensee, "licensees") == ["L1", "L2"]
    assert "集团" not in licensee.get("/api/v1/licensees").content.decode()


def test_a_member_reads_who_has_a_licence_but_nothing_else_about_it(house: House) -> None:
    owner = house.people["owner"]
    assert codes(owner, "licences") == []
    assert codes(owner, "licensees") == ["L1", "L2"]
    assert owner.get(f"/api/v1/licences/{house.licence.pk}").status_code == 403
    assert codes(owner, "licensees", standing="compliant") == ["L1", "L2"]


def test_somebody_not_signed_in_reads_what_is_public_of_a_launched_programme(house: House) -> None:
    public = Client()
    assert codes(public, "pools") == ["hevc"]
    assert codes(public, "programmes") == ["hevc-tv"]
    assert codes(public, "licensees") == ["L1", "L2"]
    assert public.get("/api/v1/terms-versions").json()["total"] == 1
    assert public.get("/api/v1/pool-entries").json()["items"][0]["publication"] == "CN1B"
    assert public.get("/api/v1/licences").status_code in (401, 403)


def test_what_is_withheld_and_the_figures_are_shown_to_the_member_itself_and_its_offices_alone(house: House) -> None:
    shown = {
        who: {row["code"]: row["figures"] for row in client.get("/api/v1/pool-members").json()["items"]}
        for who, client in house.people.items()
    }
    assert shown["secretariat"]["M1"] == shown["finance"]["M1"] == shown["owner"]["M1"] == {"rd_spend": "7"}
    assert shown["rival"]["M1"] is None
    assert shown["licensee"]["M1"] is None
    assert shown["rival"]["M2"] == {}


def test_a_bilateral_licence_is_read_by_its_two_sides_and_finance_alone(house: House) -> None:
    BilateralLicence.objects.create(licence=house.licence, member=house.member)
    totals = {who: client.get("/api/v1/bilateral-licences").json()["total"] for who, client in house.people.items()}
    assert totals == {"secretariat": 0, "finance": 1, "owner": 1, "rival": 0, "licensee": 1, "outsider": 0}


def test_charges_and_receipts_are_read_by_finance_and_the_licensee_alone(house: House) -> None:
    Charge.objects.create(
        licence=house.licence, month=date(2025, 1, 1), kind="entry", amount=1, currency="CNY", created_at=NOON
    )
    Receipt.objects.create(licence=house.licence, period="2025Q1", amount_minor=1, created_at=NOON)
    for name in ("charges", "receipts"):
        totals = {who: client.get(f"/api/v1/{name}").json()["total"] for who, client in house.people.items()}
        assert totals == {"secretariat": 0, "finance": 1, "owner": 0, "rival": 0, "licensee": 1, "outsider": 0}


def test_a_filter_with_something_else_than_an_id_is_refused_with_its_place(house: House) -> None:
    response = house.people["owner"].get("/api/v1/patents", {"family": "x"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/family"


def codes(client: Client, name: str, **filters: str) -> list[str]:
    return [row["code"] for row in client.get(f"/api/v1/{name}", filters).json()["items"]]


def add_records(house: House, number: int) -> None:
    """One more row for every list, of things of their own."""
    organisation = make_organisation(f"organisation {number}")
    membership = make_membership(house.alliance, organisation, f"N{number}")
    member = make_pool_member(house.pool, membership)
    make_entry(member, make_patent(house.alliance, f"CN{number}00B", organisation))
    pool = make_pool(house.alliance, f"pool-{number}")
    programme = make_programme(pool, house.programme.operating_entity, f"programme-{number}")
    make_terms(programme, 1)
    make_terms(house.programme, number + 1, in_force_from=date(2025 + number, 1, 1))
    licence = make_licence(house.programme, organisation, f"N{number}")
    LicenceChange.objects.create(licence=licence, month=date(2025, 1, 1), option="b")
    Charge.objects.create(
        licence=licence, month=date(2025, 1, 1), kind="entry", amount=1, currency="CNY", created_at=NOON
    )
    Receipt.objects.create(licence=licence, period="2025Q1", amount_minor=1, created_at=NOON)
    BilateralLicence.objects.create(licence=licence, member=house.member)
    ExchangeRate.objects.create(programme=house.programme, month=date(2025, number, 1), currency="USD", rate=7)
