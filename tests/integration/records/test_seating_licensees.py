"""Whom an alliance's office may seat where: never at an organisation that another alliance deals with."""

from collections.abc import Callable

import pytest

from licensing.agreements.models import LicenceState
from members.memberships.models import MembershipState, StepKind
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Alliance, Organisation, RoleAssignment, Seat
from platform_core.identity.roles import Role
from platform_core.identity.seating import assign_role, open_seat
from platform_core.identity.services import edit_organisation
from platform_core.problems import NotAllowed, NotFound
from platform_core.signin.models import Invitation
from tests.factories.agreements import make_licence
from tests.factories.composition import make_pool
from tests.factories.core import (
    acting,
    give_role,
    make_alliance,
    make_entity,
    make_organisation,
    make_seat,
)
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership, make_step
from tests.factories.patents import make_patent
from tests.factories.signin import make_invitation
from tests.factories.terms import make_programme, make_terms

pytestmark = pytest.mark.django_db


def license_to(organisation: Organisation, alliance: Alliance, state: LicenceState = LicenceState.IN_FORCE) -> None:
    """Let an alliance's launched programme name the organisation as its licensee."""
    programme = make_programme(make_pool(alliance, f"pool-{alliance.code}"), make_entity(alliance), "tv")
    make_terms(programme, 1)
    make_licence(programme, organisation, "L1", state)


def show_to(organisation: Organisation, alliance: Alliance) -> None:
    """Let the alliance's office have shown a patent to the organisation."""
    make_grant(make_patent(alliance, "P9"), organisation, "patent.read", by=make_seat())


def apply_in_the_name_of(filer: Organisation | None, organisation: Organisation, alliance: Alliance) -> None:
    """File an application for membership of an organisation, in the name of another one or its own."""
    application = make_membership(alliance, organisation, "", state=MembershipState.APPLIED)
    make_step(application, StepKind.APPLICATION, MembershipState.APPLIED, organisation=filer)


def invite_to(organisation: Organisation, alliance: Alliance) -> Invitation:
    """Let the alliance's office have invited somebody to the organisation, who has not come yet."""
    office = make_seat()
    give_role(office, Role.SECRETARIAT, alliance=alliance)
    return make_invitation(office, organisation=organisation)


TIES: dict[str, Callable[[Organisation, Alliance], object]] = {
    "licensee": license_to,
    "member": lambda organisation, alliance: make_membership(alliance, organisation, "M1"),
    "shown something": show_to,
    "applicant": lambda organisation, alliance: apply_in_the_name_of(organisation, organisation, alliance),
    "invited": invite_to,
    "owner": lambda organisation, alliance: make_patent(alliance, "P1", organisation),
    "association": lambda organisation, alliance: Alliance.objects.filter(pk=alliance.pk).update(
        association=organisation
    ),
    "operating entity": lambda organisation, alliance: make_entity(alliance, organisation=organisation),
    "office": lambda organisation, alliance: give_role(
        make_seat(organisation=organisation), Role.LEGAL, alliance=alliance
    ),
}


@pytest.mark.parametrize("also_own", [False, True], ids=["of another alliance", "of both alliances"])
@pytest.mark.parametrize("tie", TIES)
def test_nobody_is_seated_at_an_organisation_of_another_alliance(tie: str, *, also_own: bool) -> None:
    own, organisation = make_alliance(), make_organisation("tied")
    TIES[tie](organisation, make_alliance())
    if also_own:
        # Drafting a licence for somebody is in the office's own hands, and opens nothing.
        license_to(organisation, own, LicenceState.DRAFT)
    office = make_organisation()
    secretariat, colleague = acting(Role.SECRETARIAT, alliance=own, organisation=office), make_seat(organisation=office)
    planted = make_seat(organisation=organisation)
    held = give_role(planted, Role.LICENSEE)
    seats, roles = Seat.objects.count(), RoleAssignment.objects.count()

    with pytest.raises((NotAllowed, NotFound)):
        open_seat(actor=secretariat, user_id=colleague.user_id, organisation_id=organisation.pk)
    with pytest.raises((NotAllowed, NotFound)):
        edit_organisation(actor=secretariat, organisation_id=organisation.pk, name_zh="another")
    for role in (Role.LICENSEE, Role.MEMBER_ADMIN):
        with pytest.raises((NotAllowed, NotFound)):
            assign_role(actor=secretariat, seat_id=planted.pk, role=role)

    organisation.refresh_from_db()
    assert organisation.name_zh == "tied"
    assert (Seat.objects.count(), RoleAssignment.objects.count()) == (seats, roles)
    assert not AuditEvent.objects.exists()
    assert planted not in Seat.objects.visible_to(secretariat)
    assert held not in RoleAssignment.objects.visible_to(secretariat)
    assert not Invitation.objects.visible_to(secretariat).exists()


@pytest.mark.parametrize("tie", ["licensee", "member", "owner", "invited", None])
def test_the_office_seats_people_at_its_own_and_at_new_organisations(tie: str | None) -> None:
    own, organisation = make_alliance(), make_organisation()
    if tie is not None:
        TIES[tie](organisation, own)
    office = make_organisation()
    secretariat, colleague = acting(Role.SECRETARIAT, alliance=own, organisation=office), make_seat(organisation=office)

    seat = open_seat(actor=secretariat, user_id=colleague.user_id, organisation_id=organisation.pk)
    held = assign_role(actor=secretariat, seat_id=seat.pk, role=Role.LICENSEE)
    # What somebody is stands beside their name.
    assert held in RoleAssignment.objects.visible_to(secretariat)
    assert seat in Seat.objects.visible_to(secretariat)
    edit_organisation(actor=secretariat, organisation_id=organisation.pk, name_en="Known")


def test_an_office_that_serves_several_alliances_still_seats_its_own_people() -> None:
    own, other = make_alliance(), make_alliance()
    association = make_organisation()
    for alliance in (own, other):
        Alliance.objects.filter(pk=alliance.pk).update(association=association)
    secretariat = acting(Role.SECRETARIAT, alliance=own, organisation=association)
    colleague = make_seat(organisation=association)
    assert colleague in Seat.objects.visible_to(secretariat)
    with pytest.raises(NotAllowed):
        assign_role(actor=secretariat, seat_id=colleague.pk, role=Role.MEMBER_ADMIN)
    assert assign_role(actor=secretariat, seat_id=colleague.pk, role=Role.LEGAL, alliance_id=own.pk).pk


@pytest.mark.parametrize("state", [MembershipState.APPLIED, MembershipState.WITHDRAWN, MembershipState.REFUSED])
def test_an_application_that_another_office_files_or_that_came_to_nothing_disarms_nobody(
    state: MembershipState,
) -> None:
    own, other, member = make_alliance(), make_alliance(), make_organisation()
    make_membership(own, member, "M1")
    apply_in_the_name_of(make_organisation(), member, other)
    member.memberships.filter(alliance=other).update(state=state)
    edit_organisation(actor=acting(Role.SECRETARIAT, alliance=own), organisation_id=member.pk, name_en="Known")
    with pytest.raises((NotAllowed, NotFound)):
        edit_organisation(actor=acting(Role.SECRETARIAT, alliance=other), organisation_id=member.pk, name_en="Taken")


def test_nobody_gives_a_seat_to_themselves() -> None:
    organisation = make_organisation()
    for actor in (acting(Role.SECRETARIAT), acting(Role.SITE_ADMIN)):
        with pytest.raises(NotAllowed, match="themselves"):
            open_seat(actor=actor, user_id=actor.person_id, organisation_id=organisation.pk)
    assert not Seat.objects.filter(organisation=organisation).exists()
