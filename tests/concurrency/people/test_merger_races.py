"""A merger and a write to what is merged meet: whichever comes second sees what the first one did."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError

from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.identity.merging import merge_organisations
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.preparing import confirm_seat, confirm_seats
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, NotAllowed, NotFound
from tests.concurrency.waiting import while_it_waits
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
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> object:
    """Do the first, start the second before the first commits, and return how the second ends."""

    def later() -> object:
        try:
            return second()
        except (Conflict, NotAllowed, NotFound, IntegrityError) as refusal:
            return refusal

    return while_it_waits(first, later)


def seated_by_the_office(organisation: Organisation) -> Seat:
    """Make a seat that waits for somebody of the organisation to confirm it."""
    return Seat.objects.create(
        user=make_user(), organisation=organisation, created_at=NOON, prepared_by=make_seat().user
    )


def own_administrator(organisation: Organisation) -> Actor:
    seat = make_seat(organisation=organisation)
    give_role(seat, Role.MEMBER_ADMIN)
    return actor_of_seat(seat)


def confirm_one(actor: Actor, seat: Seat) -> object:
    return confirm_seat(actor=actor, seat_id=seat.pk)


def confirm_many(actor: Actor, seat: Seat) -> object:
    return confirm_seats(actor=actor, seat_ids=[seat.pk])


def merge(kept: Organisation, merged: Organisation, actor: Actor | None = None) -> object:
    return merge_organisations(actor=actor or command_line(), kept_id=kept.pk, merged_id=merged.pk)


def test_a_membership_that_is_made_during_a_merger_is_refused() -> None:
    alliance, kept, merged = make_alliance(), make_organisation(), make_organisation()

    refusal = meanwhile(lambda: merge(kept, merged), lambda: make_membership(alliance, merged, "M1"))

    assert isinstance(refusal, IntegrityError)
    assert "merged into another" in str(refusal)
    assert not Membership.objects.exists()


def test_a_merger_waits_for_a_membership_that_is_being_made_and_moves_it() -> None:
    alliance, kept, merged = make_alliance(), make_organisation(), make_organisation()

    meanwhile(lambda: make_membership(alliance, merged, "M1"), lambda: merge(kept, merged))

    assert Membership.objects.get().organisation == kept


def test_two_mergers_of_one_pair_in_both_directions_leave_one_organisation() -> None:
    one, other = make_organisation(), make_organisation()

    refusal = meanwhile(lambda: merge(one, other), lambda: merge(other, one))

    assert isinstance(refusal, NotAllowed)
    assert Organisation.objects.get(merged_into=None) == one


@pytest.mark.parametrize("confirm", [confirm_one, confirm_many])
@pytest.mark.parametrize("of", ["kept", "merged"])
def test_a_seat_that_is_confirmed_while_a_merger_begins_waits_for_what_the_other_one_brings(
    of: str, confirm: Callable[[Actor, Seat], object]
) -> None:
    kept, merged = make_organisation(), make_organisation()
    seated, other = (kept, merged) if of == "kept" else (merged, kept)
    make_membership(make_alliance(), other, "M1")
    administrator, site = own_administrator(seated), acting(Role.SITE_ADMIN)
    seat = seated_by_the_office(seated)

    meanwhile(lambda: confirm(administrator, seat), lambda: merge(kept, merged, site))

    seat.refresh_from_db()
    assert (seat.organisation, seat.waits) == (kept, True)


@pytest.mark.parametrize("confirm", [confirm_one, confirm_many])
@pytest.mark.parametrize("of", ["kept", "merged"])
def test_a_confirmation_during_a_merger_does_not_count_for_what_the_other_one_brings(
    of: str, confirm: Callable[[Actor, Seat], object]
) -> None:
    kept, merged = make_organisation(), make_organisation()
    seated, other = (kept, merged) if of == "kept" else (merged, kept)
    make_membership(make_alliance(), other, "M1")
    administrator, site = own_administrator(seated), acting(Role.SITE_ADMIN)
    seat = seated_by_the_office(seated)

    refusal = meanwhile(lambda: merge(kept, merged, site), lambda: confirm(administrator, seat))

    assert isinstance(refusal, NotAllowed | NotFound)
    seat.refresh_from_db()
    assert (seat.organisation, seat.waits) == (kept, True)
