"""The audit record of pools and licences: under which alliance and entity, and who reads its contents."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from licensing.agreements.models import (
    BilateralLicence,
    Charge,
    ExchangeRate,
    Licence,
    LicenceChange,
    LicenceState,
    Receipt,
)
from licensing.terms.models import Programme, TermsVersion
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.audit.selectors import audit_events, readable_contents
from platform_core.audit.services import record_event
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.models import Record
from pools.composition.models import PoolEntry, PoolMember
from tests.factories.agreements import make_licence
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import NOON, acting, command_line, make_alliance, make_entity, make_organisation
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.terms import make_programme, make_terms

pytestmark = pytest.mark.django_db

AGREEMENTS: set[type[Record]] = {
    Licence,
    LicenceChange,
    Charge,
    Receipt,
    BilateralLicence,
    ExchangeRate,
    TermsVersion,
}
POOLED: set[type[Record]] = {PoolMember, PoolEntry}


@pytest.fixture
def programme() -> Programme:
    alliance = make_alliance()
    made = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(made, 1)
    return made


def member_of(programme: Programme, organisation: Organisation) -> PoolMember:
    membership = make_membership(programme.alliance, organisation, "M1")
    return make_pool_member(programme.pool, membership)


def subjects(programme: Programme) -> Iterator[Record]:
    """One of everything whose changes are recorded."""
    owner = make_organisation()
    licence, member = make_licence(programme, make_organisation(), "L1"), member_of(programme, owner)
    month = date(2025, 4, 1)
    yield from (licence, member, make_entry(member, make_patent(programme.alliance, "P1", owner)))
    yield LicenceChange.objects.create(licence=licence, month=month, standing="compliant")
    yield Charge.objects.create(
        licence=licence, month=month, kind="entry fee", amount=Decimal(5), currency="CNY", created_at=NOON
    )
    yield Receipt.objects.create(licence=licence, period="2025Q1", amount_minor=5, created_at=NOON)
    yield BilateralLicence.objects.create(licence=licence, member=member)
    yield ExchangeRate.objects.create(programme=programme, month=month, currency="USD", rate=Decimal(7))
    yield TermsVersion.objects.get(programme=programme)


def test_offices_and_finance_read_what_is_recorded_of_their_own_records(programme: Programme) -> None:
    for subject in subjects(programme):
        record_event("licence.edited", actor=command_line(), subject=subject)

    def kinds(actor: Actor) -> set[type[Record]]:
        models = {model._meta.label_lower: model for model in AGREEMENTS | POOLED}
        return {models[event.subject_type] for event in audit_events(actor=actor)}

    secretariat = acting(Role.SECRETARIAT, alliance=programme.alliance)
    finance = acting(Role.FINANCE, entity=programme.operating_entity)
    assert kinds(finance) == AGREEMENTS
    # Money and bilateral licences are not for the office, not even that there is some.
    assert kinds(secretariat) == {Licence, LicenceChange, ExchangeRate, TermsVersion} | POOLED
    for stranger in (acting(Role.SECRETARIAT), acting(Role.FINANCE)):
        assert not kinds(stranger)


def test_who_may_read_a_licence_s_name_alone_reads_no_contents_of_its_events(programme: Programme) -> None:
    office = make_organisation()
    licence = make_licence(programme, make_organisation(), "L1", LicenceState.IN_FORCE)
    member = member_of(programme, make_organisation())
    # Somebody whose organisation once changed both, and may read their names now.
    former = acting(Role.MEMBER_ADMIN, organisation=office)
    terms = TermsVersion.objects.get(programme=programme)
    for subject in (licence, member, terms):
        record_event("licence.edited", actor=former, subject=subject, changes={"standing": ("a", "b")})
    assert licence in Licence.objects.visible_to(former)
    assert member in PoolMember.objects.visible_to(former)
    assert terms in TermsVersion.objects.visible_to(former)

    assert audit_events(actor=former).count() == 3
    assert readable_contents(audit_events(actor=former), actor=former) == frozenset()
    secretariat = acting(Role.SECRETARIAT, alliance=programme.alliance)
    assert len(readable_contents(AuditEvent.objects.all(), actor=secretariat)) == 3
