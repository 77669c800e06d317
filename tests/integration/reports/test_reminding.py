"""Licensees that have not reported are reminded: by notice and message, once a day, on record, without any figures."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from licensing.agreements.models import Licence
from licensing.reports.models import ReportReminder
from licensing.reports.selectors import missing_reports
from licensing.reports.services import remind_licensees
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from platform_core.notices.services import RemindedLately
from platform_core.problems import InvalidInput, NotAllowed
from tests.api.core.clients import client_of
from tests.factories.core import (
    NOON,
    actor_of_seat,
    give_role,
    make_alliance,
    make_entity,
    make_organisation,
    make_seat,
)
from tests.factories.reports import make_licence, make_nil_report, make_reported_programme

pytestmark = pytest.mark.django_db


@dataclass
class House:
    """A programme in March 2026: one licensee reported all of 2025Q4, one a month of it, one nothing."""

    secretary: Seat
    accountant: Seat
    programme: Programme
    part: Licence
    none: Licence
    licensee: Seat

    def office(self, after: timedelta = timedelta(0)) -> Actor:
        return actor_of_seat(self.secretary, clock=FixedClock(NOON + after))


@pytest.fixture
def house() -> House:
    alliance = make_alliance("uhd")
    entity = make_entity(alliance)
    programme = make_reported_programme(alliance, entity, launched=True)
    secretary, accountant = (make_seat(organisation=make_organisation(name)) for name in ("协会", "运营"))
    give_role(secretary, Role.SECRETARIAT, alliance=alliance)
    give_role(accountant, Role.FINANCE, entity=entity)
    whole, part, none = (
        make_licence(programme, make_organisation(name), code)
        for code, name in (("L1", "甲"), ("L2", "乙"), ("L3", "丙"))
    )
    for month in (10, 11, 12):
        make_nil_report(whole, date(2025, month, 1))
    make_nil_report(part, date(2025, 11, 1))
    licensee = make_seat(organisation=part.licensee)
    give_role(licensee, Role.LICENSEE)
    return House(secretary, accountant, programme, part, none, licensee)


def test_whoever_lacks_a_month_is_reminded_of_the_months_it_lacks(house: House) -> None:
    done = remind_licensees(actor=house.office(), programme_id=house.programme.pk)

    assert [(one.licence.code, one.people) for one in done.reminders] == [("L2", 1)]
    # Nobody acts for the third licensee yet: the office is told instead of being left to believe that it was reminded.
    assert [one.code for one in done.unreached] == ["L3"]
    assert list(Notice.objects.values_list("seat", "kind")) == [(house.licensee.pk, "licence.report_reminded")]
    said = json.loads(Message.objects.get(user=house.licensee.user).values)
    assert said["months"] == "2025-10、2025-12"
    assert said["licence"] == "L2"
    assert said["link"].endswith(f"/licences/{house.part.pk}?tab=reports")
    event = AuditEvent.objects.get(name="report_reminder.sent")
    assert event.changes["months"]["new"] == ["2025-10", "2025-12"]
    assert event.operating_entity_id == house.programme.operating_entity_id


def test_nobody_is_reminded_twice_within_a_day_unless_it_is_meant(house: House) -> None:
    remind_licensees(actor=house.office(), programme_id=house.programme.pk)
    with pytest.raises(RemindedLately, match="L2"):
        remind_licensees(actor=house.office(timedelta(hours=23)), programme_id=house.programme.pk)
    assert Message.objects.count() == Notice.objects.count() == ReportReminder.objects.count() == 1
    remind_licensees(actor=house.office(timedelta(hours=23)), programme_id=house.programme.pk, again=True)
    remind_licensees(actor=house.office(timedelta(hours=48)), programme_id=house.programme.pk)
    assert Message.objects.count() == 3


def test_finance_reminds_too_and_a_licence_that_has_reported_cannot_be_named(house: House) -> None:
    finance = actor_of_seat(house.accountant)
    whole = Licence.objects.get(code="L1")
    with pytest.raises(InvalidInput):
        remind_licensees(actor=finance, programme_id=house.programme.pk, licence_ids=[house.part.pk, whole.pk])
    assert Message.objects.count() == 0
    done = remind_licensees(actor=finance, programme_id=house.programme.pk, licence_ids=[house.part.pk])
    assert [one.licence.code for one in done.reminders] == ["L2"]


@pytest.mark.parametrize("role", [Role.LICENSEE, Role.MEMBER_ADMIN, Role.MEMBER_FINANCE])
def test_outsiders_learn_neither_who_has_not_filed_nor_who_was_reminded(house: House, role: Role) -> None:
    remind_licensees(actor=house.office(), programme_id=house.programme.pk)
    seat = make_seat(organisation=house.none.licensee)
    give_role(seat, role)
    with pytest.raises(NotAllowed):
        missing_reports(house.programme, actor=actor_of_seat(seat))
    with pytest.raises(NotAllowed):
        remind_licensees(actor=actor_of_seat(seat), programme_id=house.programme.pk, again=True)
    assert client_of(seat).get(f"/api/v1/programmes/{house.programme.pk}/missing-reports").status_code == 403
    assert ReportReminder.objects.visible_to(actor_of_seat(seat)).count() == 0
    assert AuditEvent.objects.visible_to(actor_of_seat(seat)).filter(name="report_reminder.sent").count() == 0
    assert Message.objects.count() == 1


def test_the_list_says_which_months_lack_and_who_was_reminded_when(house: House) -> None:
    address = f"/api/v1/programmes/{house.programme.pk}"
    office = client_of(house.secretary)
    body = json.dumps({"licence_ids": [str(house.part.pk)]})
    answer = office.post(
        f"{address}/report-reminders",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": "remind-1"},
    )
    assert answer.status_code == 201, answer.content
    rows = office.get(f"{address}/missing-reports").json()["items"]
    assert all("amount" not in key for row in rows for key in row)
    assert [row["code"] for row in rows][-2:] == ["L2", "L3"]
    of_part = next(row for row in rows if row["code"] == "L2")
    assert of_part["reminded_by_name"] == house.secretary.user.name
