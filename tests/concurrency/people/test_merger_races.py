"""A merger and a write to what is merged meet: whichever comes second sees what the first one did."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError

from members.memberships.models import Membership
from platform_core.identity.merging import merge_organisations
from platform_core.identity.models import Organisation
from platform_core.problems import Conflict, NotAllowed
from tests.concurrency.waiting import while_it_waits
from tests.factories.core import command_line, make_alliance, make_organisation
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> object:
    """Do the first, start the second before the first commits, and return how the second ends."""

    def later() -> object:
        try:
            return second()
        except (Conflict, NotAllowed, IntegrityError) as refusal:
            return refusal

    return while_it_waits(first, later)


def merge(kept: Organisation, merged: Organisation) -> object:
    return merge_organisations(actor=command_line(), kept_id=kept.pk, merged_id=merged.pk)


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
