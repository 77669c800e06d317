"""That something about a thing changed is told to those who may know what did, and to nobody else who sees it."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from licensing.agreements.models import Licence, LicenceChange
from licensing.agreements.services import (
    NewChange,
    NewCharge,
    raise_charge,
    record_licence_change,
    resume_licence,
    suspend_licence,
    terminate_licence,
    withdraw_licence_change,
)
from members.memberships.policies import READ_MEMBERSHIP
from platform_core.access.registry import policies
from platform_core.documents.services import NewFile, add_document
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.ids import new_id
from platform_core.models import Record
from platform_core.realtime import services, sockets
from platform_core.realtime.services import announce
from platform_core.realtime.topics import Part, Topic, parts_known_to
from pools.composition.models import PoolMember
from pools.composition.services import edit_pool_member, hold_pool_member
from tests.concurrency.core.loops import Browser, ServerLoop, browsing
from tests.factories.core import actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.reports import make_nil_report
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(tmp_path: Path, settings: Any) -> SmallWorld:
    settings.DATA_DIR = tmp_path
    world = make_small_world()
    # Sockets live now, and the small world earlier: what is done there is done by those who listen here.
    world.seats["counsel"] = make_seat(organisation=make_organisation())
    give_role(world.seats["counsel"], Role.LEGAL, alliance=world.alliance)
    world.seats["M1 admin"] = make_seat(organisation=world.members["M1"].organisation)
    give_role(world.seats["M1 admin"], Role.MEMBER_ADMIN)
    return world


class Room:
    """Several people with a page of one thing open."""

    def __init__(self, browsers: dict[str, Browser]) -> None:
        self.browsers = browsers

    def hears(self, act: Callable[[], object], *expected: str) -> bool:
        """Do something, and say whether these people are told that the thing changed, and nobody else is."""
        act()
        told = {self.browsers[name].next()[0] for name in expected}
        others = [browser for name, browser in self.browsers.items() if name not in expected]
        silent = all([browser.is_silent_for(0.2) for browser in others])
        for name in expected:
            # Two changes in one transaction may be told as two.
            while not self.browsers[name].is_silent_for(0.1):
                pass
        return silent and told <= {"changed"}


@pytest.fixture
def server() -> Iterator[ServerLoop]:
    with ServerLoop() as loop:
        yield loop


@pytest.fixture
def open_pages(server: ServerLoop, world: SmallWorld) -> Iterator[Callable[..., Room]]:
    with ExitStack() as stack:

        def open_page(subject: Record, *people: str) -> Room:
            browsers = {}
            for name in people:
                browsers[name] = stack.enter_context(browsing(server, world.seats[name]))
                browsers[name].ask("subscribe", Topic.of(subject))
                assert browsers[name].next() == ("subscribed", str(Topic.of(subject))), name
            return Room(browsers)

        yield open_page


def attach(world: SmallWorld, who: str, subject: Record) -> object:
    return add_document(
        actor=world.acting(who),
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        title="letter",
        file=NewFile("letter.pdf", io.BytesIO(b"%PDF-1.7\nletter")),
    )


def test_a_paper_is_news_to_those_who_may_read_it(world: SmallWorld, open_pages: Callable[..., Room]) -> None:
    membership = world.members["M1"]
    room = open_pages(membership, "secretariat", "M1 admin", "M1", "M2", "calculator", "counsel")
    assert room.hears(lambda: attach(world, "secretariat", membership), "secretariat", "M1 admin")
    firm = membership.organisation
    room = open_pages(firm, "secretariat", "M1 admin", "M1", "M2", "L1")
    assert room.hears(lambda: attach(world, "M1 admin", firm), "secretariat", "M1 admin")


def test_what_changes_of_a_licence_is_news_to_those_who_may_read_it(
    world: SmallWorld, open_pages: Callable[..., Room]
) -> None:
    licence: Licence = world.licences["L1"]
    # Members and counsel know that there is a licence and its days, another licensee and outsiders its name alone.
    room = open_pages(licence, "secretariat", "calculator", "L1", "M1", "counsel", "L2")
    office, finance = world.acting("secretariat"), world.acting("calculator")
    contents = ("secretariat", "calculator", "L1")
    assert room.hears(lambda: suspend_licence(actor=office, licence_id=licence.pk, course_id=new_id()), *contents)
    assert room.hears(lambda: resume_licence(actor=office, licence_id=licence.pk), *contents)
    change = NewChange(licence_id=licence.pk, month=date(2026, 3, 1), standing="compliant")
    assert room.hears(lambda: record_licence_change(actor=office, change=change), *contents)
    recorded = licence.changes.get().pk
    assert room.hears(lambda: withdraw_licence_change(actor=office, change_id=recorded), "secretariat")
    charge = NewCharge(licence_id=licence.pk, month=date(2025, 1, 1), kind="entry", amount=Decimal(10), currency="CNY")
    assert room.hears(lambda: raise_charge(actor=finance, charge=charge), "calculator", "L1")
    end = world.clock.now().date()
    dates = (*contents, "M1", "counsel")
    decision = new_id()
    ends = partial(terminate_licence, actor=office, licence_id=licence.pk, ends_on=end, course_id=decision)
    assert room.hears(ends, *dates)


def test_that_a_month_was_reported_is_news_on_the_licence(world: SmallWorld, open_pages: Callable[..., Room]) -> None:
    room = open_pages(world.licences["L1"], "secretariat", "calculator", "L1", "M1", "counsel")
    filing = partial(world.report, "L1", [("2025-01", 5)], first="2025-01", last="2025-01")
    assert room.hears(filing, "secretariat", "calculator", "L1")


def test_money_that_is_withheld_in_a_pool_is_no_news_to_others_on_its_list(
    world: SmallWorld, open_pages: Callable[..., Room]
) -> None:
    part = PoolMember.objects.get(pool=world.pool, membership=world.members["M1"])
    room = open_pages(part, "secretariat", "calculator", "M1 admin", "M2", "L1")
    office, figures = world.acting("secretariat"), ("secretariat", "calculator", "M1 admin")
    assert room.hears(lambda: hold_pool_member(actor=office, member_id=part.pk, reason="dispute"), *figures)
    assert room.hears(lambda: edit_pool_member(actor=office, member_id=part.pk, figures={"points": "3"}), *figures)
    everybody = (*figures, "M2", "L1")
    assert room.hears(lambda: edit_pool_member(actor=office, member_id=part.pk, segment="downstream"), *everybody)


def test_hidden_and_open_news_at_once_are_told_to_whom_the_open_one_concerns(
    world: SmallWorld, open_pages: Callable[..., Room]
) -> None:
    membership = world.members["M1"]
    room = open_pages(membership, "M2")
    other = make_membership(make_alliance(), make_organisation(), "X")

    def both() -> None:
        with transaction.atomic():
            announce(membership, part=other)
            announce(membership, part=world.members["M2"], to=READ_MEMBERSHIP)
            announce(membership, part=other)

    assert room.hears(both, "M2")
    assert room.hears(lambda: None)
    assert room.hears(lambda: announce(membership, part=other))


def test_a_part_is_asked_of_the_rights_of_now(
    world: SmallWorld, open_pages: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that was opened just now may be of a seat whose rights were read long ago."""
    monkeypatch.setattr(sockets, "FRESH_FOR", 0.0)
    licence = world.licences["L1"]
    room = open_pages(licence, "calculator", "approver")
    report = make_nil_report(licence, date(2025, 1, 1))
    assert room.hears(lambda: announce(licence, part=report), "calculator", "approver")
    world.seats["approver"].role_assignments.update(ends_at=world.clock.now())
    assert room.hears(lambda: announce(licence, part=report), "calculator")


def test_who_sees_little_more_than_a_name_hears_nothing_unless_it_is_said(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every kind of thing that has more contents than all who see it may read."""
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(services, "_send", lambda group, message: sent.append(message))
    narrowed = [policy for policy in policies() if policy.read_contents != policy.read]
    assert len(narrowed) > 3
    for policy in narrowed:
        thing = policy.model(pk=world.programme.pk)
        announce(thing)
        announce(thing, to=policy.read)
        named, all_of_them = sent[-2:]
        assert named["to"] == policy.read_contents.name
        assert "to" not in all_of_them


def seat_knows(seat: Seat, part: Part, world: SmallWorld) -> bool:
    return part in parts_known_to(actor_of_seat(seat, clock=world.clock), [part])


def test_a_part_that_is_gone_is_known_to_nobody(world: SmallWorld) -> None:
    change = LicenceChange.objects.create(licence=world.licences["L1"], month=date(2026, 3, 1), standing="compliant")
    part, seat = Part.of(change), world.seats["calculator"]
    assert seat_knows(seat, part, world)
    change.delete()
    assert not seat_knows(seat, part, world)
