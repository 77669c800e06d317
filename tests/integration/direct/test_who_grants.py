"""Licences outside a programme: what nobody can grant, what co-owners can, and operating entities by a power."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from licensing.direct.events import PowerAsked, power_asked
from licensing.direct.models import DirectKind, DirectLicence, DirectState
from licensing.direct.selectors import direct_licences
from licensing.direct.services import (
    NewDirectLicence,
    draft_direct_licence,
    record_owner_consent,
    send_direct_licence,
)
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotFound
from pools.composition.models import PoolEntry
from pools.composition.services import NewEntry, enter_patent
from pools.patents.models import Ownership
from tests.factories.composition import make_entry, make_list_version, make_pool, make_pool_member
from tests.factories.core import NOON, acting, command_line, make_entity, make_organisation
from tests.factories.direct import make_direct_licence
from tests.factories.documents import make_document
from tests.factories.patents import make_patent
from tests.integration.direct.conftest import FIRST, LAST, House
from tests.integration.direct.sides import codes, public_patent

pytestmark = pytest.mark.django_db

Taker = Callable[[], Organisation]


WRONG: dict[str, tuple[Callable[[House], dict[str, Any]], type[Exception], str]] = {
    "somebody else's patent": (
        lambda house: {"patent_ids": [public_patent(house).pk]},
        Conflict,
        "does not own it on the first day",
    ),
    "a hidden patent": (
        lambda house: {"patent_ids": [make_patent(house.alliance, "CN9B", house.rival).pk]},
        NotFound,
        "no such patent",
    ),
    "itself": (lambda house: {"licensee_id": house.owner.pk}, InvalidInput, "."),
    "a place that is none": (lambda house: {"territory": ["XX"]}, InvalidInput, "."),
    "a cross-licence that brings nothing back": (lambda house: {"kind": DirectKind.CROSS}, InvalidInput, "."),
    "a sub-licence under nothing": (lambda house: {"kind": DirectKind.SUB}, InvalidInput, "."),
    "days the wrong way round": (lambda house: {"ends_on": date(2026, 3, 31)}, InvalidInput, "."),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_nobody_can_grant_is_not_drafted(house: House, what: str) -> None:
    given, problem, words = WRONG[what]
    owner = house.acting(house.owner)

    with pytest.raises(problem, match=words):
        house.draft(owner, house.rival, **given(house))

    assert not DirectLicence.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_pool_entry_is_licensed_to_nobody_alone_and_what_is_licensed_alone_enters_no_pool(house: House) -> None:
    owner = house.acting(house.owner)
    member = make_pool_member(make_pool(house.alliance, "pool"), house.owner.memberships.get())
    pooled = make_patent(house.alliance, "CN2B", house.owner)
    make_entry(member, pooled, enters_on=date(2027, 3, 31))
    for kind in (DirectKind.SOLE, DirectKind.EXCLUSIVE):
        with pytest.raises(Conflict, match="CN2B: it is in a pool during the term"):
            house.draft(owner, house.rival, kind=kind, patent_ids=[pooled.pk])
        assert house.draft(owner, house.rival, kind=kind, patent_ids=[pooled.pk], ends_on=date(2027, 3, 30))
    house.draft(owner, house.rival, patent_ids=[pooled.pk])
    make_direct_licence(house.owner, house.rival, [house.patent], kind=DirectKind.SOLE, ends_on=LAST)

    with pytest.raises(Conflict, match="enters no pool"):
        enter_patent(
            actor=command_line(),
            pool_id=member.pool_id,
            entry=NewEntry(member_id=member.pk, patent_id=house.patent.pk, enters_on=LAST),
        )
    assert PoolEntry.objects.filter(patent=house.patent).count() == 0
    entry = NewEntry(member_id=member.pk, patent_id=house.patent.pk, enters_on=date(2027, 4, 1))
    assert enter_patent(actor=command_line(), pool_id=member.pool_id, entry=entry).patent_id == house.patent.pk


def test_a_co_owner_alone_licenses_ordinarily_and_shuts_others_out_only_with_consent(
    house: House, taker: Taker
) -> None:
    owner = house.acting(house.owner)
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival)
    licensee = taker()
    assert codes(house.draft(owner, licensee), owner) == []
    licence = house.draft(owner, licensee, kind=DirectKind.EXCLUSIVE)
    assert codes(licence, owner) == ["no_consent"]
    with pytest.raises(Conflict, match="has not consented"):
        send_direct_licence(actor=owner, licence_id=licence.pk)

    paper = make_document(licence, "consent")
    with pytest.raises(NotFound):
        record_owner_consent(
            actor=owner,
            licence_id=licence.pk,
            owner_id=licensee.pk,
            given_on=date(2026, 3, 1),
            document_id=paper.pk,
        )
    record_owner_consent(
        actor=owner,
        licence_id=licence.pk,
        owner_id=house.rival.pk,
        given_on=date(2026, 3, 1),
        document_id=paper.pk,
    )

    assert codes(licence, owner) == []
    assert send_direct_licence(actor=owner, licence_id=licence.pk).state == DirectState.SENT


@pytest.fixture
def custody() -> Iterator[set[UUID]]:
    """The powers that a room above answers for: patents on which sole licences may be granted until March 2027."""
    powers: set[UUID] = set()

    def answer(asked: PowerAsked, granted: set[UUID]) -> None:
        if asked.kind == DirectKind.SOLE and asked.last is not None and asked.last <= LAST:
            granted |= powers & set(asked.patent_ids)

    power_asked.subscribe(answer)
    yield powers
    power_asked.unsubscribe(answer)


def for_entity(house: House, licensee: Organisation, **given: Any) -> NewDirectLicence:
    return NewDirectLicence(
        **{
            "alliance_id": house.alliance.pk,
            "code": "E1",
            "kind": DirectKind.SOLE,
            "licensee_id": licensee.pk,
            "patent_ids": [house.patent.pk],
            "starts_on": FIRST,
            "ends_on": LAST,
            "operating_entity_id": make_entity(house.alliance, organisation=make_organisation("运营公司")).pk,
            **given,
        }
    )


def test_an_operating_entity_grants_what_it_has_a_power_for_and_nothing_today(house: House) -> None:
    office = acting(Role.SECRETARIAT, alliance=house.alliance, clock=FixedClock(NOON))

    with pytest.raises(Conflict, match="CN1B: no power to grant this kind of licence on it is recorded for 运营公司"):
        draft_direct_licence(actor=office, licence=for_entity(house, house.rival))

    assert not DirectLicence.objects.exists()


def test_an_operating_entity_grants_by_a_power_that_custody_answers_for(house: House, custody: set[UUID]) -> None:
    custody.add(house.patent.pk)
    office = acting(Role.SECRETARIAT, alliance=house.alliance, clock=FixedClock(NOON))
    for beyond in ({"kind": DirectKind.EXCLUSIVE}, {"ends_on": date(2027, 4, 1)}):
        with pytest.raises(Conflict, match="no power"):
            draft_direct_licence(actor=office, licence=for_entity(house, house.rival, **beyond))

    licence = draft_direct_licence(actor=office, licence=for_entity(house, house.rival))
    sent = send_direct_licence(actor=office, licence_id=licence.pk)

    assert (str(sent.licensor), sent.audit_alliance_id()) == ("运营公司", house.alliance.pk)
    # It is the office's own business, and the owner is no side of it.
    assert not direct_licences(actor=house.acting(house.owner)).exists()


def test_the_patents_of_a_published_list_are_the_licensors_own(house: House, taker: Taker) -> None:
    pool = make_pool(house.alliance, "pool")
    mine = make_pool_member(pool, house.owner.memberships.get())
    theirs = make_pool_member(pool, house.rival.memberships.get())
    make_entry(mine, house.patent)
    make_entry(theirs, make_patent(house.alliance, "CN8B", house.rival))
    version = make_list_version(pool)

    licence = house.draft(house.acting(house.owner), taker(), patent_ids=[], list_version_id=version.pk)

    assert list(licence.patents.values_list("patent__publication", flat=True)) == ["CN1B"]
