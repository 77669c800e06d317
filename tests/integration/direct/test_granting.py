"""Licences outside a programme from draft to force: by whom, and who learns of them."""

from collections.abc import Callable
from datetime import date

import pytest

from licensing.direct.models import DirectKind, DirectState
from licensing.direct.selectors import allowed_steps, direct_licences
from licensing.direct.services import (
    cancel_direct_licence,
    countersign_direct_licence,
    edit_direct_licence,
    send_direct_licence,
    sign_direct_licence,
    take_back_direct_licence,
)
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.core import NOON, acting, actor_of_seat, make_entity, make_organisation
from tests.factories.direct import make_direct_licence
from tests.factories.documents import make_document
from tests.integration.direct.conftest import FIRST, House
from tests.integration.direct.sides import codes, public_patent

pytestmark = pytest.mark.django_db

Taker = Callable[[], Organisation]


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
