"""Declarations of open licences, and licences under them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from licensing.openlicences.models import (
    DeclarationState,
    OpenConsent,
    OpenDeclaration,
    OpenLicence,
    OpenLicenceState,
    OpenPayment,
    OpenStatement,
    PriceScheme,
    RoyaltyBase,
)
from platform_core.identity.models import Organisation
from pools.patents.models import Patent
from tests.factories.core import NOON, make_organisation
from tests.factories.documents import make_document
from tests.factories.patents import make_patent

if TYPE_CHECKING:
    from tests.factories.world import World

WHOLE_PRICE: dict[str, Any] = {
    "scheme": PriceScheme.ENTRY_RUNNING,
    "sum_minor": 5_000_000,
    "sum_within_days": 30,
    "base": RoyaltyBase.NET_SALES,
    "rate_percent": Decimal("3.5000"),
    "period_months": 3,
    "pays_within_days": 30,
    "basis": "按同类许可的行业水平估算",
    "contact": "专利部",
}
"""Fifty thousand yuan within a month of the notice, and 3.5 % of each quarter's net sales."""


def make_declaration(
    owner: Organisation,
    patent: Patent,
    state: DeclarationState = DeclarationState.ANNOUNCED,
    **columns: object,
) -> OpenDeclaration:
    """A declaration of early 2026 with a whole price, as far as its state says."""
    declaration = OpenDeclaration.objects.create(
        **{
            "alliance": patent.alliance,
            "owner": owner,
            "patent": patent,
            "currency": "CNY",
            "drafted_at": NOON - timedelta(days=90),
            **WHOLE_PRICE,
            **columns,
        }
    )
    if state in (DeclarationState.DRAFT, DeclarationState.CANCELLED):
        declaration.state = state
        declaration.save()
        return declaration
    declaration.state = DeclarationState.FILED
    declaration.filed_on, declaration.statement_sha256 = date(2026, 1, 5), "0" * 64
    declaration.save()
    if state == DeclarationState.REFUSED:
        declaration.refused_on, declaration.refusal_reason = date(2026, 1, 20), "未缴年费"
    elif state != DeclarationState.FILED:
        declaration.announced_on, declaration.announcement_number = date(2026, 1, 20), f"OL{declaration.pk.hex[-6:]}"
    if state == DeclarationState.WITHDRAWN:
        declaration.withdrawal_filed_on, declaration.withdrawal_reason = date(2026, 2, 10), "另行许可"
        declaration.withdrawn_on, declaration.withdrawal_number = date(2026, 2, 20), "W1"
    declaration.state = state
    declaration.save()
    return declaration


def make_open_consent(
    declaration: OpenDeclaration, owner: Organisation, *, contents_sha256: str = "0" * 64
) -> OpenConsent:
    """Let a co-owner consent to some contents, by a letter that is on record."""
    return OpenConsent.objects.create(
        declaration=declaration,
        owner=owner,
        given_on=date(2026, 1, 2),
        contents_sha256=contents_sha256,
        document=make_document(declaration, "consent"),
        recorded_at=NOON,
    )


def make_open_licence(
    declaration: OpenDeclaration,
    licensee: Organisation,
    state: OpenLicenceState = OpenLicenceState.IN_FORCE,
    **columns: object,
) -> OpenLicence:
    """A licence that was noticed and began on the first of February 2026, as far as its state says."""
    licence = OpenLicence.objects.create(
        declaration=declaration, licensee=licensee, prepared_at=NOON - timedelta(days=60), **columns
    )
    if state in (OpenLicenceState.PREPARED, OpenLicenceState.CANCELLED):
        licence.state = state
        licence.save()
        return licence
    letter = make_document(licence, "notice")
    licence.state, licence.noticed_on = OpenLicenceState.NOTICED, date(2026, 2, 1)
    licence.letter, licence.letter_sha256 = letter, letter.sha256
    licence.number = f"OL20260201{licence.pk.hex[-6:].upper()}"
    licence.sum_minor = declaration.sum_minor
    licence.sum_due_on = (licence.sum_due_on or date(2026, 3, 3)) if declaration.sum_minor else None
    licence.save()
    if state != OpenLicenceState.NOTICED:
        licence.state, licence.in_force_from = OpenLicenceState.IN_FORCE, date(2026, 2, 1)
        licence.recordal_due_on, licence.recordal_rule = date(2026, 5, 1), "三个月内"
        licence.save()
    return licence


def make_open_statement(licence: OpenLicence, period_from: date = date(2026, 2, 1), **columns: object) -> OpenStatement:
    """What a licensee states of two months: 1,000,000 yuan, and 35,000 of it due."""
    return OpenStatement.objects.create(
        **{
            "licence": licence,
            "period_from": period_from,
            "period_to": date(2026, 3, 31),
            "base_minor": 100_000_000,
            "rate_percent": Decimal("3.5000"),
            "royalty_minor": 3_500_000,
            "due_on": date(2026, 4, 30),
            "document": make_document(licence, "sales"),
            "stated_at": NOON,
            **columns,
        }
    )


def make_open_payment(licence: OpenLicence, amount_minor: int = 5_000_000, **columns: object) -> OpenPayment:
    """A payment that a licensee advises, with a bank's slip."""
    return OpenPayment.objects.create(
        **{
            "licence": licence,
            "amount_minor": amount_minor,
            "paid_on": date(2026, 2, 15),
            "proof": make_document(licence, "slip"),
            "advised_at": NOON,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for side, alliance in enumerate(world.alliances):
        upstream, downstream = world.organisations[2 * side : 2 * side + 2]
        outsider = make_organisation(f"{alliance.code} practising firm")
        for number, (owner, licensee) in enumerate(((upstream, downstream), (downstream, outsider))):
            patents = [make_patent(alliance, f"CNOPEN{number}{letter}B", owner, right="invention") for letter in "ABCD"]
            declaration = make_declaration(owner, patents[0])
            make_declaration(owner, patents[1], DeclarationState.DRAFT)
            make_declaration(owner, patents[2], DeclarationState.FILED)
            make_declaration(owner, patents[3], DeclarationState.WITHDRAWN)
            make_open_consent(declaration, outsider)
            licence = make_open_licence(declaration, licensee)
            make_open_licence(declaration, make_organisation(), OpenLicenceState.PREPARED)
            make_open_statement(licence)
            make_open_payment(licence)
