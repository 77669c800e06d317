"""Rights given by hand, over HTTP."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from pools.patents.models import Patent
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db

TOMORROW = datetime.now(UTC) + timedelta(days=1)


class Site:
    """An owner and a buyer in one alliance, each with somebody signed in."""

    def __init__(self) -> None:
        alliance = make_alliance()
        self.owner, self.buyer = make_seat(organisation=make_organisation("业主")), make_seat()
        give_role(self.owner, Role.MEMBER_ADMIN)
        give_role(self.buyer, Role.MEMBER_STAFF)
        self.patents: list[Patent] = []
        for code, seat in (("A", self.owner), ("B", self.buyer)):
            make_membership(alliance, seat.organisation, code)
            self.patents.append(make_patent(alliance, f"CN{code}", seat.organisation))


@pytest.fixture
def site() -> Site:
    return Site()


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(
        address, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )


def give(site: Site, giver: Seat, **other: Any) -> Any:
    return post(
        client_of(giver),
        "/api/v1/grants",
        {
            "subject_type": "patents.patent",
            "subject_id": str(site.patents[0].pk),
            "organisation": str(site.buyer.organisation_id),
            "actions": ["patent.read"],
            "reason": "Talks.",
            "ends_at": TOMORROW.isoformat(),
            **other,
        },
    )


def numbers(seat: Seat) -> list[str]:
    return [row["publication"] for row in client_of(seat).get("/api/v1/patents").json()["items"]]


def test_a_grant_is_given_seen_and_revoked(site: Site) -> None:
    assert numbers(site.buyer) == ["CNB"]
    answer = give(site, site.owner)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["actions"], made["role"], made["to_whole_organisation"]) == (["patent.read"], "", True)
    assert made["granted_by"] == str(site.owner.pk)
    assert numbers(site.buyer) == ["CNA", "CNB"]

    held = client_of(site.buyer).get("/api/v1/grants?current=true").json()["items"]
    assert [row["id"] for row in held] == [made["id"]]
    assert (held[0]["granted_by"], held[0]["granted_by_name"]) == (None, None)
    assert held[0]["granted_by_organisation_name"] == "业主"

    address = f"/api/v1/grants/{made['id']}/revocation"
    assert post(client_of(site.buyer), address, {"reason": "Mine."}).status_code == 403
    assert post(client_of(make_seat()), address, {"reason": "Mine."}).status_code == 404
    revoked = post(client_of(site.owner), address, {"reason": "Over."})
    assert (revoked.status_code, revoked.json()["revocation_reason"]) == (200, "Over.")
    assert numbers(site.buyer) == ["CNB"]
    assert client_of(site.buyer).get("/api/v1/grants?current=true").json()["items"] == []
    assert post(client_of(site.owner), address, {"reason": "Over."}).status_code == 409


def test_a_list_of_grants_is_filtered_by_what_it_shows(site: Site) -> None:
    made = give(site, site.owner).json()
    client = client_of(site.owner)
    for query, found in (
        (f"subject_type=patents.patent&subject_id={site.patents[0].pk}", [made["id"]]),
        (f"subject_id={site.patents[1].pk}", []),
        (f"organisation={site.buyer.organisation_id}", [made["id"]]),
        ("role=evaluator", []),
        ("current=false", []),
    ):
        assert [row["id"] for row in client.get(f"/api/v1/grants?{query}").json()["items"]] == found, query
    assert client.get("/api/v1/grants?current=perhaps").status_code == 422
    assert client.get("/api/v1/grants?order=ends").status_code == 200


def test_what_may_not_be_given_is_refused_with_its_place(site: Site) -> None:
    for other, status, pointer in (
        ({"organisation": str(make_organisation().pk)}, 422, "/organisation"),
        ({"seat": str(uuid4()), "organisation": None}, 422, "/seat"),
        ({"actions": []}, 422, "/actions"),
        ({"actions": ["patent.read"], "role": "evaluator"}, 422, "/actions"),
        ({"actions": [], "role": "evaluator"}, 422, "/seat"),
        ({"actions": ["patent.transfer"]}, 422, "/actions"),
        ({"subject_id": str(uuid4())}, 404, None),
        ({"subject_id": str(site.patents[1].pk)}, 404, None),
        ({"subject_type": "identity.seat"}, 422, "/subject_type"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, 422, "/ends_at"),
    ):
        answer = give(site, site.owner, **other)
        assert answer.status_code == status, (other, answer.content)
        if pointer:
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert client_of(site.owner).get("/api/v1/grants").json()["items"] == []


def test_an_assignment_is_given_by_its_role(site: Site) -> None:
    patent = site.patents[0]
    secretariat, expert = make_seat(), make_seat()
    give_role(secretariat, Role.SECRETARIAT, alliance=patent.alliance)
    give_role(expert, Role.EXPERT)
    answer = give(site, secretariat, organisation=None, actions=[], role="expert", seat=str(expert.pk))
    assert answer.status_code == 201, answer.content
    assert (answer.json()["seat"], answer.json()["role"]) == (str(expert.pk), "expert")
    assert numbers(expert) == ["CNA"]
    seen_by_owner = client_of(site.owner).get("/api/v1/grants").json()["items"]
    assert [(row["role"], row["seat"], row["seat_name"]) for row in seen_by_owner] == [("expert", None, None)]


def test_nobody_who_is_not_signed_in_gives_or_sees_anything(site: Site) -> None:
    assert Client().get("/api/v1/grants").status_code == 401
    assert post(Client(), "/api/v1/grants", {}).status_code in (401, 403)


def test_who_sees_an_object_is_told_to_its_owner_and_not_to_others(site: Site) -> None:
    give(site, site.owner)
    address = f"/api/v1/sharing/patents.patent/{site.patents[0].pk}"
    told = client_of(site.owner).get(address).json()
    assert told["subject"] == {"type": "patents.patent", "id": str(site.patents[0].pk), "label": "CNA (CN)"}
    assert [(row["seat"], row["actions"], row["why"][0]["kind"]) for row in told["readers"]] == [
        (
            str(site.owner.pk),
            [
                "patent.read",
                "patent.chart",
                "patent.edit",
                "patent.edit_annuity_terms",
                "patent.pay_annuity",
                "patent.read_annuities",
                "patent.read_duties",
                "patent.settle_duties",
                "patent.share",
                "patent.submit",
                "patent.waive_duties",
            ],
            "role",
        ),
        (None, ["patent.read"], "grant"),
    ]
    assert told["may_grant"] == ["patent.read", "patent.edit"]
    assert client_of(site.buyer).get(address).status_code == 403
    assert client_of(make_seat()).get(address).status_code == 404
    assert client_of(site.owner).get(f"/api/v1/sharing/identity.seat/{site.owner.pk}").status_code == 404
