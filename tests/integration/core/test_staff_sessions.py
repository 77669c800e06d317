"""Staff sessions: a site administrator reads an alliance's data for hours, for a reason, on record, and never else."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, IntegrityError, transaction

from licensing.agreements.models import Charge
from licensing.reports.models import SalesReport
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.access.kernel import can, may
from platform_core.access.models import AccessLogEntry
from platform_core.access.registry import Audience, Permission, Policy, allow, policies
from platform_core.access.relations import everything, in_alliance
from platform_core.access.staff.models import StaffSession
from platform_core.access.staff.services import end_staff_session, start_staff_session
from platform_core.audit.models import AuditEvent
from platform_core.audit.services import record_event
from platform_core.clock import FixedClock
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import Alliance, OperatingEntity
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from platform_core.webhooks.services import find_webhooks
from pools.patents.models import Patent
from tests.factories.access import make_staff_seat, make_staff_session
from tests.factories.core import NOON, acting, actor_of_seat, clock_at, command_line, make_alliance
from tests.factories.patents import make_patent
from tests.factories.webhooks import make_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def alliance() -> Alliance:
    return make_alliance()


@pytest.fixture
def patent(alliance: Alliance) -> Patent:
    return make_patent(alliance, "CN1A")


def sees(actor: Actor, patent: Patent) -> bool:
    return Patent.objects.visible_to(actor).filter(pk=patent.pk).exists()


def test_a_site_administrator_reads_business_data_in_a_session_only(alliance: Alliance, patent: Patent) -> None:
    seat = make_staff_seat()
    elsewhere = make_patent(make_alliance(), "CN2A")
    assert not sees(actor_of_seat(seat), patent)

    session = start_staff_session(
        actor=actor_of_seat(seat), alliance_id=alliance.pk, reason=" a close hangs ", minutes=30
    )

    assert (session.starts_at, session.ends_at, session.reason) == (NOON, NOON + timedelta(minutes=30), "a close hangs")
    actor = actor_of_seat(seat)
    assert sees(actor, patent)
    assert not sees(actor, elsewhere)
    event = AuditEvent.objects.get()
    assert (event.name, event.subject_id, event.alliance_id) == ("staff_session.started", session.pk, alliance.pk)

    # The actor of a long request, and one made anew: both end with the session, to the second.
    last, over = clock_at(session.ends_at - timedelta(microseconds=1)), clock_at(session.ends_at)
    assert sees(actor_of_seat(seat, clock=last), patent)
    assert not sees(actor_of_seat(seat, clock=over), patent)
    clock = FixedClock(NOON)
    long = actor_of_seat(seat, clock=clock)
    assert sees(long, patent)
    clock.set(session.ends_at)
    assert not sees(long, patent)


def test_no_webhook_is_called_about_what_a_session_opens(alliance: Alliance, patent: Patent) -> None:
    session = make_staff_session(alliance=alliance)
    assert sees(actor_of_seat(session.seat), patent)
    make_webhook(session.seat)
    event = record_event("patent.edited", actor=command_line(), subject=patent)
    assert find_webhooks(event.pk, clock=FixedClock(NOON)) == 0


def test_a_session_changes_nothing_and_opens_no_permission_but_to_read(alliance: Alliance, patent: Patent) -> None:
    session = make_staff_session(alliance=alliance)
    actor, closed = actor_of_seat(session.seat), actor_of_seat(make_staff_seat())
    opened = set()
    for policy in policies():
        for permission in policy.permissions():
            if may(actor, permission, policy.model) and not may(closed, permission, policy.model):
                opened.add(permission)
    assert {"charge.read", "sales_report.read", "close_run.read", "statement.read_workings"} <= {o.name for o in opened}
    assert {permission.name for permission in opened if not permission.reads} == set()
    assert can(actor, Permission("patent.read"), patent)
    assert not can(actor, Permission("patent.edit"), patent)


def test_a_policy_that_opens_more_than_reading_or_what_no_session_reaches_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"only reads.*thing\.edit"):
        Policy(
            Alliance,
            read=Permission("thing.read"),
            rules=[allow(Audience.STAFF, Permission("thing.edit"), everything())],
        )
    secret = Policy(Alliance, read=Permission("ballot.read"), no_staff="a ballot is secret")
    with pytest.raises(ImproperlyConfigured, match="a ballot is secret"):
        secret.extend(allow((Role.LEGAL, Audience.STAFF), Permission("ballot.read"), in_alliance()))
    assert secret.rules == ()


def test_a_session_goes_with_the_role_of_whoever_opened_it(alliance: Alliance, patent: Patent) -> None:
    session = make_staff_session(alliance=alliance)
    session.seat.role_assignments.update(ends_at=NOON)
    assert actor_of_seat(session.seat).open_staff_session is None
    assert not sees(actor_of_seat(session.seat), patent)


def test_a_second_session_waits_for_the_end_of_the_first(alliance: Alliance) -> None:
    seat = make_staff_seat()
    first = start_staff_session(actor=actor_of_seat(seat), alliance_id=alliance.pk, reason="why", minutes=240)
    with pytest.raises(Conflict):
        start_staff_session(actor=actor_of_seat(seat), alliance_id=make_alliance().pk, reason="why", minutes=1)
    assert StaffSession.objects.count() == AuditEvent.objects.count() == 1
    end_staff_session(actor=actor_of_seat(seat), session_id=first.pk)
    start_staff_session(
        actor=actor_of_seat(seat, clock=clock_at(NOON + timedelta(seconds=1))),
        alliance_id=alliance.pk,
        reason="again",
        minutes=1,
    )


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"reason": "  "}, "/reason"),
        ({"reason": "x" * 501}, "/reason"),
        ({"minutes": 0}, "/minutes"),
        ({"minutes": 241}, "/minutes"),
    ],
)
def test_a_session_needs_a_reason_and_is_short(alliance: Alliance, given: dict[str, Any], pointer: str) -> None:
    asked: dict[str, Any] = {"reason": "why", "minutes": 60, **given}
    with pytest.raises(InvalidInput) as refused:
        start_staff_session(actor=actor_of_seat(make_staff_seat()), alliance_id=alliance.pk, **asked)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert not StaffSession.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SITE_ADMIN])
def test_nobody_else_opens_a_session(alliance: Alliance, role: Role) -> None:
    for actor in (acting(role), Actor.system(COMMAND_LINE, clock=clock_at())):
        with pytest.raises((NotAllowed, NotFound)):
            start_staff_session(actor=actor, alliance_id=alliance.pk, reason="why", minutes=60)
    assert not StaffSession.objects.exists()


def test_its_own_person_and_the_alliances_office_end_it_and_nobody_else(alliance: Alliance) -> None:
    session = make_staff_session(alliance=alliance)
    for stranger in (actor_of_seat(make_staff_seat()), acting(Role.SECRETARIAT), acting(Role.LEGAL, alliance=alliance)):
        with pytest.raises((NotAllowed, NotFound)):
            end_staff_session(actor=stranger, session_id=session.pk)
    session.refresh_from_db()
    assert session.ended_at is None

    told: list[object] = []
    RIGHTS_CHANGED.subscribe(told.append)
    try:
        ended = end_staff_session(actor=acting(Role.SECRETARIAT, alliance=alliance), session_id=session.pk)
    finally:
        RIGHTS_CHANGED.unsubscribe(told.append)
    assert ended.ended_at == NOON
    assert told == [[session.seat_id]]
    assert actor_of_seat(session.seat).staff is None
    with pytest.raises(WrongState):
        end_staff_session(actor=actor_of_seat(session.seat), session_id=session.pk)


def test_whom_it_concerns_sees_when_who_and_why_and_others_see_nothing() -> None:
    from tests.factories.world import make_world

    world = make_world()
    session = StaffSession.objects.get(seat=world.seats["first staff in session"])
    seeing = {
        name for name, actor in world.actors().items() if StaffSession.objects.visible_to(actor).filter(pk=session.pk)
    }
    assert {
        "first secretariat",
        "first finance",
        "first member_admin",
        "first licensee",
        "first site_admin",
        "second site_admin",
        "first staff in session",
    } <= seeing
    assert not seeing & {"second secretariat", "second member_admin", "second finance", "public", "first without role"}


def test_the_database_keeps_sessions_short_single_and_as_they_were_started(alliance: Alliance) -> None:
    session = make_staff_session(alliance=alliance)
    for columns in (
        {"reason": ""},
        {"ends_at": NOON + timedelta(hours=4)},
        {"ends_at": NOON - timedelta(hours=1)},
        {"ended_at": NOON + timedelta(hours=2)},
        {"ended_by": session.seat.user},
        {"seat": session.seat},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_staff_session(alliance=alliance, **columns)
    for changed in ({"reason": "another"}, {"ends_at": NOON + timedelta(hours=1)}, {"alliance": make_alliance()}):
        with pytest.raises(Error, match="can no longer be changed"), transaction.atomic():
            StaffSession.objects.filter(pk=session.pk).update(**changed)
    with pytest.raises(Error), transaction.atomic():
        session.delete()
    StaffSession.objects.filter(pk=session.pk).update(ended_at=NOON)


def test_every_kind_of_object_says_whether_a_session_reaches_it() -> None:
    """Objects that site administrators manage anyway, that sessions open, or that say why none does; no others."""
    silent = [
        policy.model._meta.label
        for policy in policies()
        if not policy.no_staff
        and not any(
            {Role.SITE_ADMIN, Audience.STAFF} & set(rule.who) and policy.read in rule.may for rule in policy.rules
        )
        and not _as_its_parent(policy)
    ]
    assert silent == [], "add allow(Audience.STAFF, READ_…, in_alliance(…)) or no_staff='why not' to their policies"


FOLLOWING = ("whose ", "of something whose ")
"""How relations are named that lead to what the kernel lets somebody do with another object."""


def _as_its_parent(policy: Policy) -> bool:
    """Ownerships, pool entries and documents are read by whoever may read what they belong to."""
    return any(
        {Audience.PUBLIC, Audience.SIGNED_IN} & set(rule.who)
        and policy.read in rule.may
        and rule.reach.label.startswith(FOLLOWING)
        for rule in policy.rules
    )


def test_what_is_confidential_is_opened_by_rules_that_name_the_session() -> None:
    named = {
        policy.model
        for policy in policies()
        for rule in policy.rules
        if Audience.STAFF in rule.who and policy.read in rule.may
    }
    assert {SalesReport, Charge, Patent} <= named
    assert not named & {Alliance, OperatingEntity, AccessLogEntry}
