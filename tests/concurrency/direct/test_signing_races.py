"""Licences that shut each other out, and pools, at the same moment: one comes first, and the other is refused."""

from datetime import date
from functools import partial
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from licensing.direct.models import DirectKind, DirectLicence, DirectState
from licensing.direct.services import sign_direct_licence, terminate_direct_licence
from members.charter.models import BindingAct
from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.problems import Conflict
from pools.composition.models import PoolEntry
from pools.composition.services import NewEntry, enter_patent
from pools.patents.models import Patent
from tests.concurrency.records.test_races import both
from tests.factories.charter import make_authority
from tests.factories.composition import make_pool, make_pool_member
from tests.factories.core import (
    NOON,
    actor_of_seat,
    command_line,
    give_role,
    make_alliance,
    make_organisation,
    make_seat,
)
from tests.factories.direct import make_direct_licence
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db(transaction=True)


def signer(organisation: Organisation, patent: Patent) -> Actor:
    """Somebody of a member who may sign contracts for it."""
    membership = make_membership(patent.alliance, organisation, f"T{organisation.pk.hex[-6:]}")
    seat = make_seat(organisation=organisation)
    give_role(seat, Role.MEMBER_ADMIN)
    make_authority(seat, membership, acts=[BindingAct.CONTRACT.value])
    return actor_of_seat(seat, clock=FixedClock(NOON))


@pytest.mark.parametrize("kinds", [("exclusive", "exclusive"), ("sole", "ordinary"), ("cross", "exclusive")])
def test_of_two_licences_that_shut_each_other_out_one_is_signed(kinds: tuple[str, str]) -> None:
    owner = make_organisation("甲")
    first = make_patent(make_alliance(), "CN1B", owner)
    second = make_patent(first.alliance, "CN2B", owner)
    asked: list[tuple[Actor, UUID]] = []
    for kind, patents in zip(kinds, ([first, second], [second, first]), strict=True):
        licence = make_direct_licence(owner, make_organisation(), patents, DirectState.SENT, kind=DirectKind(kind))
        asked.append((signer(licence.licensee, first), licence.pk))

    def sign(actor: Actor, licence_id: UUID) -> DirectLicence:
        return sign_direct_licence(actor=actor, licence_id=licence_id, signed_on=date(2026, 3, 1))

    results = both(*(partial(sign, *one) for one in asked))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "DirectLicence"]
    assert DirectLicence.objects.filter(state=DirectState.SIGNED).count() == 1
    [refused] = [result for result in results if isinstance(result, Conflict)]
    # Neither licensee sees the other's licence, and neither is told whose it is.
    assert not any(licence.code in str(refused) for licence in DirectLicence.objects.all())


def test_the_database_alone_lets_one_of_two_exclusive_licences_be_signed() -> None:
    owner = make_organisation("甲")
    patent = make_patent(make_alliance(), "CN1B", owner)
    licences = [
        make_direct_licence(owner, make_organisation(), [patent], DirectState.SENT, kind=DirectKind.EXCLUSIVE)
        for _ in range(2)
    ]

    def sign(licence: DirectLicence) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE direct_directlicence SET state = 'signed', signed_on = '2026-03-01' WHERE id = %s",
                    [licence.pk],
                )
        except IntegrityError as error:
            return str(error).split("\n", 1)[0]
        return "signed"

    results = both(*(partial(sign, licence) for licence in licences))

    assert sorted(str(result) for result in results) == [
        "another licence is for the same use and shuts this one out",
        "signed",
    ]


@pytest.mark.parametrize("turn", range(2))
def test_a_patent_enters_a_pool_or_is_licensed_to_one_alone(turn: int) -> None:
    alliance, owner = make_alliance(), make_organisation("甲")
    member = make_pool_member(make_pool(alliance, "pool"), make_membership(alliance, owner, "M1"))
    patent = make_patent(alliance, "CN1B", owner)
    licence = make_direct_licence(owner, make_organisation(), [patent], DirectState.SENT, kind=DirectKind.SOLE)
    licensee = signer(licence.licensee, patent)

    def sign() -> str:
        return sign_direct_licence(actor=licensee, licence_id=licence.pk, signed_on=date(2026, 3, 1)).code

    def enter() -> str:
        entry = NewEntry(member_id=member.pk, patent_id=patent.pk)
        return str(enter_patent(actor=command_line(), pool_id=member.pool_id, entry=entry).pk)

    results = both(*((sign, enter) if turn else (enter, sign)))

    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    licence.refresh_from_db()
    assert (licence.state == DirectState.SIGNED) != PoolEntry.objects.exists()


@pytest.mark.parametrize("turn", range(2))
def test_a_head_ends_or_what_is_under_it_is_signed(turn: int) -> None:
    alliance, owner, holder = make_alliance(), make_organisation("甲"), make_organisation("乙")
    patent = make_patent(alliance, "CN1B", owner)
    head = make_direct_licence(owner, holder, [patent], may_sublicense=True, ends_on=date(2027, 3, 31))
    sub = make_direct_licence(
        holder,
        make_organisation("丙"),
        [patent],
        DirectState.SENT,
        kind=DirectKind.SUB,
        head=head,
        ends_on=date(2027, 3, 31),
    )
    licensor, licensee = signer(owner, patent), signer(sub.licensee, patent)

    def end() -> str:
        day = date(2026, 12, 31)
        return terminate_direct_licence(actor=licensor, licence_id=head.pk, ends_on=day, reason="unpaid").code

    def sign() -> str:
        return sign_direct_licence(actor=licensee, licence_id=sub.pk, signed_on=date(2026, 3, 1)).code

    results = both(*((sign, end) if turn else (end, sign)))

    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    head.refresh_from_db()
    sub.refresh_from_db()
    assert (head.state == DirectState.TERMINATED) != (sub.state == DirectState.SIGNED)
