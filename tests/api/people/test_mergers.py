"""Merging organisations over HTTP, and what a client sees of them afterwards."""

import pytest

from platform_core.identity.roles import Role
from platform_core.identity.seating import end_seat
from tests.api.core.clients import client_of
from tests.factories.core import command_line, give_role, make_alliance, make_organisation, make_seat, make_user
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db

JSON = "application/json"


def test_an_office_finds_a_duplicate_merges_it_and_finds_it_by_its_old_name() -> None:
    alliance = make_alliance()
    seat = make_seat()
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    client = client_of(seat)
    kept, merged = make_organisation("蓝屿有限公司"), make_organisation("蓝屿股份有限公司")
    make_membership(alliance, merged, "M1")

    found = client.get(f"/api/v1/organisations/{kept.pk}/duplicates")
    assert [row["id"] for row in found.json()] == [str(merged.pk)]
    address = f"/api/v1/organisations/{kept.pk}/merger"
    preview = client.get(address, {"merged": str(merged.pk)}).json()
    assert preview["merged"]["name_zh"] == "蓝屿股份有限公司"
    assert preview["moves"] == [{"what": "memberships.Membership.organisation", "count": 1}]
    assert preview["hindrance"] == ""
    assert client.get(f"/api/v1/organisations/{merged.pk}").json()["merged_into"] is None
    answer = client.post(address, {"merged": str(merged.pk)}, JSON, headers={"Idempotency-Key": "merge-once"})
    assert answer.status_code == 200, answer.content
    assert [row["name"] for row in answer.json()["other_names"]] == ["蓝屿股份有限公司"]

    rows = client.get("/api/v1/organisations").json()["items"]
    assert str(kept.pk) in {row["id"] for row in rows}
    assert str(merged.pk) not in {row["id"] for row in rows}
    assert client.get(f"/api/v1/organisations/{merged.pk}").json()["merged_into"] == str(kept.pk)
    items = client.get("/api/v1/search", {"q": "蓝屿股份"}).json()["items"]
    assert [row["id"] for row in items if row["type"] == "identity.organisation"] == [str(kept.pk)]


def test_what_stands_against_it_is_told() -> None:
    seat = make_seat()
    give_role(seat, Role.SITE_ADMIN)
    client, user = client_of(seat), make_user()
    kept, merged = make_organisation(), make_organisation()
    make_seat(user, kept)
    twice = make_seat(user, merged)

    address = f"/api/v1/organisations/{kept.pk}/merger"
    assert "end one of the two first" in client.get(address, {"merged": str(merged.pk)}).json()["hindrance"]
    chinese = client.get(address, {"merged": str(merged.pk)}, headers={"Accept-Language": "zh-CN"}).json()
    assert chinese["hindrance"] == "有人在两个组织都有席位：请先结束其中一个。"
    assert client.get(address, {"merged": str(kept.pk)}).status_code == 422
    assert client.get(address).status_code == 422
    refusal = client.post(address, {"merged": str(merged.pk)}, JSON, headers={"Idempotency-Key": "merge-first"})
    assert refusal.status_code == 409
    assert "end one of the two first" in refusal.json()["detail"]
    end_seat(actor=command_line(), seat_id=twice.pk)
    done = client.post(address, {"merged": str(merged.pk)}, JSON, headers={"Idempotency-Key": "merge-second"})
    assert done.status_code == 200

    late = client.post(
        "/api/v1/seats",
        {"user": str(user.pk), "organisation": str(merged.pk)},
        JSON,
        headers={"Idempotency-Key": "seat-late"},
    )
    assert late.status_code == 403
    unknown = client.post(
        address, {"merged": "01a00000-0000-7000-8000-000000000000"}, JSON, headers={"Idempotency-Key": "merge-third"}
    )
    assert unknown.status_code == 404
