"""The record of a patent over HTTP: whose word each field is, why a right stands, what is decided of differences."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from platform_core.identity.models import Alliance, Organisation
from platform_core.identity.roles import Role
from pools.patents.models import Bibliography, Difference, OutsideRecord, Patent
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_difference, make_legal_event, make_patent, make_source

pytestmark = pytest.mark.django_db

READ_AT = "2026-03-02T12:00:00+08:00"


class Desk:
    """A patent of a member, what an office and a docket say of it, and who reads that."""

    def __init__(self) -> None:
        self.alliance: Alliance = make_alliance()
        self.association: Organisation = make_organisation("协会")
        self.owner: Organisation = make_organisation("江汉")
        make_membership(self.alliance, self.owner, "OWN")
        self.patent: Patent = make_patent(
            self.alliance, "CN103294796B", self.owner, title="一种方法", right="invention", filed_on=date(2013, 5, 27)
        )
        self.office = make_source(self.alliance, self.association, kind="office", name="register.xml")
        Bibliography.objects.create(
            patent=self.patent,
            ipc=["G06F 17/30"],
            priorities=[["CN 201210000001 A", "2012-05-28"], ["CN 201210000002 A", None]],
            sources={"ipc": str(self.office.pk)},
        )

    def client(self, role: Role, organisation: Organisation | None = None) -> Client:
        """Sign somebody in who has a role."""
        seat = make_seat(organisation=organisation or self.owner)
        give_role(seat, role, alliance=self.alliance if role is Role.SECRETARIAT else None)
        return client_of(seat)

    def read(self, client: Client, part: str) -> Any:
        response = client.get(f"/api/v1/patents/{self.patent.pk}/{part}")
        assert response.status_code == 200, response.content
        return response.json()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_each_field_tells_whose_word_it_is_and_only_few_hear_which_file(desk: Desk) -> None:
    for_owner = desk.read(desk.client(Role.MEMBER_STAFF), "bibliography")
    for_office = desk.read(desk.client(Role.SECRETARIAT, desk.association), "bibliography")

    assert (for_owner["title"], for_owner["ipc"], for_owner["agency"]) == ("一种方法", ["G06F 17/30"], "")
    assert for_owner["priorities"] == [
        {"number": "CN 201210000001 A", "on": "2012-05-28"},
        {"number": "CN 201210000002 A", "on": None},
    ]
    assert for_owner["sources"] == [{"field": "ipc", "kind": "office", "read_at": READ_AT, "name": ""}]
    assert for_office["sources"] == [{"field": "ipc", "kind": "office", "read_at": READ_AT, "name": "register.xml"}]


def test_a_patent_of_which_nothing_is_on_record_is_told_as_blank(desk: Desk) -> None:
    Bibliography.objects.all().delete()

    told = desk.read(desk.client(Role.MEMBER_STAFF), "bibliography")

    assert (told["abstract"], told["applicants"], told["claims_count"], told["sources"]) == ("", [], None, [])


def test_the_status_names_the_event_that_decided(desk: Desk) -> None:
    lapse = make_legal_event(
        desk.patent,
        desk.office,
        "CF01",
        announced_on=date(2021, 5, 14),
        effective_on=date(2020, 5, 27),
        told={"fee_year": "08"},
    )

    status = desk.read(desk.client(Role.MEMBER_STAFF), "legal-status")

    assert (status["state"], status["since"], status["decided_by"]) == ("lapsed", "2020-05-27", "event")
    assert (
        status["why"]
        == status["events"][0]
        == {
            "id": str(lapse.pk),
            "office": "CN",
            "code": "CF01",
            "effect": "lapsed",
            "announced_on": "2021-05-14",
            "effective_on": "2020-05-27",
            "at_office": "",
            "at_code": "",
            "text": "transfer",
            "document": "",
            "told": {"fee_year": "08"},
            "source_kind": "office",
            "read_at": READ_AT,
        }
    )
    assert status["intervals"] == [{"from_on": "2020-01-01", "to_on": "2020-05-27", "ended_by_id": str(lapse.pk)}]
    assert (status["recorded"], status["agrees"]) == ("in_force", False)


def test_many_differences_are_decided_at_once_by_whoever_saw_them(desk: Desk) -> None:
    staff = desk.client(Role.MEMBER_STAFF)
    OutsideRecord.objects.create(
        patent=desk.patent, source=desk.office, values={"title": ["另一名称"], "filed_on": ["2013-05-28"]}
    )
    title = make_difference(desk.patent, desk.office, own=["一种方法"], office=["另一名称"])
    filed = make_difference(
        desk.patent, desk.office, field="filed_on", own=["2013-05-27"], office=["2013-05-28"], risk=50
    )
    listed = staff.get("/api/v1/differences", {"patent": str(desk.patent.pk), "state": "open"}).json()["items"]
    assert [(row["field"], row["risk"], row["office_read_at"], row["can_be_taken_over"]) for row in listed] == [
        ("filed_on", 50, READ_AT, True),
        ("title", 10, READ_AT, True),
    ]
    decisions = [{"difference_id": str(row.pk), "side": "office", "version": 1} for row in (title, filed)]

    def decide(key: str, *chosen: dict[str, Any]) -> Any:
        return staff.post(
            "/api/v1/differences/decisions",
            {"decisions": list(chosen)},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    stale = decide("decision-1", decisions[0], {**decisions[1], "version": 2})
    assert (stale.status_code, Patent.objects.get().title) == (409, "一种方法")

    done = decide("decision-2", *decisions)

    assert done.status_code == 200, done.content
    patent = Patent.objects.get()
    assert (patent.title, patent.filed_on) == ("另一名称", date(2013, 5, 28))
    assert [row["state"] for row in done.json()["items"]] == ["accepted", "accepted"]
    assert set(Difference.objects.values_list("state", "side")) == {("accepted", "office")}
