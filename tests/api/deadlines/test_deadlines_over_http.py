"""Deadlines, calendars and orders as clients meet them: nothing hidden, in the reader's language, at once."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client

from platform_core.deadlines.models import CalendarFeed, Deadline
from platform_core.home.deadlines import AT_MOST_OF_A_KIND, deadlines_to_meet
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from pools.upkeep.services import follow_alliance
from tests.factories.conflicts import make_undertaking
from tests.factories.core import actor_of_seat, give_role, make_seat
from tests.integration.upkeep.test_following import House

pytestmark = pytest.mark.django_db


class Desk(House):
    """A member with patents whose fees come soon, and what its people's browsers send."""

    def __init__(self, patents: int = 1) -> None:
        super().__init__()
        for number in range(patents):
            self.register(f"CN10684{number:04d}B", application=f"CN20171011{number:04d}.7")
        follow_alliance(actor=self.work(), alliance_id=self.alliance.pk)

    def ask(
        self, seat: Seat, method: str, address: str, body: Any = None, language: str = "en", tag: str | None = None
    ) -> Any:
        client = Client()
        client.force_login(seat.user)
        given: dict[str, Any] = {
            "headers": {
                "Accept-Language": language,
                "Idempotency-Key": "key-0001-of-tests",
                **({"If-Match": tag} if tag else {}),
            },
            "lianchi.actor": actor_of_seat(seat),
        }
        if method == "GET":
            return client.get(f"/api/v1/{address}", **given)
        send = client.put if method == "PUT" else client.post
        return send(f"/api/v1/{address}", body or {}, content_type="application/json", **given)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def entries(answer: Any) -> list[str]:
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode().replace("\r\n ", "")
    return [line.removeprefix("SUMMARY:") for line in text.split("\r\n") if line.startswith("SUMMARY:")]


def test_what_is_to_be_done_is_told_in_the_readers_language_with_the_steps_one_may_take(desk: Desk) -> None:
    [mine] = desk.ask(desk.staff, "GET", "deadlines").json()["items"]
    assert mine["what"] == "Pay the annuity of year 10 · CN106840000B (CN)"
    assert mine["allowed_steps"] == ["settle", "waive"]
    [seen] = desk.ask(desk.office, "GET", "deadlines", language="zh-hans").json()["items"]
    assert seen["what"] == "缴纳第 10 年年费 · CN106840000B (CN)"
    assert seen["allowed_steps"] == []
    assert desk.ask(desk.other, "GET", "deadlines").json()["items"] == []


def test_a_settled_fee_is_answered_as_it_is_now(desk: Desk) -> None:
    deadline = Deadline.objects.get()
    answer = desk.ask(desk.staff, "POST", "deadlines/settlement", {"deadline_ids": [str(deadline.pk)], "note": "已缴"})

    assert answer.status_code == 200
    [row] = answer.json()["items"]
    assert (row["state"], row["note"], row["allowed_steps"]) == ("settled", "已缴", ["reopen"])


def test_of_two_who_edit_what_fees_depend_on_the_second_is_told_that_the_first_was_quicker(desk: Desk) -> None:
    address = f"patents/{Deadline.objects.get().subject_id}"
    tag = desk.ask(desk.staff, "GET", f"{address}/annuities")["ETag"]
    terms = f"{address}/annuity-terms"

    first = desk.ask(desk.staff, "PUT", terms, {"reduction_percent": 85}, tag=tag)
    second = desk.ask(desk.staff, "PUT", terms, {"reduction_percent": 70, "is_open_licence": True}, tag=tag)
    without = desk.ask(desk.staff, "PUT", terms, {"reduction_percent": 70})

    assert [answer.status_code for answer in (first, second, without)] == [200, 412, 428]
    after = desk.ask(desk.staff, "GET", f"{address}/annuities")
    assert after["ETag"] == first["ETag"] != tag
    assert (after.json()["terms"]["reduction_percent"], after.json()["terms"]["is_open_licence"]) == (85, False)


def test_fees_say_what_they_cost_today_and_what_waiting_adds(desk: Desk) -> None:
    [fee] = desk.ask(desk.staff, "GET", "annuities").json()["items"]
    assert {name: fee[name] for name in ("year", "currency", "total_minor", "rises_on", "rises_by_minor")} == {
        "year": 10,
        "currency": "CNY",
        "total_minor": 400_000,
        "rises_on": "2026-04-11",
        "rises_by_minor": 20_000,
    }
    assert desk.ask(desk.office, "GET", "annuities").json()["items"] == []
    patent = Deadline.objects.get().subject_id
    years = desk.ask(desk.staff, "GET", f"patents/{patent}/annuities").json()
    standing = {row["year"]: row["fee_standing"] for row in years["annuities"]}
    assert (standing[9], standing[10], standing[11]) == ("before", "open", "later")
    totals = {row["year"]: row["total_minor"] for row in years["annuities"]}
    assert (totals[9], totals[10], totals[11]) == (None, 400_000, 400_000)
    assert desk.ask(desk.office, "GET", f"patents/{patent}/annuities").status_code == 403


def test_a_calendar_shows_what_its_seat_sees_at_that_moment_and_ends_when_it_is_revoked(desk: Desk) -> None:
    made = desk.ask(desk.staff, "POST", "calendar-feeds", {"name": "手机"})
    assert made.status_code == 201
    address = made.json()["address"].partition("/api/v1/")[2]
    key = address.rpartition("/")[2]
    assert not CalendarFeed.objects.filter(key_hash=key).exists()
    stranger = Client()

    answer = stranger.get(f"/api/v1/{address}")
    assert entries(answer) == ["缴纳第 10 年年费 · CN106840000B (CN)"]
    assert answer["Cache-Control"] == "private, no-store"
    assert "江汉" not in answer.content.decode()
    assert CalendarFeed.objects.get().read_at is not None

    desk.staff.role_assignments.update(ends_at=actor_of_seat(desk.staff).clock.now())
    assert entries(stranger.get(f"/api/v1/{address}")) == []
    feed = CalendarFeed.objects.get()
    assert desk.ask(desk.other, "POST", f"calendar-feeds/{feed.pk}/revocation").status_code == 404
    assert stranger.get(f"/api/v1/{address}").status_code == 200
    assert desk.ask(desk.staff, "POST", f"calendar-feeds/{feed.pk}/revocation").status_code == 200
    assert stranger.get(f"/api/v1/{address}").status_code == 404


def test_the_calendar_of_a_seat_whose_person_is_gone_is_no_more(desk: Desk) -> None:
    address = desk.ask(desk.office, "POST", "calendar-feeds", {"name": "Outlook"}).json()["address"]
    desk.office.user.is_active = False
    desk.office.user.save(update_fields=["is_active"])

    assert Client().get(address.partition("http://localhost:8000")[2]).status_code == 404


def test_whoever_undertook_not_to_look_at_a_company_sees_none_of_its_deadlines(desk: Desk) -> None:
    counsel = make_seat()
    give_role(counsel, Role.SECRETARIAT, alliance=desk.alliance)
    assert len(desk.ask(counsel, "GET", "deadlines").json()["items"]) == 1
    make_undertaking(counsel.user, desk.alliance, hidden_kinds=[], hidden_organisations=[desk.firm.pk])

    assert desk.ask(counsel, "GET", "deadlines").json()["items"] == []


def test_the_home_page_tells_a_few_of_a_kind_to_whoever_may_settle_them() -> None:
    desk = Desk(patents=AT_MOST_OF_A_KIND + 2)

    told = list(deadlines_to_meet(desk.desk()))
    assert [row.kind for row in told] == ["deadline.annuity"] * AT_MOST_OF_A_KIND
    assert (told[0].due_on, told[0].severity, told[0].step) == (date(2026, 3, 10), "attention", "settle")
    assert list(deadlines_to_meet(actor_of_seat(desk.office))) == []


def test_an_order_is_downloaded_as_the_offices_form(desk: Desk) -> None:
    deadline = Deadline.objects.get()
    made = desk.ask(
        desk.staff,
        "POST",
        "payment-orders",
        {"title": "三月", "pay_on": "2026-03-20", "deadline_ids": [str(deadline.pk)]},
    ).json()

    answer = desk.ask(desk.staff, "GET", f"payment-orders/{made['id']}/workbook")
    assert answer["Content-Disposition"].endswith("filename*=UTF-8''%E4%B8%89%E6%9C%88.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["网上缴费"]
    assert [cell.value for cell in sheet[2]][:2] == [1, "CN201710110000.7"]
    assert desk.ask(desk.other, "GET", f"payment-orders/{made['id']}/workbook").status_code == 404
