"""Licences outside a programme: who may grant what, what stands against it, and who learns of it."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from licensing.direct.checking import findings_shown
from licensing.direct.events import PowerAsked, power_asked
from licensing.direct.models import DirectKind, DirectLicence, DirectState, LicensedPatent
from licensing.direct.selectors import allowed_steps, direct_licences
from licensing.direct.services import (
    NewDirectLicence,
    cancel_direct_licence,
    countersign_direct_licence,
    draft_direct_licence,
    edit_direct_licence,
    record_owner_consent,
    send_direct_licence,
    sign_direct_licence,
    take_back_direct_licence,
    terminate_direct_licence,
)
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from pools.composition.models import PoolEntry
from pools.composition.services import NewEntry, enter_patent
from pools.patents.models import Ownership
from tests.factories.composition import make_entry, make_list_version, make_pool, make_pool_member
from tests.factories.core import NOON, acting, actor_of_seat, command_line, make_entity, make_organisation
from tests.factories.direct import make_direct_licence
from tests.factories.documents import make_document
from tests.factories.patents import make_encumbrance, make_patent
from tests.integration.direct.conftest import FIRST, LAST, House

pytestmark = pytest.mark.django_db

Taker = Callable[[], Organisation]


def codes(licence: DirectLicence, actor: Actor) -> list[str]:
    return [finding.code for finding in findings_shown(licence, actor=actor)]


def test_a_licence_goes_from_draft_to_force_by_two_sides_and_two_people(house: House) -> None:
    owner, other = house.acting(house.owner), house.acting(house.owner)
    licence = house.draft(owner, house.rival)
    assert codes(licence, owner) == []
    assert allowed_steps(licence, actor=owner) == ["edit", "send", "cancel"]
    licensee = house.acting(house.rival)
    with pytest.raises(NotFound):
        sign_direct_licence(actor=licensee, licence_id=licence.pk, signed_on=date(2026, 3, 1))

    licence = send_direct_licence(actor=owner, licence_id=licence.pk)
    assert allowed_steps(licence, actor=licensee) == ["sign"]
    signed = sign_direct_licence(actor=licensee, licence_id=licence.pk, signed_on=date(2026, 3, 1))
    assert (signed.state, signed.signed_by_id) == (DirectState.SIGNED, licensee.user_id)
    done = countersign_direct_licence(actor=other, licence_id=licence.pk)

    assert done.state == DirectState.IN_FORCE
    assert list(AuditEvent.objects.order_by("id").values_list("name", flat=True)) == [
        "direct_licence.drafted",
        "direct_licence.sent",
        "direct_licence.signed",
        "direct_licence.countersigned",
    ]
    # Between its two sides: the record of the alliance has none of it.
    assert not AuditEvent.objects.filter(alliance__isnull=False).exists()


def test_a_signature_from_paper_is_countersigned_by_somebody_else(house: House, taker: Taker) -> None:
    owner, other = house.acting(house.owner), house.acting(house.owner)
    licence = house.draft(owner, taker())
    send_direct_licence(actor=owner, licence_id=licence.pk)
    with pytest.raises(InvalidInput):
        sign_direct_licence(
            actor=owner,
            licence_id=licence.pk,
            signed_on=FIRST,
            document_id=make_document(house.owner).pk,
        )
    paper = make_document(licence, "signed")
    sign_direct_licence(actor=owner, licence_id=licence.pk, signed_on=date(2026, 3, 1), document_id=paper.pk)

    with pytest.raises(NotAllowed, match="somebody else has to"):
        countersign_direct_licence(actor=owner, licence_id=licence.pk)
    licence.refresh_from_db()
    assert licence.state == DirectState.SIGNED
    assert countersign_direct_licence(actor=other, licence_id=licence.pk).state == DirectState.IN_FORCE


def test_nobody_binds_a_member_without_a_recorded_authority(house: House) -> None:
    owner = house.acting(house.owner)
    licence = house.draft(owner, house.rival)
    send_direct_licence(actor=owner, licence_id=licence.pk)

    with pytest.raises(NotAllowed, match="letter of authority"):
        sign_direct_licence(
            actor=house.acting(house.rival, signs=False), licence_id=licence.pk, signed_on=date(2026, 3, 1)
        )

    licence.refresh_from_db()
    assert licence.state == DirectState.SENT


def test_nobody_but_its_sides_learns_of_a_licence(house: House, taker: Taker) -> None:
    licence = make_direct_licence(house.owner, house.rival, [house.patent], DirectState.SENT)
    draft = make_direct_licence(house.owner, house.rival, [house.patent], DirectState.DRAFT)
    others = [
        house.acting(taker()),
        acting(Role.SECRETARIAT, alliance=house.alliance, clock=FixedClock(NOON)),
        acting(Role.FINANCE, entity=make_entity(house.alliance), clock=FixedClock(NOON)),
        acting(Role.AUTHORITY, alliance=house.alliance, clock=FixedClock(NOON)),
        Actor.public(clock=FixedClock(NOON)),
    ]

    assert [direct_licences(actor=actor).count() for actor in others] == [0] * len(others)
    assert set(direct_licences(actor=house.acting(house.owner))) == {licence, draft}
    assert list(direct_licences(actor=house.acting(house.rival))) == [licence]
    assert list(direct_licences(actor=house.acting(house.rival, Role.MEMBER_NEGOTIATOR))) == []


def test_what_was_taken_back_the_licensee_sees_no_longer(house: House) -> None:
    owner, licensee = house.acting(house.owner), house.acting(house.rival)
    licence = house.draft(owner, house.rival)
    send_direct_licence(actor=owner, licence_id=licence.pk)
    with pytest.raises(WrongState, match="Take it back"):
        edit_direct_licence(actor=owner, licence_id=licence.pk, territory=["CN-44"])
    take_back_direct_licence(actor=owner, licence_id=licence.pk)
    edited = edit_direct_licence(
        actor=owner, licence_id=licence.pk, territory=["CN-44", "CN-44"], fields=["ＴＶ", "tv", "Cars"]
    )

    assert (edited.territory, edited.fields) == (["CN-44"], ["TV", "Cars"])
    assert not direct_licences(actor=licensee).exists()


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


def public_patent(house: House, **entry: Any) -> Any:
    """A rival's patent that everybody sees, since it is in a launched pool."""
    patent = make_patent(house.alliance, "CN7B", house.rival)
    pool = make_pool(house.alliance, "public")
    make_entry(make_pool_member(pool, house.rival.memberships.get()), patent, **entry)
    return patent


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


def test_a_cross_licence_has_patents_of_both_sides(house: House) -> None:
    theirs = public_patent(house)

    licence = house.draft(
        house.acting(house.owner), house.rival, kind=DirectKind.CROSS, licensee_patent_ids=[theirs.pk]
    )

    rows = LicensedPatent.objects.filter(licence=licence).order_by("patent__publication")
    assert list(rows.values_list("patent__publication", "from_licensee")) == [("CN1B", False), ("CN7B", True)]


def test_a_draft_tells_nothing_private_of_what_the_other_side_brings(house: House, taker: Taker) -> None:
    # It leaves the pool before the term, so that it is licensed alone.
    theirs, owner = public_patent(house, leaves_on=date(2026, 3, 31)), house.acting(house.owner)
    alone = make_encumbrance(theirs, kind="licence_exclusive", holder="丁", from_on=date(2025, 1, 1))
    make_encumbrance(theirs, kind="pledge", holder="银行", from_on=date(2025, 1, 1))
    make_direct_licence(house.rival, taker(), [theirs], kind=DirectKind.SOLE, starts_on=FIRST)

    licence = house.draft(owner, house.rival, kind=DirectKind.CROSS, licensee_patent_ids=[theirs.pk])
    assert findings_shown(licence, actor=owner) == []
    assert send_direct_licence(actor=owner, licence_id=licence.pk).state == DirectState.SENT

    # What a register tells everybody is told here too.
    alone.is_public, alone.register_number = True, "X1"
    alone.save()
    assert [(found.code, found.publication) for found in findings_shown(licence, actor=owner)] == [
        ("encumbered", "CN7B")
    ]


def test_what_a_licensee_may_not_see_on_record_still_refuses_its_signature(house: House) -> None:
    owner = house.acting(house.owner)
    licence = send_direct_licence(actor=owner, licence_id=house.draft(owner, house.rival).pk)
    make_encumbrance(house.patent, kind="licence_exclusive", holder="丁", from_on=date(2025, 1, 1))

    with pytest.raises(Conflict, match="CN1B: a register or its record has another licence on it"):
        sign_direct_licence(actor=house.acting(house.rival), licence_id=licence.pk, signed_on=date(2026, 3, 1))

    licence.refresh_from_db()
    assert licence.state == DirectState.SENT


def test_who_sold_a_patent_after_drafting_learns_nothing_private_of_its_next_owner(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    licence = house.draft(owner, taker())
    Ownership.objects.filter(patent=house.patent).update(to_on=date(2026, 1, 1))
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival, from_on=date(2026, 1, 1))
    make_encumbrance(house.patent, kind="pledge", holder="银行", from_on=date(2026, 1, 2))
    make_direct_licence(house.rival, taker(), [house.patent], kind=DirectKind.SOLE)

    assert codes(licence, owner) == ["not_owner"]


def test_in_a_cross_licence_the_licensor_brings_patents_too(house: House) -> None:
    theirs, owner = public_patent(house), house.acting(house.owner)
    given = {"kind": DirectKind.CROSS, "licensee_patent_ids": [theirs.pk]}
    with pytest.raises(InvalidInput):
        house.draft(owner, house.rival, **given, patent_ids=[])
    assert not DirectLicence.objects.exists()

    licence = house.draft(owner, house.rival, **given)
    with pytest.raises(InvalidInput):
        edit_direct_licence(actor=owner, licence_id=licence.pk, patent_ids=[])
    assert licence.patents.filter(from_licensee=False).count() == 1


def test_a_sub_licence_stays_within_its_head_and_ends_with_it(house: House, taker: Taker) -> None:
    head = make_direct_licence(
        house.owner, house.rival, [house.patent], may_sublicense=True, territory=["CN"], ends_on=LAST
    )
    licensee, another = house.acting(house.rival), taker()
    under = {"kind": DirectKind.SUB, "head_id": head.pk, "territory": ["CN-44"]}
    with pytest.raises(Conflict, match="stays within"):
        house.draft(licensee, another, **under, ends_on=date(2027, 4, 1))
    with pytest.raises(Conflict, match="is not on it"):
        house.draft(licensee, another, **{**under, "patent_ids": [public_patent(house).pk]})
    with pytest.raises(NotAllowed):
        house.draft(house.acting(house.owner), another, **under)

    licence = house.draft(licensee, another, **under)
    send_direct_licence(actor=licensee, licence_id=licence.pk)
    sign_direct_licence(actor=house.acting(another), licence_id=licence.pk, signed_on=date(2026, 3, 1))
    countersign_direct_licence(actor=licensee, licence_id=licence.pk)

    owner = house.acting(house.owner)
    assert licence.pk not in direct_licences(actor=owner).values_list("pk", flat=True)
    with pytest.raises(Conflict, match="Sub-licences under it last longer"):
        terminate_direct_licence(actor=owner, licence_id=head.pk, ends_on=date(2026, 5, 1), reason="unpaid")
    terminate_direct_licence(actor=licensee, licence_id=licence.pk, ends_on=date(2026, 5, 1), reason="head ends")
    ended = terminate_direct_licence(actor=owner, licence_id=head.pk, ends_on=date(2026, 5, 1), reason="unpaid")
    assert (ended.state, ended.ends_on) == (DirectState.TERMINATED, date(2026, 5, 1))


def test_a_licence_without_the_power_is_not_sublicensed(house: House, taker: Taker) -> None:
    head = make_direct_licence(house.owner, house.rival, [house.patent])

    with pytest.raises(Conflict, match="does not allow sub-licences"):
        house.draft(house.acting(house.rival), taker(), kind=DirectKind.SUB, head_id=head.pk)


def test_what_one_sees_that_stands_against_a_licence_is_named(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    make_direct_licence(house.owner, house.rival, [house.patent], kind=DirectKind.SOLE, fields=["TV"], code="S1")
    same = house.draft(owner, taker(), fields=["tv", "phones"])
    close = house.draft(owner, taker(), fields=["phones"])
    apart = house.draft(owner, taker(), fields=["tv"], territory=["CN"], starts_on=date(2020, 1, 1), ends_on=FIRST)
    own = house.draft(owner, house.rival, fields=["TV"])

    [found] = findings_shown(same, actor=owner)
    assert (found.code, found.licence and found.licence.code, found.blocks) == ("licensed", "S1", True)
    [found] = findings_shown(close, actor=owner)
    assert (found.code, found.licence and found.licence.code, found.blocks) == ("licensed_close", "S1", False)
    assert codes(apart, owner) == ["licensed"]
    assert codes(own, owner) == []
    with pytest.raises(Conflict, match="the licence S1 is for the same use"):
        send_direct_licence(actor=owner, licence_id=same.pk)
    assert send_direct_licence(actor=owner, licence_id=close.pk).state == DirectState.SENT


def test_of_a_hidden_licence_only_that_there_may_be_one_is_told_whatever_the_scope(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival)
    hidden = make_direct_licence(house.rival, taker(), [house.patent], kind=DirectKind.SOLE, territory=["CN-44"])
    answers = [
        findings_shown(house.draft(owner, taker(), territory=territory, starts_on=first, ends_on=last), actor=owner)
        for territory, first, last in (
            (["CN-44"], FIRST, LAST),
            (["CN-31"], FIRST, LAST),
            (["CN-44"], date(2025, 1, 1), date(2025, 2, 1)),
        )
    ]

    assert {tuple(found) for found in answers} == {tuple(answers[0])}
    [found] = answers[0]
    assert (found.code, found.publication, found.licence, found.blocks) == ("licensed_hidden", "CN1B", None, False)
    # A signature for the same use is refused, and for another one is not.
    for licence, is_refused in zip(
        DirectLicence.objects.exclude(pk=hidden.pk).order_by("pk"), (True, False), strict=False
    ):
        send_direct_licence(actor=owner, licence_id=licence.pk)
        licensee = house.acting(licence.licensee)
        if is_refused:
            with pytest.raises(Conflict) as refused:
                sign_direct_licence(actor=licensee, licence_id=licence.pk, signed_on=date(2026, 3, 1))
            words = str(refused.value)
            assert "a licence that you may not see" in words
            assert not any(secret in words for secret in (hidden.code, str(hidden.licensee), str(house.rival)))
        else:
            sign_direct_licence(actor=licensee, licence_id=licence.pk, signed_on=date(2026, 3, 1))


def test_registers_and_dead_patents_stand_against_a_licence(house: House) -> None:
    owner = house.acting(house.owner)
    dead = make_patent(house.alliance, "CN3B", house.owner, ends_on=FIRST)
    american = make_patent(house.alliance, "US1B", house.owner, country="US")
    filed = make_patent(house.alliance, "CN4A", house.owner, granted_on=None)
    make_encumbrance(house.patent, kind="licence_exclusive", holder="丁", from_on=date(2025, 1, 1))
    make_encumbrance(house.patent, kind="pledge", holder="银行", from_on=date(2025, 1, 1))
    patents = [house.patent.pk, dead.pk, american.pk, filed.pk]

    licence = house.draft(owner, house.rival, patent_ids=patents, territory=["CN"])

    assert [(found.code, found.publication, found.blocks) for found in findings_shown(licence, actor=owner)] == [
        ("not_in_force", "CN3B", True),
        ("not_granted", "CN4A", False),
        ("outside_territory", "US1B", True),
        ("encumbered", "CN1B", True),
        ("pledged", "CN1B", False),
    ]
    with pytest.raises(NotFound):
        findings_shown(licence, actor=house.acting(house.rival))


def test_a_licence_that_never_came_into_force_is_given_up(house: House) -> None:
    owner = house.acting(house.owner)
    licence = make_direct_licence(house.owner, house.rival, [house.patent], DirectState.SIGNED)

    assert cancel_direct_licence(actor=owner, licence_id=licence.pk).state == DirectState.CANCELLED
    with pytest.raises(WrongState):
        cancel_direct_licence(actor=owner, licence_id=licence.pk)


def test_codes_of_others_tell_nothing(house: House) -> None:
    make_direct_licence(house.rival, make_organisation(), [public_patent(house)], code="X")
    owner = house.acting(house.owner)

    assert house.draft(owner, house.rival, code="X").code == "X"
    with pytest.raises(Conflict, match="You gave another licence this code"):
        house.draft(owner, house.rival, code="X")


def test_staff_of_a_member_draft_and_do_not_bind(house: House) -> None:
    staff = actor_of_seat(house.seat(house.owner, Role.MEMBER_STAFF), clock=FixedClock(NOON))
    licence = make_direct_licence(house.owner, house.rival, [house.patent], DirectState.SIGNED)

    assert house.draft(staff, house.rival).kind == DirectKind.ORDINARY
    with pytest.raises(NotAllowed):
        countersign_direct_licence(actor=staff, licence_id=licence.pk)
