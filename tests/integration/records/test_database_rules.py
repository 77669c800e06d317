"""What the database itself holds, whoever writes: each rule is tried around every service."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

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
from members.memberships.models import Membership
from platform_core.identity.models import Alliance
from pools.composition.models import PoolEntry, PoolMember
from pools.patents.models import Ownership, Patent
from tests.factories.agreements import make_licence
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import NOON, make_alliance, make_entity, make_organisation
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.terms import make_programme, make_terms

DAY = date(2025, 6, 1)


@pytest.fixture(autouse=True)
def _records(db: None) -> None:
    """An alliance with one of everything, and another alliance."""
    alliance = make_alliance("here")
    owner = make_organisation("owner")
    membership = make_membership(alliance, owner, "M1", enters_on=date(2025, 1, 1), leaves_on=date(2026, 1, 1))
    member = make_pool_member(make_pool(alliance, "pool"), membership)
    patent = make_patent(alliance, "P1", owner)
    Ownership.objects.filter(patent=patent).update(share=Decimal("0.6"), to_on=date(2026, 1, 1))
    make_entry(member, patent, leaves_on=date(2025, 6, 1))
    programme = make_programme(member.pool, make_entity(alliance), "tv")
    make_terms(programme, 1)
    licence = make_licence(programme, make_organisation("licensee"), "L1")
    Charge.objects.create(licence=licence, month=DAY, kind="entry", amount=1, currency="CNY", created_at=NOON)
    Receipt.objects.create(licence=licence, period="2025Q1", amount_minor=5, created_at=NOON)
    BilateralLicence.objects.create(licence=licence, member=member)
    ExchangeRate.objects.create(programme=programme, month=DAY, currency="USD", rate=7)
    make_alliance("elsewhere")


BREAKS: dict[str, Callable[[], object]] = {
    "a member id twice in an alliance": lambda: make_membership(
        Membership.objects.get().alliance, make_organisation(), "M1"
    ),
    "an organisation twice in an alliance at a time": lambda: make_membership(
        Membership.objects.get().alliance, Membership.objects.get().organisation, "M2", enters_on=date(2025, 12, 31)
    ),
    "a membership that ends before it begins": lambda: Membership.objects.update(leaves_on=date(2025, 1, 1)),
    "a member id of the close's own kind": lambda: Membership.objects.update(code="~fee"),
    "a publication twice in a country": lambda: make_patent(Patent.objects.get().alliance, "P1"),
    "a patent that ends before it is granted": lambda: Patent.objects.update(ends_on=date(2019, 1, 1)),
    "a patent in a family of another alliance": lambda: Patent.objects.update(
        alliance=Alliance.objects.get(code="elsewhere")
    ),
    "an owner twice at a time": lambda: Ownership.objects.create(
        patent=Patent.objects.get(),
        alliance=Patent.objects.get().alliance,
        owner=Ownership.objects.get().owner,
        from_on=date(2025, 12, 31),
    ),
    "an owner tied to another alliance than the patent's": lambda: Ownership.objects.update(
        alliance=Alliance.objects.get(code="elsewhere")
    ),
    "parts above the whole": lambda: Ownership.objects.create(
        patent=Patent.objects.get(),
        alliance=Patent.objects.get().alliance,
        owner=make_organisation(),
        share=Decimal("0.5"),
        from_on=date(2025, 12, 31),
    ),
    "parts above the whole by a change": lambda: (
        Ownership.objects.create(
            patent=Patent.objects.get(),
            alliance=Patent.objects.get().alliance,
            owner=make_organisation(),
            share=Decimal("0.4"),
        ),
        Ownership.objects.filter(share=Decimal("0.4")).update(share=Decimal("0.41")),
    ),
    "a share above 1": lambda: PoolEntry.objects.update(share=Decimal("1.1")),
    "a part twice in the pool at a time": lambda: make_entry(
        PoolMember.objects.get(), Patent.objects.get(), enters_on=date(2025, 5, 31), leaves_on=date(2025, 7, 1)
    ),
    "a patent in the pool after its owner has sold it": lambda: make_entry(
        PoolMember.objects.get(), Patent.objects.get(), enters_on=date(2025, 12, 1), leaves_on=date(2026, 1, 2)
    ),
    "a patent in the pool of a member that never owned it": lambda: make_entry(
        PoolMember.objects.get(), make_patent(Patent.objects.get().alliance, "P2", make_organisation())
    ),
    "a member of another alliance in a pool": lambda: make_pool_member(
        PoolMember.objects.get().pool,
        make_membership(Alliance.objects.get(code="elsewhere"), make_organisation(), "M1"),
    ),
    "a programme on a pool of another alliance": lambda: make_programme(
        make_pool(Alliance.objects.get(code="elsewhere"), "other"),
        make_entity(),
        "x",
        alliance=Alliance.objects.get(code="here"),
    ),
    "published terms that change": lambda: TermsVersion.objects.update(document="other"),
    "published terms that go": lambda: TermsVersion.objects.all().delete(),
    "withdrawn terms that come back": lambda: (
        make_terms(TermsVersion.objects.get().programme, 2, published_at=None),
        TermsVersion.objects.filter(number=2).update(state="withdrawn"),
        TermsVersion.objects.filter(number=2).update(state="draft"),
    ),
    "a programme settled in another currency": lambda: Programme.objects.update(currency="USD"),
    "two published versions from one day": lambda: make_terms(TermsVersion.objects.get().programme, 2),
    "a licence under another programme's terms": lambda: Licence.objects.update(
        programme=make_programme(PoolMember.objects.get().pool, make_entity(), "other")
    ),
    "a signed licence without its terms": lambda: Licence.objects.update(terms_version=None),
    "a licence that ends before it starts": lambda: Licence.objects.update(ends_on=date(2024, 12, 31)),
    "a licence that renews one of another programme": lambda: make_licence(
        make_programme(PoolMember.objects.get().pool, make_entity(), "other"),
        Licence.objects.get().licensee,
        "L2",
        LicenceState.DRAFT,
        terms_version=None,
        renews=Licence.objects.get(),
    ),
    "a bilateral licence from a member of another pool": lambda: BilateralLicence.objects.create(
        licence=Licence.objects.get(),
        member=make_pool_member(make_pool(Alliance.objects.get(code="here"), "other"), Membership.objects.get()),
    ),
    "a change of a licence that changes nothing": lambda: LicenceChange.objects.create(
        licence=Licence.objects.get(), month=DAY
    ),
    "a change from the middle of a month": lambda: LicenceChange.objects.create(
        licence=Licence.objects.get(), month=date(2025, 6, 2), option="b"
    ),
    "a charge that is rewritten": lambda: Charge.objects.update(amount=2),
    "a charge that goes": lambda: Charge.objects.all().delete(),
    "a charge of nothing": lambda: Charge.objects.create(
        licence=Licence.objects.get(), month=DAY, kind="x", amount=0, currency="CNY", created_at=NOON
    ),
    "a receipt that is rewritten": lambda: Receipt.objects.update(amount_minor=6),
    "a receipt that goes": lambda: Receipt.objects.all().delete(),
    "a bilateral licence that begins on another day": lambda: BilateralLicence.objects.update(starts_on=DAY),
    "a bilateral licence twice": lambda: BilateralLicence.objects.create(
        licence=Licence.objects.get(), member=PoolMember.objects.get()
    ),
    "a rate of exchange twice a month": lambda: ExchangeRate.objects.create(
        programme=ExchangeRate.objects.get().programme, month=DAY, currency="USD", rate=8
    ),
    "a rate of exchange of nothing": lambda: ExchangeRate.objects.update(rate=0),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_database_refuses(what: str) -> None:
    def attempt() -> None:
        with transaction.atomic():
            BREAKS[what]()
            # Deferred foreign keys are asked here instead of at the end of the transaction.
            connection.check_constraints()

    with pytest.raises(DatabaseError):
        attempt()


def test_what_touches_but_does_not_overlap_is_taken() -> None:
    member, patent = PoolMember.objects.get(), Patent.objects.get()
    make_entry(member, patent, enters_on=date(2025, 6, 1), leaves_on=date(2026, 1, 1))
    Ownership.objects.create(
        patent=patent, alliance=patent.alliance, owner=make_organisation(), share=Decimal(1), from_on=date(2026, 1, 1)
    )
    Ownership.objects.create(
        patent=patent, alliance=patent.alliance, owner=make_organisation(), share=Decimal("0.4"), to_on=date(2026, 1, 1)
    )
    make_membership(
        Membership.objects.get().alliance, Membership.objects.get().organisation, "M2", enters_on=date(2026, 1, 1)
    )
    Charge.objects.update(cancelled_at=NOON)
    BilateralLicence.objects.update(ends_on=DAY)
