"""What one could get past the services for licences, and no longer can."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from licensing.agreements.models import BilateralLicence, Charge, Licence, LicenceChange, LicenceState, Receipt
from licensing.agreements.services import (
    NewBilateral,
    NewChange,
    NewCharge,
    NewLicence,
    NewReceipt,
    countersign_licence,
    raise_charges,
    record_bilaterals,
    record_licence_changes,
    record_receipts,
    sign_licence,
    take_over_licences,
    terminate_licence,
)
from licensing.terms.models import Programme, TermsVersion
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.conflicts.parties import conflicts_of
from platform_core.problems import Conflict, InvalidInput, NotFound, WrongState
from pools.composition.models import PoolMember
from tests.factories.agreements import make_licence
from tests.factories.composition import make_pool, make_pool_member
from tests.factories.core import command_line, make_alliance, make_entity, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.terms import TERMS, make_programme, make_terms

pytestmark = pytest.mark.django_db

JANUARY = date(2025, 1, 1)
DEARER = TERMS.replace('"0.20"', '"0.25"')


@pytest.fixture
def programme() -> Programme:
    alliance = make_alliance()
    found = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(found, 1)
    make_pool_member(found.pool, make_membership(alliance, make_organisation(), "M1"))
    return found


def elsewhere(programme: Programme) -> Licence:
    """A licence in force under another programme, with another pool, of the same alliance."""
    other = make_programme(make_pool(programme.alliance, "other pool"), programme.operating_entity, "phones")
    make_terms(other, 1)
    return make_licence(other, make_organisation(), "L1")


def unsigned(programme: Programme) -> Licence:
    return make_licence(
        programme, make_organisation(), "L9", LicenceState.SIGNED, signed_on=date(2025, 1, 1), starts_on=None
    )


MANY: dict[str, Callable[[Actor, Programme, Licence], object]] = {
    "changes": lambda actor, programme, licence: record_licence_changes(
        actor=actor,
        programme_id=programme.pk,
        changes=[NewChange(licence_id=licence.pk, month=JANUARY, standing="compliant")],
    ),
    "charges": lambda actor, programme, licence: raise_charges(
        actor=actor,
        programme_id=programme.pk,
        charges=[
            NewCharge(licence_id=licence.pk, month=JANUARY, kind="entry", amount=Decimal(1), currency="CNY"),
        ],
    ),
    "receipts": lambda actor, programme, licence: record_receipts(
        actor=actor,
        programme_id=programme.pk,
        receipts=[NewReceipt(licence_id=licence.pk, period="2025Q1", amount_minor=1)],
    ),
    "bilaterals": lambda actor, programme, licence: record_bilaterals(
        actor=actor,
        programme_id=programme.pk,
        bilaterals=[NewBilateral(licence_id=licence.pk, member_id=PoolMember.objects.get().pk)],
    ),
}


@pytest.mark.parametrize("what", MANY)
def test_many_at_once_name_licences_of_their_own_programme(programme: Programme, what: str) -> None:
    with pytest.raises(NotFound, match="no such licence of this programme"):
        MANY[what](command_line(), programme, elsewhere(programme))

    _assert_nothing_recorded()


@pytest.mark.parametrize("what", MANY)
def test_many_at_once_name_licences_that_are_in_force(programme: Programme, what: str) -> None:
    with pytest.raises(WrongState):
        MANY[what](command_line(), programme, unsigned(programme))

    _assert_nothing_recorded()


def _assert_nothing_recorded() -> None:
    for model in (LicenceChange, Charge, Receipt, BilateralLicence, AuditEvent):
        assert not model._default_manager.exists()


def test_a_licence_that_is_taken_over_keeps_its_price_or_is_not_taken_over(programme: Programme) -> None:
    make_terms(programme, 2, in_force_from=date(2026, 1, 1), document=DEARER)
    licensee = make_organisation()

    def take_over(price_locked: bool) -> list[Licence]:
        return take_over_licences(
            actor=command_line(),
            programme_id=programme.pk,
            terms_version_id=TermsVersion.objects.get(number=1).pk,
            licences=[NewLicence(code="L1", licensee_id=licensee.pk, signed_on=JANUARY, price_locked=price_locked)],
        )

    with pytest.raises(InvalidInput, match="would bill this licence otherwise"):
        take_over(price_locked=True)
    assert not Licence.objects.exists()

    assert [licence.code for licence in take_over(price_locked=False)] == ["L1"]


def test_a_licence_that_is_taken_over_renews_one_of_its_own_licensee(programme: Programme) -> None:
    rivals = make_licence(programme, make_organisation(), "L1")

    with pytest.raises(InvalidInput) as refused:
        take_over_licences(
            actor=command_line(),
            programme_id=programme.pk,
            terms_version_id=TermsVersion.objects.get().pk,
            licences=[NewLicence(code="L2", licensee_id=make_organisation().pk, renews_id=rivals.pk)],
        )

    assert [error.code for error in refused.value.errors] == ["not_renewable"]
    assert Licence.objects.count() == 1


def test_nobody_signs_tomorrow(programme: Programme) -> None:
    licence = make_licence(
        programme, make_organisation(), "L1", LicenceState.SENT, terms_version=None, signed_on=None, starts_on=None
    )
    actor = command_line()
    tomorrow = actor.clock.now().date() + timedelta(days=2)

    with pytest.raises(InvalidInput) as refused:
        sign_licence(actor=actor, licence_id=licence.pk, signed_on=tomorrow)

    assert [error.code for error in refused.value.errors] == ["in_the_future"]
    licence.refresh_from_db()
    assert licence.state == LicenceState.SENT
    assert not AuditEvent.objects.exists()


def test_a_first_day_at_countersignature_does_not_get_past_the_ceiling(programme: Programme) -> None:
    licensee = make_organisation()
    early = '[[rates]]\nid = "early"\nto = "2025-06"\nper_unit = "0.25"\n[[rates]]'
    second = make_terms(
        programme,
        2,
        in_force_from=date(2025, 2, 1),
        document=TERMS.replace("[[rates]]", early, 1),
        published_at=None,
    )
    earlier = make_licence(
        programme, licensee, "L1", LicenceState.EXPIRED, ends_on=date(2025, 3, 31), renewal_ceiling_percent=Decimal(10)
    )
    renewal = make_licence(
        programme,
        licensee,
        "L2",
        LicenceState.SIGNED,
        terms_version=second,
        signed_on=date(2025, 4, 1),
        starts_on=date(2025, 7, 1),
        renews=earlier,
    )

    with pytest.raises(Conflict, match="rises by more than 10 %"):
        countersign_licence(actor=command_line(), licence_id=renewal.pk, starts_on=date(2025, 4, 1))

    renewal.refresh_from_db()
    assert (renewal.state, renewal.starts_on) == (LicenceState.SIGNED, date(2025, 7, 1))


def test_the_office_stands_apart_from_a_licensee_until_the_last_day_in_force(programme: Programme) -> None:
    licence = make_licence(programme, make_organisation(), "L1")
    actor = command_line()
    last = actor.clock.now().date() + timedelta(days=90)

    terminate_licence(actor=actor, licence_id=licence.pk, ends_on=last)

    # Somebody of the licensee would have a conflict in the office for as long.
    tied = make_seat(organisation=licence.licensee).user_id
    alliance = programme.alliance_id
    assert conflicts_of(tied, [alliance], last) == {alliance: {licence.licensee_id}}
    assert conflicts_of(tied, [alliance], last + timedelta(days=1)) == {}
