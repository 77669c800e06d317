"""What rests on a patent is recorded once, ends once, and is told to those alone who may know of it."""

from datetime import date
from typing import Any

import pytest

from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, Problem, WrongState
from pools.composition.models import PoolState
from pools.patents.encumbrances.services import NewEncumbrance, end_encumbrance, record_encumbrance
from pools.patents.models import Encumbrance, EncumbranceKind, Patent
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import acting, command_line, make_alliance, make_organisation
from tests.factories.memberships import make_membership
from tests.factories.patents import make_encumbrance, make_patent

pytestmark = pytest.mark.django_db

PLEDGE = NewEncumbrance(
    kind=EncumbranceKind.PLEDGE,
    holder="江城银行",
    from_on=date(2026, 1, 5),
    register_number="Y2026980000001",
    is_public=True,
)


@pytest.fixture
def patent() -> Patent:
    alliance, owner = make_alliance(), make_organisation("江汉")
    member = make_membership(alliance, owner, "OWN")
    patent = make_patent(alliance, "CN1B", owner)
    make_entry(make_pool_member(make_pool(alliance, "quiet", PoolState.FORMING), member), patent)
    return patent


def owner_of(patent: Patent) -> Actor:
    return acting(Role.MEMBER_STAFF, organisation=patent.ownerships.get().owner)


def rival_in(patent: Patent) -> Actor:
    rival = make_organisation("对手")
    make_membership(patent.alliance, rival, "RIVAL")
    return acting(Role.MEMBER_STAFF, organisation=rival)


def test_it_is_recorded_and_ended_by_whoever_keeps_the_record(patent: Patent) -> None:
    recorded = record_encumbrance(actor=owner_of(patent), patent_id=patent.pk, encumbrance=PLEDGE)
    ended = end_encumbrance(
        actor=acting(Role.SECRETARIAT, alliance=patent.alliance),
        encumbrance_id=recorded.pk,
        to_on=date(2026, 2, 1),
        note="PC01 of 2026-02-01",
    )

    assert (ended.kind, ended.holder, ended.from_on, ended.to_on) == (
        "pledge", "江城银行", date(2026, 1, 5), date(2026, 2, 1),
    )  # fmt: skip
    assert list(AuditEvent.objects.order_by("id").values_list("name", flat=True)) == [
        "encumbrance.recorded",
        "encumbrance.ended",
    ]


def test_a_rival_hears_what_a_register_tells_and_nothing_else(patent: Patent) -> None:
    told = make_encumbrance(patent, kind="pledge", register_number="Y2026980000001", is_public=True)
    kept = make_encumbrance(patent)

    rival = rival_in(patent)

    assert set(Encumbrance.objects.visible_to(rival)) == {told}
    assert set(Encumbrance.objects.visible_to(owner_of(patent))) == {told, kept}
    with pytest.raises(NotFound):
        end_encumbrance(actor=rival, encumbrance_id=kept.pk, to_on=date(2026, 2, 1), note="why")
    with pytest.raises(NotAllowed):
        end_encumbrance(actor=rival, encumbrance_id=told.pk, to_on=date(2026, 2, 1), note="why")
    assert not Encumbrance.objects.exclude(to_on=None).exists()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, Conflict),
        ({"from_on": date(2027, 1, 1), "register_number": ""}, InvalidInput),
        ({"from_on": date(2027, 1, 1), "to_on": date(2027, 1, 1)}, InvalidInput),
        ({"from_on": date(2027, 1, 1), "holder": " "}, InvalidInput),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(
    patent: Patent, changes: dict[str, Any], problem: type[Problem]
) -> None:
    first = make_encumbrance(patent, kind="pledge", from_on=date(2026, 1, 1), to_on=date(2026, 12, 31))
    values = {name: getattr(PLEDGE, name) for name in PLEDGE.__dataclass_fields__}

    with pytest.raises(problem):
        record_encumbrance(
            actor=command_line(), patent_id=patent.pk, encumbrance=NewEncumbrance(**{**values, **changes})
        )

    assert list(Encumbrance.objects.all()) == [first]
    assert not AuditEvent.objects.exists()


def test_a_pledge_that_ended_is_followed_by_another_and_ends_no_second_time(patent: Patent) -> None:
    first = make_encumbrance(patent, kind="pledge", from_on=date(2025, 1, 1), to_on=date(2026, 1, 5))

    record_encumbrance(actor=command_line(), patent_id=patent.pk, encumbrance=PLEDGE)

    assert Encumbrance.objects.count() == 2
    with pytest.raises(WrongState):
        end_encumbrance(actor=command_line(), encumbrance_id=first.pk, to_on=date(2026, 1, 1), note="why")
