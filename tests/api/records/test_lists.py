"""Lists of records: who sees what in them, and that they take the same queries however long they are."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licensing.agreements.models import BilateralLicence, Charge, ExchangeRate, LicenceChange, Receipt
from platform_core.identity.roles import Purpose, Role
from tests.api.core.clients import client_of
from tests.api.records.conftest import House
from tests.factories.agreements import make_licence
from tests.factories.clauses import make_clauses, make_favour_notice
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import NOON, give_role, make_entity, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.terms import TERMS, make_programme, make_terms

OF_ONE_LICENCE = """
[[rates]]
id = "between-two"
licences = ["L1"]
per_unit = "0.01"
"""

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
    "licence-dates": "owner",
    "tariffs": "owner",
    "licence-changes": "secretariat",
    "charges": "finance",
    "receipts": "finance",
    "bilateral-licences": "finance",
    "exchange-rates": "finance",
    "licence-clauses": "secretariat",
    "favour-notices": "secretariat",
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
    assert names(licensee) == {"被许可人", "对手"}
    assert codes(licensee, "licence-dates") == ["L1"]
    assert "集团" not in licensee.get("/api/v1/licensees").content.decode()


def test_a_member_reads_who_has_a_licence_but_nothing_else_about_it(house: House) -> None:
    owner = house.people["owner"]
    assert codes(owner, "licences") == []
    assert codes(owner, "licence-dates") == ["L1", "L2"]
    dates = owner.get("/api/v1/licence-dates").json()["items"][0]
    assert dates["starts_on"] == "2025-01-01"
    assert "signed_on" not in dates
    assert owner.get(f"/api/v1/licences/{house.licence.pk}").status_code == 403
    assert codes(owner, "licence-dates", standing="compliant") == ["L1", "L2"]


def test_somebody_not_signed_in_reads_what_is_public_of_a_launched_programme(house: House) -> None:
    public = Client()
    assert codes(public, "pools") == ["hevc"]
    assert codes(public, "programmes") == ["hevc-tv"]
    assert names(public) == {"被许可人", "对手"}
    [licensee, _] = public.get("/api/v1/licensees").json()["items"]
    assert set(licensee) == {"id", "programme_id", "licensee_id", "licensee_name"}
    assert public.get("/api/v1/licence-dates").status_code in (401, 403)
    assert public.get("/api/v1/pool-entries").json()["items"][0]["publication"] == "CN1B"
    assert public.get("/api/v1/licences").status_code in (401, 403)


def test_the_public_reads_the_rates_of_published_terms_and_nothing_else_of_them(house: House) -> None:
    document = TERMS.replace("[allocation]", f"{OF_ONE_LICENCE}\n[allocation]", 1)
    make_terms(house.programme, 2, in_force_from=date(2026, 1, 1), document=document)
    version = house.programme.terms_versions.get(number=2)
    general = [rate["id"] for rate in version.content["rates"] if rate["id"] != "between-two"]
    public = Client()

    tariff = public.get("/api/v1/tariffs").json()["items"][0]
    assert set(tariff) == {"id", "programme_id", "number", "in_force_from", "published_at", "rates"}
    assert [rate["id"] for rate in tariff["rates"]] == general
    assert public.get("/api/v1/terms-versions").status_code in (401, 403)
    assert public.get(f"/api/v1/terms-versions/{version.pk}").status_code in (401, 403)

    outsider = house.people["outsider"]
    assert outsider.get("/api/v1/tariffs").json()["total"] == 2
    assert outsider.get("/api/v1/terms-versions").json()["total"] == 0
    assert outsider.get(f"/api/v1/terms-versions/{version.pk}").status_code == 403
    for who in ("secretariat", "finance", "owner", "rival", "licensee"):
        assert house.people[who].get("/api/v1/terms-versions").json()["total"] == 2, who
        assert house.people[who].get(f"/api/v1/terms-versions/{version.pk}").json()["document"] == document


def test_a_draft_of_terms_is_for_the_offices_and_those_who_share_in_the_pool_today(house: House) -> None:
    make_terms(house.programme, 2, in_force_from=date(2026, 1, 1), published_at=None)
    former, bystander = make_organisation("former"), make_organisation("bystander")
    make_pool_member(house.pool, make_membership(house.alliance, former, "M3"), leaves_on=date(2025, 1, 1))
    make_membership(house.alliance, bystander, "M4")
    entity = house.programme.operating_entity
    readers = {
        "former": seated(Role.MEMBER_ADMIN, organisation=former),
        "bystander": seated(Role.MEMBER_ADMIN, organisation=bystander),
        "committee": seated(Role.COMMITTEE, entity=entity),
        "custody finance": seated(Role.FINANCE, entity=entity, purpose=Purpose.CUSTODY_DEPOSITS),
        "other entity": seated(Role.FINANCE, entity=make_entity(house.alliance)),
        "operator": seated(Role.OPERATOR, entity=entity),
        "legal": seated(Role.LEGAL, alliance=house.alliance),
        **house.people,
    }
    drafts = {who: client.get("/api/v1/tariffs", {"state": "draft"}).json()["total"] for who, client in readers.items()}
    assert {who for who, total in drafts.items() if total} == {
        "secretariat", "operator", "legal", "finance", "owner", "rival",
    }  # fmt: skip
    whole = {who for who, client in readers.items() if client.get("/api/v1/terms-versions").json()["total"]}
    assert whole == {"secretariat", "operator", "legal", "finance", "owner", "rival", "licensee", "former", "bystander"}


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


def seated(role: Role, **scope: Any) -> Client:
    seat = make_seat(organisation=scope.pop("organisation", None))
    give_role(seat, role, **scope)
    return client_of(seat)


def names(client: Client) -> set[str]:
    return {row["licensee_name"] for row in client.get("/api/v1/licensees").json()["items"]}


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
    make_clauses(licence)
    make_favour_notice(licence)
    ExchangeRate.objects.create(programme=house.programme, month=date(2025, number, 1), currency="USD", rate=7)
