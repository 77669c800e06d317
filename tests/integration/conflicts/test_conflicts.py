"""Nobody tied to a member or licensee works in the alliance's office uncovered, whichever came first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from licensing.agreements.models import Licence
from licensing.agreements.policies import READ_LICENCE
from licensing.agreements.services import suspend_licence, terminate_licence
from licensing.close.models import CloseRun
from licensing.close.totals.policies import READ_EXACT_TOTALS
from licensing.reports.models import SalesReport
from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import can
from platform_core.clock import FixedClock, today
from platform_core.conflicts.models import Affiliation, AffiliationKind, TieKind, Undertaking
from platform_core.conflicts.parties import ZONE
from platform_core.conflicts.services import (
    confirm_undertaking,
    declare_personal_tie,
    end_affiliation,
    end_personal_tie,
    end_undertaking,
    record_affiliation,
    record_undertaking,
)
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import Organisation, Seat, User
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.seating import assign_role, open_seat
from platform_core.ids import new_id
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from pools.patents.models import Patent
from tests.factories.close import make_run
from tests.factories.conflicts import make_affiliation, make_declared_tie, make_undertaking
from tests.factories.core import (
    NOON,
    acting,
    actor_of_seat,
    command_line,
    give_role,
    make_alliance,
    make_organisation,
    make_seat,
    make_user,
)
from tests.factories.documents import make_document
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.reports import make_nil_report
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db


@dataclass
class Case:
    """The small alliance, one of its finance people, and a company that is a member."""

    world: SmallWorld
    seat: Seat
    member: Organisation

    @property
    def person(self) -> User:
        return self.seat.user

    def may_work(self) -> bool:
        """Whether the finance role counts now."""
        actor = actor_in_seat(self.seat.pk, clock=self.world.clock)
        return actor.holds(Role.FINANCE, operating_entity=self.world.entity.pk)


@pytest.fixture
def case() -> Case:
    world = make_small_world()
    return Case(world, world.seats["calculator"], world.members["M1"].organisation)


def test_without_a_tie_the_role_counts_at_one_query_more(case: Case) -> None:
    assert case.may_work()
    with CaptureQueriesContext(connection) as queries:
        actor_in_seat(case.seat.pk, clock=case.world.clock)
    assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries:
        actor_in_seat(case.world.seats["M1"].pk, clock=case.world.clock)
    assert len(queries) == 2


@pytest.mark.parametrize("kind", TieKind.values)
def test_a_declared_tie_takes_the_role_away_until_it_ends(case: Case, kind: str) -> None:
    own = actor_of_seat(case.seat, clock=case.world.clock)
    tie = declare_personal_tie(
        actor=own,
        user_id=case.person.pk,
        organisation_id=case.member.pk,
        kind=TieKind(kind),
        source="my contract",
        starts_on=date(2026, 1, 1),
    )
    assert not case.may_work()
    with pytest.raises(NotAllowed):
        end_personal_tie(actor=own, tie_id=tie.pk)
    end_personal_tie(actor=case.world.acting("secretariat"), tie_id=tie.pk)
    assert case.may_work()


def test_a_tie_that_begins_later_takes_the_role_away_on_its_day(case: Case) -> None:
    make_declared_tie(case.person, case.member, starts_on=date(2026, 2, 3))
    assert case.may_work()
    case.world.clock.move(timedelta(days=1))
    assert not case.may_work()


def test_a_seat_opened_later_takes_the_role_away_and_another_seat_is_no_separation(case: Case) -> None:
    administrator = acting(Role.SITE_ADMIN, clock=case.world.clock)
    open_seat(actor=administrator, user_id=case.person.pk, organisation_id=case.member.pk)
    assert not case.may_work()
    # Given anew, in whatever seat of the person, it is refused.
    second = make_seat(user=case.person, organisation=make_organisation())
    with pytest.raises(Conflict, match="another seat is no separation"):
        assign_role(
            actor=administrator,
            seat_id=second.pk,
            role=Role.FINANCE,
            operating_entity_id=case.world.entity.pk,
            purpose=Purpose.ROYALTIES,
        )
    assert not second.role_assignments.exists()


def test_an_organisation_that_becomes_a_party_later_takes_the_role_away(case: Case) -> None:
    company = make_organisation()
    make_declared_tie(case.person, company)
    assert case.may_work()
    Licence.objects.filter(code="L3").update(licensee=company)
    assert not case.may_work()
    Licence.objects.filter(code="L3").update(state="terminated", ends_on=date(2025, 6, 30))
    assert case.may_work()


def test_affiliates_of_affiliates_count_in_both_directions(case: Case) -> None:
    parent, sister = make_organisation("集团"), make_organisation("子公司")
    make_affiliation(parent, case.member)
    make_affiliation(parent, sister, ends_on=date(2027, 1, 1))
    make_declared_tie(case.person, sister)
    assert not case.may_work()
    case.world.clock.set(NOON + timedelta(days=365))
    assert case.may_work()


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.OPERATOR, Role.AUDITOR, Role.CLOSE_AUDITOR, Role.NEUTRAL])
def test_a_tied_person_is_refused_each_role_that_stands_apart(case: Case, role: Role) -> None:
    seat = make_seat(organisation=make_organisation())
    make_declared_tie(seat.user, case.member)
    alliance = case.world.alliance.pk if role in (Role.SECRETARIAT, Role.OPERATOR) else None
    with pytest.raises(Conflict, match="clean-team undertaking"):
        assign_role(actor=case.world.acting("secretariat"), seat_id=seat.pk, role=role, alliance_id=alliance)
    assert not seat.role_assignments.exists()


def test_roles_that_need_not_stand_apart_are_given_as_before(case: Case) -> None:
    seat = make_seat(organisation=make_organisation())
    make_declared_tie(seat.user, case.member)
    given = assign_role(
        actor=case.world.acting("secretariat"), seat_id=seat.pk, role=Role.LEGAL, alliance_id=case.world.alliance.pk
    )
    assert given.role == Role.LEGAL


def test_an_undertaking_covers_once_a_second_person_confirmed_the_paper(case: Case) -> None:
    make_declared_tie(case.person, case.member)
    secretary = case.world.acting("secretariat")
    undertaking = record_undertaking(
        actor=secretary,
        alliance_id=case.world.alliance.pk,
        seat_id=case.seat.pk,
        text="I see no sales report.",
        hidden_kinds=["reports.salesreport"],
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 7, 1),
    )
    assert not case.may_work()
    with pytest.raises(NotAllowed, match="second person"):
        confirm_undertaking(actor=secretary, undertaking_id=undertaking.pk)
    second = acting(Role.SECRETARIAT, alliance=case.world.alliance, clock=case.world.clock)
    with pytest.raises(WrongState, match="signed undertaking"):
        confirm_undertaking(actor=second, undertaking_id=undertaking.pk)
    make_document(undertaking)
    confirm_undertaking(actor=second, undertaking_id=undertaking.pk)
    assert case.may_work()
    assert actor_in_seat(case.seat.pk, clock=case.world.clock).next_end() is not None

    case.world.clock.set(NOON + timedelta(days=200))
    assert not case.may_work()


def test_an_undertaking_that_is_ended_stops_the_role_at_once(case: Case) -> None:
    make_declared_tie(case.person, case.member)
    undertaking = make_undertaking(case.person, case.world.alliance)
    assert case.may_work()
    end_undertaking(actor=case.world.acting("secretariat"), undertaking_id=undertaking.pk)
    assert not case.may_work()


def test_an_undertaking_names_what_is_hidden_in_service_and_database(case: Case) -> None:
    with pytest.raises(InvalidInput, match="Name what"):
        record_undertaking(
            actor=case.world.acting("secretariat"),
            alliance_id=case.world.alliance.pk,
            seat_id=case.seat.pk,
            text="I see everything.",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 7, 1),
        )
    with pytest.raises(IntegrityError, match="names_what_is_hidden"), transaction.atomic():
        make_undertaking(case.person, case.world.alliance, hidden_kinds=[])
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        make_undertaking(case.person, case.world.alliance, confirmed_by=case.person)
    assert not Undertaking.objects.exists()


def test_an_undertaking_is_of_somebody_whose_open_seat_one_sees(case: Case) -> None:
    hidden = make_seat(organisation=make_organisation())
    make_membership(make_alliance(), hidden.organisation, "ELSE")
    ended = make_seat(organisation=case.seat.organisation)
    give_role(ended, Role.LEGAL, alliance=case.world.alliance)
    Seat.objects.filter(pk=ended.pk).update(ended_at=NOON)

    def record(seat: Seat) -> None:
        record_undertaking(
            actor=case.world.acting("secretariat"),
            alliance_id=case.world.alliance.pk,
            seat_id=seat.pk,
            text="I see no sales report.",
            hidden_kinds=["reports.salesreport"],
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 7, 1),
        )

    with pytest.raises(NotFound, match="no such seat"):
        record(hidden)
    with pytest.raises(InvalidInput, match="has ended"):
        record(ended)
    with pytest.raises(NotAllowed, match="of their own"):
        record(case.world.seats["secretariat"])
    assert not Undertaking.objects.exists()
    record(case.seat)
    assert Undertaking.objects.get().user == case.person


def test_what_an_undertaking_names_is_not_seen(case: Case) -> None:
    for code in ("L1", "L2"):
        make_nil_report(case.world.licences[code], date(2025, 1, 1))
    hidden = case.world.licences["L1"].licensee
    make_declared_tie(case.person, case.member)
    undertaking = make_undertaking(case.person, case.world.alliance, hidden_kinds=[], hidden_organisations=[hidden.pk])
    run = make_run(case.world.programme, date(2025, 1, 1), person=make_user())

    def seen() -> tuple[list[str], int]:
        actor = actor_in_seat(case.seat.pk, clock=FixedClock(NOON))
        reports = SalesReport.objects.visible_to(actor).values_list("licence__code", flat=True).order_by("pk")
        return list(reports), CloseRun.objects.visible_to(actor).filter(pk=run.pk).count()

    # A close's totals tell what the hidden licensee adds to them, so it is not seen either.
    assert seen() == (["L2"], 0)
    end_undertaking(actor=command_line(), undertaking_id=undertaking.pk)
    make_undertaking(case.person, case.world.alliance, hidden_kinds=["close.closerun"])
    assert seen() == (["L1", "L2"], 0)


def test_the_public_part_stays_public_behind_a_screen(case: Case) -> None:
    make_declared_tie(case.person, case.member)
    licence = case.world.licences["L1"]
    make_undertaking(case.person, case.world.alliance, hidden_kinds=[], hidden_organisations=[licence.licensee_id])
    actor = actor_in_seat(case.seat.pk, clock=case.world.clock)
    assert Licence.objects.visible_to(actor).filter(pk=licence.pk).exists()


def test_each_of_several_undertakings_binds(case: Case) -> None:
    for code in ("L1", "L2", "L3"):
        make_nil_report(case.world.licences[code], date(2025, 1, 1))
        if code != "L3":
            hidden = [case.world.licences[code].licensee_id]
            make_undertaking(case.person, case.world.alliance, hidden_kinds=[], hidden_organisations=hidden)
    make_declared_tie(case.person, case.member)
    actor = actor_in_seat(case.seat.pk, clock=case.world.clock)
    assert list(SalesReport.objects.visible_to(actor).values_list("licence__code", flat=True)) == ["L3"]


def test_an_undertaking_binds_in_the_person_s_other_seats_too(case: Case) -> None:
    licence = case.world.licences["L1"]
    counsel = make_seat(user=case.person, organisation=make_organisation())
    give_role(counsel, Role.LEGAL, alliance=case.world.alliance)
    give_role(counsel, Role.SECRETARIAT, alliance=case.world.alliance)
    assert can(actor_in_seat(counsel.pk, clock=case.world.clock), READ_LICENCE, licence)
    make_declared_tie(case.person, case.member)
    assert not can(actor_in_seat(counsel.pk, clock=case.world.clock), READ_LICENCE, licence)
    make_undertaking(case.person, case.world.alliance, hidden_kinds=[], hidden_organisations=[licence.licensee_id])
    actor = actor_in_seat(counsel.pk, clock=case.world.clock)
    assert not can(actor, READ_LICENCE, licence)
    assert can(actor, READ_LICENCE, case.world.licences["L2"])
    counsel.role_assignments.filter(role=Role.SECRETARIAT).update(ends_at=NOON)
    screen = actor_in_seat(counsel.pk, clock=case.world.clock).screen
    assert screen is not None
    assert screen.organisations == {licence.licensee_id}


def test_sums_are_not_told_to_whom_a_part_of_them_is_hidden(case: Case) -> None:
    def may_ask() -> bool:
        return can(actor_in_seat(case.seat.pk, clock=case.world.clock), READ_EXACT_TOTALS, case.world.programme)

    assert may_ask()
    make_declared_tie(case.person, case.member)
    hidden = [case.world.licences["L1"].licensee_id]
    make_undertaking(case.person, case.world.alliance, hidden_kinds=[], hidden_organisations=hidden)
    assert not may_ask()


def test_nobody_evaluates_patents_of_those_they_declare_a_tie_to_or_of_their_affiliates(case: Case) -> None:
    subsidiary = make_organisation("子公司")
    patent = make_patent(case.world.alliance, "CN9B", subsidiary)
    seat = make_seat(organisation=make_organisation())
    give_role(seat, Role.EVALUATOR)
    now = case.world.clock.now()
    span = {"starts_at": now, "ends_at": now + timedelta(days=9)}
    make_grant(patent, seat, by=case.world.seats["secretariat"], role=Role.EVALUATOR, **span)
    evaluator = actor_of_seat(seat, clock=case.world.clock)
    assert list(Patent.objects.visible_to(evaluator)) == [patent]
    make_declared_tie(seat.user, case.member)
    assert list(Patent.objects.visible_to(evaluator)) == [patent]
    make_affiliation(case.member, subsidiary)
    assert not Patent.objects.visible_to(evaluator).exists()


def test_nobody_takes_another_office_s_roles_away_by_an_affiliation(case: Case) -> None:
    association = case.world.alliance.association_id
    member_admin = acting(Role.MEMBER_ADMIN, organisation=case.member, clock=case.world.clock)
    elsewhere = make_alliance("elsewhere")
    other_office = acting(Role.SECRETARIAT, alliance=elsewhere, clock=case.world.clock)
    make_membership(elsewhere, case.member, "M1")

    def record(actor: Actor, first: UUID, second: UUID) -> Affiliation:
        return record_affiliation(
            actor=actor,
            first_id=first,
            second_id=second,
            kind=AffiliationKind.CONTROL,
            source="says so",
            starts_on=date(2026, 1, 1),
        )

    for actor in (member_admin, other_office):
        for pair in ((case.member.pk, association), (association, case.member.pk)):
            with pytest.raises((NotAllowed, NotFound)):
                record(actor, *pair)
    assert not Affiliation.objects.exists()
    assert case.may_work()

    own = record(case.world.acting("secretariat"), case.member.pk, make_organisation("集团").pk)
    # The member is one elsewhere too, so that neither office ends it alone.
    for actor in (other_office, case.world.acting("secretariat")):
        with pytest.raises(NotAllowed):
            end_affiliation(actor=actor, affiliation_id=own.pk)
    end_affiliation(actor=acting(Role.SITE_ADMIN, clock=case.world.clock), affiliation_id=own.pk)


def test_those_who_stand_apart_are_asked_again_when_a_day_begins_and_when_a_licence_ends(case: Case) -> None:
    tomorrow = datetime.combine(today(case.world.clock, ZONE) + timedelta(days=1), time(), ZONE)
    assert actor_in_seat(case.seat.pk, clock=case.world.clock).next_end() == tomorrow
    told: set[UUID] = set()
    hear = told.update
    RIGHTS_CHANGED.subscribe(hear)
    try:
        office, licence = case.world.acting("secretariat"), case.world.licences["L1"].pk
        # A licensee whose licence is suspended is a party like before.
        suspend_licence(actor=office, licence_id=licence, course_id=new_id())
        assert told == set()
        yesterday = today(case.world.clock, ZONE) - timedelta(days=1)
        terminate_licence(actor=office, licence_id=licence, ends_on=yesterday, course_id=new_id())
    finally:
        RIGHTS_CHANGED.unsubscribe(hear)
    assert case.seat.pk in told


def test_a_tie_of_somebody_who_works_elsewhere_too_is_ended_by_no_single_office(case: Case) -> None:
    tie = make_declared_tie(case.person, case.member)
    elsewhere = make_alliance("elsewhere")
    other_office = acting(Role.SECRETARIAT, alliance=elsewhere, clock=case.world.clock)
    role = give_role(make_seat(case.person), Role.LEGAL, alliance=elsewhere)
    for actor in (other_office, case.world.acting("secretariat")):
        with pytest.raises(NotAllowed):
            end_personal_tie(actor=actor, tie_id=tie.pk)
    assert not case.may_work()

    role.ends_at = case.world.clock.now()
    role.save(update_fields=["ends_at"])
    with pytest.raises(NotFound):
        end_personal_tie(actor=other_office, tie_id=tie.pk)
    end_personal_tie(actor=case.world.acting("secretariat"), tie_id=tie.pk)
    assert case.may_work()
