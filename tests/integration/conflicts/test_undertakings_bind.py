"""An undertaking binds wherever its person works for the alliance, and hides all that is its parties' own."""

import pytest

from licensing.agreements.policies import READ_LICENCE
from members.memberships.models import Membership
from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import can
from platform_core.conflicts.services import end_personal_tie, end_undertaking
from platform_core.documents.models import Document
from platform_core.identity.models import Seat, User
from platform_core.identity.roles import Role
from pools.composition.models import PoolMember
from pools.composition.policies import READ_POOL_MEMBER_FIGURES
from tests.factories.access import make_staff_session
from tests.factories.conflicts import make_declared_tie, make_undertaking
from tests.factories.core import NOON, command_line, give_role, make_alliance, make_organisation, make_seat, make_user
from tests.factories.documents import make_document
from tests.factories.grants import make_grant
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    world = make_small_world()
    world.clock.move(NOON - world.clock.now())
    return world


def seat_with(person: User, role: Role) -> Seat:
    seat = make_seat(user=person, organisation=make_organisation())
    give_role(seat, role)
    return seat


def actor_of(seat: Seat, world: SmallWorld) -> Actor:
    return actor_in_seat(seat.pk, clock=world.clock)


def test_a_staff_session_lifts_no_undertaking(world: SmallWorld) -> None:
    person, licence = make_user(), world.licences["L1"]
    seat = seat_with(person, Role.SITE_ADMIN)
    make_staff_session(seat, world.alliance)
    assert can(actor_of(seat, world), READ_LICENCE, licence)
    make_undertaking(person, world.alliance, hidden_kinds=[], hidden_organisations=[licence.licensee_id])
    assert not can(actor_of(seat, world), READ_LICENCE, licence)
    assert can(actor_of(seat, world), READ_LICENCE, world.licences["L2"])


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.EXPERT])
def test_nothing_that_is_given_by_hand_to_an_outside_person_lifts_an_undertaking(world: SmallWorld, role: Role) -> None:
    person, licence = make_user(), world.licences["L1"]
    seat = seat_with(person, role)
    make_grant(licence, seat, "licence.read_name", "licence.read_dates", "licence.read", by=world.seats["secretariat"])
    assert can(actor_of(seat, world), READ_LICENCE, licence)
    make_undertaking(person, world.alliance, hidden_kinds=[], hidden_organisations=[licence.licensee_id])
    assert not can(actor_of(seat, world), READ_LICENCE, licence)


@pytest.mark.parametrize("who", ["secretariat", "calculator"])
def test_an_undertaking_in_force_binds_also_where_no_tie_is_in_conflict(world: SmallWorld, who: str) -> None:
    """The office and finance too: what somebody undertook not to see is not theirs to see because a tie is over."""
    licence, seat = world.licences["L1"], world.seats[who]
    assert can(actor_of(seat, world), READ_LICENCE, licence)
    tie = make_declared_tie(seat.user, world.members["M1"].organisation)
    undertaken = make_undertaking(
        seat.user, world.alliance, hidden_kinds=[], hidden_organisations=[licence.licensee_id]
    )
    assert not can(actor_of(seat, world), READ_LICENCE, licence)
    end_personal_tie(actor=command_line(), tie_id=tie.pk)
    assert not can(actor_of(seat, world), READ_LICENCE, licence)
    assert can(actor_of(seat, world), READ_LICENCE, world.licences["L2"])
    end_undertaking(actor=command_line(), undertaking_id=undertaken.pk)
    assert can(actor_of(seat, world), READ_LICENCE, licence)


def test_an_undertaking_of_another_alliance_does_not_bind_in_this_one(world: SmallWorld) -> None:
    licence, seat = world.licences["L1"], world.seats["calculator"]
    make_undertaking(seat.user, make_alliance(), hidden_kinds=[], hidden_organisations=[licence.licensee_id])
    assert can(actor_of(seat, world), READ_LICENCE, licence)


def test_an_undertaking_hides_a_member_s_papers_and_figures_but_not_its_name_on_a_public_list(
    world: SmallWorld,
) -> None:
    secretary, finance = world.seats["secretariat"], world.seats["calculator"]
    hidden, open_one = world.members["M1"], world.members["M2"]
    papers = {
        make_document(subject).pk: subject for member in (hidden, open_one) for subject in (member, member.organisation)
    }
    parts = {row.membership_id: row for row in PoolMember.objects.filter(pool=world.pool)}

    def seen_papers() -> set[object]:
        found = Document.objects.visible_to(actor_of(secretary, world)).filter(pk__in=papers)
        return {papers[pk] for pk in found.values_list("pk", flat=True)}

    assert seen_papers() == {hidden, hidden.organisation, open_one, open_one.organisation}
    for seat in (secretary, finance):
        make_declared_tie(seat.user, hidden.organisation)
        make_undertaking(seat.user, world.alliance, hidden_kinds=[], hidden_organisations=[hidden.organisation_id])

    assert seen_papers() == {open_one, open_one.organisation}
    members = Membership.objects.visible_to(actor_of(secretary, world)).values_list("code", flat=True)
    assert set(members) == {"M2", "M3"}
    for seat in (secretary, finance):
        actor = actor_of(seat, world)
        assert PoolMember.objects.visible_to(actor).filter(pk=parts[hidden.pk].pk).exists()
        assert not can(actor, READ_POOL_MEMBER_FIGURES, parts[hidden.pk])
        assert can(actor, READ_POOL_MEMBER_FIGURES, parts[open_one.pk])


def test_a_kind_that_is_read_through_others_is_hidden_too(world: SmallWorld) -> None:
    secretary = world.seats["secretariat"]
    paper = make_document(world.members["M1"])
    assert Document.objects.visible_to(actor_of(secretary, world)).filter(pk=paper.pk).exists()
    make_declared_tie(secretary.user, world.members["M1"].organisation)
    make_undertaking(secretary.user, world.alliance, hidden_kinds=["documents.document"])
    assert not Document.objects.visible_to(actor_of(secretary, world)).exists()
    assert Membership.objects.visible_to(actor_of(secretary, world)).exists()
