"""What binds anybody to a licence outside a programme: who still owns the patent, what was consented to, and papers."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from licensing.direct.checking import findings_shown
from licensing.direct.models import DirectKind, DirectLicence, DirectState, OwnerConsent
from licensing.direct.selectors import allowed_steps
from licensing.direct.services import (
    countersign_direct_licence,
    edit_direct_licence,
    record_owner_consent,
    send_direct_licence,
    sign_direct_licence,
    terminate_direct_licence,
)
from platform_core.access.actors import Actor
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, NotAllowed, WrongState
from pools.patents.models import Ownership
from tests.factories.core import NOON, actor_of_seat, give_role, make_seat
from tests.factories.direct import make_direct_licence
from tests.factories.documents import make_document
from tests.factories.patents import make_encumbrance
from tests.integration.direct.conftest import FIRST, LAST, House
from tests.integration.direct.sides import public_patent

pytestmark = pytest.mark.django_db

Taker = Callable[[], Organisation]
SOLD_ON = date(2026, 1, 1)
SIGNED_ON = date(2026, 3, 1)


def codes(licence: DirectLicence, actor: Actor) -> list[str]:
    licence.refresh_from_db()
    return [finding.code for finding in findings_shown(licence, actor=actor)]


def sell(house: House, on: date = SOLD_ON) -> None:
    Ownership.objects.filter(patent=house.patent).update(to_on=on)
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival, from_on=on)


def consented(house: House, licence: DirectLicence, actor: Actor) -> OwnerConsent:
    return record_owner_consent(
        actor=actor,
        licence_id=licence.pk,
        owner_id=house.rival.pk,
        given_on=SIGNED_ON,
        document_id=make_document(licence, "consent").pk,
    )


def on_paper(actor: Actor, licence: DirectLicence) -> DirectLicence:
    paper = make_document(licence, "signed")
    return sign_direct_licence(actor=actor, licence_id=licence.pk, signed_on=SIGNED_ON, document_id=paper.pk)


def test_a_former_owner_licenses_nothing_by_a_first_day_that_is_past(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    sent = send_direct_licence(
        actor=owner, licence_id=house.draft(owner, taker(), kind=DirectKind.EXCLUSIVE, starts_on=date(2025, 6, 1)).pk
    )
    sell(house)
    with pytest.raises(Conflict, match="or no longer does"):
        house.draft(owner, taker(), kind=DirectKind.EXCLUSIVE, starts_on=date(2025, 6, 1), ends_on=None)
    with pytest.raises(Conflict, match="or no longer does"):
        sign_direct_licence(actor=house.acting(sent.licensee), licence_id=sent.pk, signed_on=SIGNED_ON)
    sent.refresh_from_db()
    assert (sent.state, DirectLicence.objects.count()) == (DirectState.SENT, 1)
    # Nor does who bought it license what was somebody else's then.
    with pytest.raises(Conflict, match="does not own it on the first day"):
        house.draft(house.acting(house.rival), taker(), starts_on=date(2025, 6, 1))
    assert house.draft(house.acting(house.rival), taker()).state == DirectState.DRAFT


def test_who_co_owns_today_consents_though_the_first_day_is_past(house: House, taker: Taker) -> None:
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival, from_on=SOLD_ON)
    owner = house.acting(house.owner)
    licence = house.draft(owner, taker(), kind=DirectKind.SOLE, starts_on=date(2025, 6, 1))
    assert codes(licence, owner) == ["no_consent"]
    consented(house, licence, owner)
    assert codes(licence, owner) == []


def test_a_consent_is_to_what_the_licence_says_and_to_nothing_else(house: House, taker: Taker) -> None:
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival)
    owner = house.acting(house.owner)
    licence = house.draft(owner, taker(), kind=DirectKind.EXCLUSIVE, territory=["CN-44"])
    first = consented(house, licence, owner)
    assert codes(licence, owner) == []
    with pytest.raises(Conflict, match="recorded already"):
        consented(house, licence, owner)

    edit_direct_licence(actor=owner, licence_id=licence.pk, territory=["CN"], ends_on=None)
    assert codes(licence, owner) == ["no_consent"]
    with pytest.raises(Conflict, match="as it is now"):
        send_direct_licence(actor=owner, licence_id=licence.pk)
    # What was consented to once may be licensed again, and a code is nothing that anybody consents to.
    edit_direct_licence(actor=owner, licence_id=licence.pk, territory=["CN-44"], ends_on=LAST, code="other")
    assert codes(licence, owner) == []
    edit_direct_licence(actor=owner, licence_id=licence.pk, territory=["CN"])
    second = consented(house, licence, owner)
    assert codes(licence, owner) == []
    assert first.contents_sha256 != second.contents_sha256
    edit_direct_licence(actor=owner, licence_id=licence.pk, may_sublicense=True)
    assert codes(licence, owner) == ["no_consent"]


def test_papers_measure_no_hidden_licence(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival)
    holder = taker()
    hidden = make_direct_licence(house.rival, holder, [house.patent], kind=DirectKind.SOLE, territory=["CN-44"])
    answers = set()
    tried: tuple[tuple[Organisation, dict[str, Any]], ...] = (
        (taker(), {"territory": ["CN-44"]}),
        (taker(), {"territory": ["CN-31"]}),
        (taker(), {"territory": ["CN-44"], "starts_on": date(2025, 1, 1), "ends_on": date(2025, 2, 1)}),
        (taker(), {"fields": ["phones"]}),
        (holder, {}),
    )
    for licensee, given in tried:
        licence = house.draft(owner, licensee, **given)
        # The draft says the same whatever is tried, to whomever.
        assert codes(licence, owner) == ["licensed_hidden"]
        send_direct_licence(actor=owner, licence_id=licence.pk)
        with pytest.raises(Conflict) as refused:
            on_paper(owner, licence)
        answers.add(str(refused.value))
        licence.refresh_from_db()
        assert licence.state == DirectState.SENT
    assert answers == {
        "CN1B: there may be another licence on it that you may not see, so that a paper is not enough. "
        "Have the licensee sign here itself."
    }
    # The licensee itself signs what the hidden licence leaves.
    elsewhere = DirectLicence.objects.get(territory=["CN-31"])
    signed = sign_direct_licence(actor=house.acting(elsewhere.licensee), licence_id=elsewhere.pk, signed_on=SIGNED_ON)
    assert signed.state == DirectState.SIGNED
    assert hidden.licensee == holder


def test_papers_measure_no_hidden_record(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    theirs = house.acting(house.rival)
    sell(house, on=date(2026, 3, 1))
    make_encumbrance(house.patent, kind="licence_exclusive", holder="丁", from_on=date(2030, 1, 1))
    assert owner.organisation_id == house.owner.pk
    licence = house.draft(theirs, taker())
    send_direct_licence(actor=theirs, licence_id=licence.pk)
    # Its owner sees the record, and that it is for later.
    assert on_paper(theirs, licence).state == DirectState.SIGNED


def test_papers_do_not_measure_who_holds_a_hidden_record(house: House, taker: Taker) -> None:
    """Its next owner may not see what rests on a patent yet, and tries one licensee after the other."""
    next_owner, holder = house.acting(house.rival), taker()
    sell(house, on=FIRST)
    make_encumbrance(house.patent, kind="licence_exclusive", holder=holder.name_zh, from_on=date(2025, 1, 1))
    answers = set()
    for licensee in (holder, taker()):
        licence = house.draft(next_owner, licensee)
        assert codes(licence, next_owner) == []
        send_direct_licence(actor=next_owner, licence_id=licence.pk)
        with pytest.raises(Conflict) as refused:
            on_paper(next_owner, licence)
        answers.add(str(refused.value))
    assert len(answers) == 1
    # The holder itself signs for what it has: nobody learns of it by that.
    own = DirectLicence.objects.get(licensee=holder)
    signed = sign_direct_licence(actor=house.acting(holder), licence_id=own.pk, signed_on=SIGNED_ON)
    assert signed.state == DirectState.SIGNED


def test_what_a_licensee_brings_it_answers_for_by_its_own_signature(house: House) -> None:
    owner = house.acting(house.owner)
    licence = house.draft(
        owner, house.rival, kind=DirectKind.CROSS, licensee_patent_ids=[public_patent(house).pk], starts_on=FIRST
    )
    licence = send_direct_licence(actor=owner, licence_id=licence.pk)
    assert allowed_steps(licence, actor=owner) == ["recall", "cancel"]
    with pytest.raises(Conflict, match="it signs here itself"):
        on_paper(owner, licence)
    licence.refresh_from_db()
    assert licence.state == DirectState.SENT


def test_who_drafted_a_licence_does_not_sign_it_for_the_other_side(house: House, taker: Taker) -> None:
    owner_seat = house.seat(house.owner)
    owner = actor_of_seat(owner_seat, clock=house.acting(house.owner).clock)
    firm = taker()
    licence = house.draft(owner, firm)
    send_direct_licence(actor=owner, licence_id=licence.pk)
    same_person = make_seat(user=owner_seat.user, organisation=firm)
    give_role(same_person, Role.LICENSEE)
    with pytest.raises(NotAllowed):
        sign_direct_licence(
            actor=actor_of_seat(same_person, clock=owner.clock), licence_id=licence.pk, signed_on=SIGNED_ON
        )
    licence.refresh_from_db()
    assert licence.state == DirectState.SENT


def test_a_licence_with_a_licence_under_a_licence_under_it_ends(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    head = make_direct_licence(
        house.owner, house.rival, [house.patent], kind=DirectKind.EXCLUSIVE, may_sublicense=True, ends_on=LAST
    )
    sub = make_direct_licence(
        house.rival, taker(), [house.patent], kind=DirectKind.SUB, head=head, may_sublicense=True, ends_on=LAST
    )
    lowest = make_direct_licence(
        sub.licensee, taker(), [house.patent], kind=DirectKind.SUB, head=sub, ends_on=date(2026, 9, 30)
    )
    middle, end = house.acting(house.rival, Role.LICENSEE), date(2026, 12, 31)
    with pytest.raises(Conflict, match="last longer"):
        terminate_direct_licence(actor=owner, licence_id=head.pk, ends_on=end, reason="unpaid")
    terminate_direct_licence(actor=middle, licence_id=sub.pk, ends_on=end, reason="its head ends")
    ended = terminate_direct_licence(actor=owner, licence_id=head.pk, ends_on=end, reason="unpaid")
    lowest.refresh_from_db()
    assert (ended.ends_on, lowest.state, lowest.ends_on) == (end, DirectState.IN_FORCE, date(2026, 9, 30))


def test_what_was_ended_is_ended_earlier_and_never_later(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    licence = make_direct_licence(house.owner, taker(), [house.patent], ends_on=LAST)
    terminate_direct_licence(actor=owner, licence_id=licence.pk, ends_on=date(2026, 12, 31), reason="agreed")
    assert allowed_steps(licence, actor=owner) == ["terminate"]
    with pytest.raises(Exception, match="ends on 2026-12-31 already"):
        terminate_direct_licence(actor=owner, licence_id=licence.pk, ends_on=LAST, reason="longer")
    terminate_direct_licence(actor=owner, licence_id=licence.pk, ends_on=NOON.date() - timedelta(days=1), reason="now")
    licence.refresh_from_db()
    assert allowed_steps(licence, actor=owner) == []
    with pytest.raises(WrongState, match="The licence ended on"):
        terminate_direct_licence(actor=owner, licence_id=licence.pk, ends_on=SIGNED_ON, reason="again")


def test_a_sub_licence_is_signed_while_its_head_lasts(house: House, taker: Taker) -> None:
    owner, middle = house.acting(house.owner), house.acting(house.rival)
    head = make_direct_licence(house.owner, house.rival, [house.patent], may_sublicense=True, ends_on=LAST)
    licence = house.draft(middle, taker(), kind=DirectKind.SUB, head_id=head.pk)
    send_direct_licence(actor=middle, licence_id=licence.pk)
    terminate_direct_licence(actor=owner, licence_id=head.pk, ends_on=date(2026, 12, 31), reason="agreed")
    licensee = house.acting(licence.licensee)
    with pytest.raises(Conflict, match="is not in force on the first day"):
        sign_direct_licence(actor=licensee, licence_id=licence.pk, signed_on=SIGNED_ON)
    with pytest.raises(WrongState):
        countersign_direct_licence(actor=middle, licence_id=licence.pk)
    licence.refresh_from_db()
    assert licence.state == DirectState.SENT
