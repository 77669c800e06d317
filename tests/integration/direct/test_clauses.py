"""What a licence outside a programme agrees besides its price: within bounds, and fixed once it was sent."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from licensing.direct.models import DirectKind, DirectLicence, DirectState
from licensing.direct.selectors import contents_of
from licensing.direct.services import edit_direct_licence, send_direct_licence, sign_direct_licence
from platform_core.audit.models import AuditEvent
from platform_core.problems import InvalidInput, WrongState
from tests.factories.direct import make_direct_licence
from tests.integration.direct.conftest import House

pytestmark = pytest.mark.django_db

REFUSED = [
    ({"grant_back": "exclusive"}, "/grant_back", "exclusive_grant_back"),
    ({"grant_back": "assignment"}, "/grant_back", "exclusive_grant_back"),
    ({"ends_on_challenge": True}, "/ends_on_challenge", "no_challenge"),
]


@pytest.mark.parametrize(("clauses", "pointer", "code"), REFUSED)
def test_what_no_licence_may_agree_is_neither_drafted_nor_edited_in(
    house: House, clauses: dict[str, Any], pointer: str, code: str
) -> None:
    owner = house.acting(house.owner)
    with pytest.raises(InvalidInput) as refused:
        house.draft(owner, house.rival, **clauses)
    [error] = refused.value.errors
    assert (error.pointer, error.code) == (pointer, code)
    assert "第79号" in error.message
    assert not DirectLicence.objects.exists()
    assert not AuditEvent.objects.exists()

    licence = house.draft(owner, house.rival, grant_back="non_exclusive")
    with pytest.raises(InvalidInput):
        edit_direct_licence(actor=owner, licence_id=licence.pk, **clauses)
    licence.refresh_from_db()
    assert (licence.grant_back, licence.ends_on_challenge) == ("non_exclusive", False)
    assert AuditEvent.objects.filter(name="direct_licence.edited").count() == 0


def test_the_database_holds_it_too(house: House) -> None:
    make_direct_licence(house.owner, house.rival, [house.patent], DirectState.DRAFT)
    for wrong in ({"grant_back": "exclusive"}, {"ends_on_challenge": True}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DirectLicence.objects.update(**wrong)


def test_clauses_change_in_a_draft_with_their_record_and_not_once_it_was_sent(house: House) -> None:
    owner = house.acting(house.owner)
    licence = house.draft(owner, house.rival)
    assert (licence.grant_back, licence.most_favoured) == ("none", False)
    edit_direct_licence(actor=owner, licence_id=licence.pk, grant_back="non_exclusive", most_favoured=True)
    edited = AuditEvent.objects.get(name="direct_licence.edited")
    assert sorted(edited.changes) == ["grant_back", "most_favoured"]

    send_direct_licence(actor=owner, licence_id=licence.pk)
    with pytest.raises(WrongState):
        edit_direct_licence(actor=owner, licence_id=licence.pk, grant_back="none")
    signed = sign_direct_licence(actor=house.acting(house.rival), licence_id=licence.pk, signed_on=date(2026, 3, 1))
    assert (signed.grant_back, signed.most_favoured) == ("non_exclusive", True)
    for change in ({"grant_back": "none"}, {"most_favoured": False}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DirectLicence.objects.update(**change)


def test_a_co_owner_consents_to_the_clauses_too(house: House) -> None:
    owner = house.acting(house.owner)
    licence = house.draft(owner, house.rival, kind=DirectKind.EXCLUSIVE)
    plain = contents_of(licence)
    for clauses in ({"grant_back": "non_exclusive"}, {"grant_back": "none", "most_favoured": True}):
        assert contents_of(edit_direct_licence(actor=owner, licence_id=licence.pk, **clauses)) != plain
    bare = edit_direct_licence(actor=owner, licence_id=licence.pk, grant_back="none", most_favoured=False)
    assert contents_of(bare) == plain
