"""Members that have not signed are reminded by notice and message: once a day, on record, and nobody who has signed."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from members.charter.models import CharterVersion, SignatureReminder
from members.charter.services import remind_signers
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.models import Language, Seat
from platform_core.identity.roles import Role
from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from platform_core.notices.services import RemindedLately
from platform_core.problems import InvalidInput, NotAllowed, NotFound, WrongState
from tests.api.core.clients import client_of
from tests.factories.charter import make_authority, make_charter, make_signature, make_version
from tests.factories.core import NOON, acting, actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db


@dataclass
class House:
    """An alliance with a charter that one member has signed, two have not, and a fourth has nobody here."""

    secretary: Seat
    version: CharterVersion
    signed: Membership
    late: Membership
    later: Membership
    silent: Membership
    admin: Seat

    def office(self, after: timedelta = timedelta(0)) -> Actor:
        return actor_of_seat(self.secretary, clock=FixedClock(NOON + after))


@pytest.fixture
def house() -> House:
    alliance = make_alliance("uhd")
    secretary = make_seat(organisation=make_organisation("协会"))
    give_role(secretary, Role.SECRETARIAT, alliance=alliance)
    signed, late, later, silent = (
        make_membership(alliance, make_organisation(name), code, enters_on=date(2025, 1, 1))
        for code, name in (("M1", "甲"), ("M2", "乙"), ("M3", "丙"), ("M4", "丁"))
    )
    seats = [make_seat(organisation=member.organisation) for member in (signed, late, later)]
    for seat in seats:
        give_role(seat, Role.MEMBER_ADMIN)
    version = make_version(make_charter(alliance, "联盟章程"))
    make_signature(version, signed, make_authority(seats[0], signed))
    return House(secretary, version, signed, late, later, silent, admin=seats[1])


def told(seat: Seat) -> list[str]:
    return list(Notice.objects.filter(seat=seat).values_list("kind", flat=True))


def test_everybody_who_has_not_signed_is_told_and_written_to_and_nobody_else(house: House) -> None:
    house.admin.user.language = Language.ENGLISH
    house.admin.user.save()
    done = remind_signers(actor=house.office(), version_id=house.version.pk)

    assert [(one.membership.code, one.people) for one in done.reminders] == [("M2", 1), ("M3", 1)]
    assert [one.code for one in done.unreached] == ["M4"]
    assert told(house.admin) == ["charter_version.signer_reminded"]
    assert Notice.objects.count() == Message.objects.count() == 2
    message = Message.objects.get(user=house.admin.user)
    assert (message.kind, message.language) == ("charter.signature_reminder", Language.ENGLISH)
    said = json.loads(message.values)
    assert said["organisation"] == "乙"
    assert said["title"] == "联盟章程"
    assert said["link"].endswith(f"/charter-versions/{house.version.pk}")
    events = AuditEvent.objects.filter(name="signature_reminder.sent")
    assert [event.changes["membership"]["new"] for event in events.order_by("pk")] == ["M2", "M3"]


def test_whoever_may_sign_is_told_besides_the_administrator_and_a_closed_account_is_not(house: House) -> None:
    signing = make_seat(organisation=house.late.organisation)
    make_authority(signing, house.late)
    closed = make_seat(organisation=house.late.organisation)
    give_role(closed, Role.MEMBER_ADMIN)
    closed.user.is_active = False
    closed.user.save()
    done = remind_signers(actor=house.office(), version_id=house.version.pk, membership_ids=[house.late.pk])

    assert [one.people for one in done.reminders] == [2]
    assert told(signing) == ["charter_version.signer_reminded"]
    assert told(closed) == []
    assert set(Message.objects.values_list("user", flat=True)) == {signing.user_id, house.admin.user_id}


def test_nobody_is_reminded_twice_within_a_day_unless_it_is_meant(house: House) -> None:
    remind_signers(actor=house.office(), version_id=house.version.pk, membership_ids=[house.late.pk])
    soon = house.office(timedelta(hours=23, minutes=59))
    with pytest.raises(RemindedLately, match="M2"):
        remind_signers(actor=soon, version_id=house.version.pk)
    assert SignatureReminder.objects.count() == Message.objects.count() == Notice.objects.count() == 1

    others = remind_signers(actor=soon, version_id=house.version.pk, membership_ids=[house.later.pk])
    assert [one.membership.code for one in others.reminders] == ["M3"]
    both = remind_signers(actor=soon, version_id=house.version.pk, again=True)
    assert [one.membership.code for one in both.reminders] == ["M2", "M3"]
    assert Message.objects.count() == 4


def test_a_day_later_it_needs_no_more_saying(house: House) -> None:
    remind_signers(actor=house.office(), version_id=house.version.pk)
    remind_signers(actor=house.office(timedelta(days=1)), version_id=house.version.pk)
    assert SignatureReminder.objects.count() == 4


def test_who_has_signed_or_is_no_member_cannot_be_reminded(house: House) -> None:
    elsewhere = make_membership(make_alliance("other"), make_organisation("戊"), "X1")
    for wrong in (house.signed, elsewhere):
        with pytest.raises(InvalidInput):
            remind_signers(actor=house.office(), version_id=house.version.pk, membership_ids=[wrong.pk])
    assert Message.objects.count() == 0


def test_only_the_latest_published_version_is_reminded_of(house: House) -> None:
    draft = make_version(house.version.charter, 3, published=False)
    with pytest.raises(WrongState):
        remind_signers(actor=house.office(), version_id=draft.pk)
    make_version(house.version.charter, 2)
    with pytest.raises(WrongState, match="Version 2"):
        remind_signers(actor=house.office(), version_id=house.version.pk)
    assert Message.objects.count() == 0


def test_members_remind_nobody_and_another_alliance_finds_nothing(house: House) -> None:
    with pytest.raises(NotAllowed):
        remind_signers(actor=actor_of_seat(house.admin), version_id=house.version.pk)
    with pytest.raises(NotFound):
        remind_signers(actor=acting(Role.SECRETARIAT, alliance=make_alliance("far")), version_id=house.version.pk)
    assert Message.objects.count() == Notice.objects.count() == SignatureReminder.objects.count() == 0


def test_the_office_sees_who_was_reminded_when_and_members_do_not(house: House) -> None:
    address = f"/api/v1/charter-versions/{house.version.pk}"
    office = client_of(house.secretary)
    answer = office.post(
        f"{address}/reminders",
        json.dumps({"membership_ids": [str(house.late.pk)]}),
        content_type="application/json",
        headers={"Idempotency-Key": "remind-1"},
    )
    assert answer.status_code == 201, answer.content
    assert [one["code"] for one in answer.json()["reminders"]] == ["M2"]
    again = office.post(
        f"{address}/reminders", "{}", content_type="application/json", headers={"Idempotency-Key": "remind-2"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "reminded_lately")

    rows = office.get(f"{address}/missing-signatures").json()["items"]
    assert [(row["code"], row["reminded_at"] is not None) for row in rows] == [
        ("M2", True),
        ("M3", False),
        ("M4", False),
    ]
    assert rows[0]["reminded_by_name"] == house.secretary.user.name
    seen = client_of(house.admin).get(f"{address}/missing-signatures").json()["items"]
    assert {row["reminded_at"] for row in seen} == {None}
