"""Licences and what belongs to them."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

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
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from pools.composition.models import PoolMember
from tests.factories.core import NOON, give_role, make_organisation, make_seat

if TYPE_CHECKING:
    from tests.factories.world import World


def make_licence(
    programme: Programme,
    licensee: Organisation,
    code: str,
    state: LicenceState = LicenceState.IN_FORCE,
    **columns: object,
) -> Licence:
    """A licence from 2025 on, under the programme's first terms."""
    version = TermsVersion.objects.filter(programme=programme).order_by("number").first()
    return Licence.objects.create(
        **{
            "programme": programme,
            "terms_version": version,
            "licensee": licensee,
            "code": code,
            "signed_on": date(2024, 12, 1),
            "starts_on": date(2025, 1, 1),
            "state": state,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for side, alliance in zip(("first", "second"), world.alliances, strict=True):
        outsider = make_organisation(f"{side} licensee")
        world.seats[f"{side} outside licensee"] = make_seat(organisation=outsider)
        give_role(world.seats[f"{side} outside licensee"], Role.LICENSEE)
        rival = make_organisation(f"{side} rival licensee")
        for programme in Programme.objects.filter(alliance=alliance).order_by("code"):
            member = PoolMember.objects.filter(pool=programme.pool).order_by("pk")[0]
            for code, licensee in (("L1", outsider), ("L2", rival)):
                licence = make_licence(programme, licensee, code)
                LicenceChange.objects.create(licence=licence, month=date(2025, 4, 1), standing="compliant")
                Charge.objects.create(
                    licence=licence,
                    month=date(2025, 1, 1),
                    kind="entry",
                    amount=Decimal(10000),
                    currency="CNY",
                    created_at=NOON,
                )
                Receipt.objects.create(licence=licence, period="2025Q1", amount_minor=100_00, created_at=NOON)
                BilateralLicence.objects.create(licence=licence, member=member, starts_on=date(2025, 1, 1))
            make_licence(programme, rival, "L3", LicenceState.DRAFT, terms_version=None, signed_on=None)
            ExchangeRate.objects.create(
                programme=programme, month=date(2025, 1, 1), currency="USD", rate=Decimal("7.1234")
            )
