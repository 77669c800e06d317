"""Cross-licences and sub-licences, and what each side learns of what the other brings."""

from collections.abc import Callable
from datetime import date

import pytest

from licensing.direct.checking import findings_shown
from licensing.direct.models import DirectKind, DirectLicence, DirectState, LicensedPatent
from licensing.direct.selectors import direct_licences
from licensing.direct.services import (
    countersign_direct_licence,
    edit_direct_licence,
    send_direct_licence,
    sign_direct_licence,
    terminate_direct_licence,
)
from platform_core.identity.models import Organisation
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound
from pools.patents.models import Ownership
from tests.factories.direct import make_direct_licence
from tests.factories.patents import make_encumbrance, make_patent
from tests.integration.direct.conftest import FIRST, LAST, House
from tests.integration.direct.sides import codes, public_patent

pytestmark = pytest.mark.django_db

Taker = Callable[[], Organisation]


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
