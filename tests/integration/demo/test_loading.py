"""The demonstration is put on record by the services alone, as the people who would do it."""

import pytest

from licensing.agreements.models import Licence, LicenceState
from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from members.memberships.models import Membership
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Seat, User
from platform_site.demo.licences import LICENCES
from platform_site.demo.loading import is_loaded, load_demonstration
from platform_site.demo.people import PEOPLE
from pools.composition.models import Pool, PoolEntry, PoolMember
from pools.patents.models import Ownership, Patent, PatentFamily


@pytest.mark.django_db
def test_the_story_can_be_played() -> None:
    assert not is_loaded()
    told: list[tuple[int, int]] = []
    load_demonstration(lambda done, total, label: told.append((done, total)))

    assert is_loaded()
    assert told[-1][0] == told[-1][1] == len(told)
    assert Patent.objects.count() == 401
    assert PatentFamily.objects.count() == 120
    assert Membership.objects.count() == 8
    assert Licence.objects.count() == len(LICENCES)
    assert User.objects.count() == Seat.objects.count() == len(PEOPLE)
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert {pool.state for pool in Pool.objects.all()} == {"launched"}
    assert {programme.state for programme in Programme.objects.all()} == {ProgrammeState.LAUNCHED}
    assert {version.state for version in TermsVersion.objects.all()} == {TermsState.PUBLISHED}
    states = dict(Licence.objects.values_list("code", "state"))
    assert {code for code, state in states.items() if state != LicenceState.IN_FORCE} == {"TV-009"}
    assert PoolMember.objects.filter(held=True).count() == 1
    assert PoolEntry.objects.filter(leaves_on__isnull=False).count() > 10
    assert Ownership.objects.filter(to_on__isnull=False).exists()

    instants = list(AuditEvent.objects.order_by("id").values_list("at", flat=True))
    assert instants == sorted(instants)
