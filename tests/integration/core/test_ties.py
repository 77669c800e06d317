"""What an office sees of organisations follows what ties them to its alliance, however often it was asked before."""

import pytest

from platform_core.access.probing import row_by_row
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from tests.factories.core import actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db


def test_each_office_sees_its_own_and_what_is_tied_to_nobody_each_time_it_asks() -> None:
    alliances = [make_alliance("north"), make_alliance("south")]
    members = [make_organisation(alliance.code) for alliance in alliances]
    for alliance, member in zip(alliances, members, strict=True):
        make_membership(alliance, member, "M1")
    loose = make_organisation("loose")
    offices = []
    for alliance in alliances:
        seat = make_seat()
        give_role(seat, Role.SECRETARIAT, alliance=alliance)
        offices.append(actor_of_seat(seat))

    def seen(office: int) -> set[Organisation]:
        rows = Organisation.objects.visible_to(offices[office]).filter(pk__in=[row.pk for row in (*members, loose)])
        with row_by_row():
            walked = set(rows)
        assert walked == set(rows)
        return walked

    # What is asked is made once for an alliance: it must stay as it was, and be nobody else's.
    for _ in range(2):
        assert seen(0) == {members[0], loose}
        assert seen(1) == {members[1], loose}

    make_membership(alliances[0], loose, "M2")
    assert seen(0) == {members[0], loose}
    assert seen(1) == {members[1]}
