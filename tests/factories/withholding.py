"""Members abroad: rules and proofs by two people, what is withheld of them, and its way to the tax office."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from licensing.billing.models import TaxIdentity
from licensing.distribution.models import (
    DistributionRun,
    TaxRemittance,
    TreatyRelief,
    Withholding,
    WithholdingRule,
)
from licensing.distribution.withholding import services
from platform_core.access.actors import Actor
from platform_core.identity.roles import Purpose, Role
from platform_core.treasury.models import BankAccount, StatementLine
from tests.factories.billing import SINCE, billed, make_tax_identity, pay, set_up_billing
from tests.factories.documents import make_document
from tests.factories.royalties import SmallWorld, make_person
from tests.factories.treasury import HEADINGS, take

EARLY, TODAY = date(2026, 1, 20), date(2026, 2, 2)


def abroad(world: SmallWorld, **countries: str) -> None:
    """Have members taxed in these countries, as finance notes it, and all others at home."""
    for code, member in world.members.items():
        known = TaxIdentity.objects.filter(operating_entity=world.entity, organisation=member.organisation)
        if code in countries or not known.exists():
            since = SINCE + timedelta(days=known.count())
            make_tax_identity(world.entity, member.organisation, country=countries.get(code, "CN"), from_on=since)


def recorded(world: SmallWorld, country: str, percent: str, who: str = "calculator", **said: Any) -> WithholdingRule:
    """Record a rule, which nobody has confirmed yet."""
    values = {"from_on": TODAY, "basis": "企业所得税法第三条第三款、第十九条", **said}
    return services.record_withholding_rule(
        actor=world.acting(who),
        operating_entity_id=world.entity.pk,
        rule=services.NewWithholdingRule(country=country, percent=Decimal(percent), **values),
    )


def rule(world: SmallWorld, country: str, percent: str, who: str = "calculator", **said: Any) -> WithholdingRule:
    """Record a rule, and have another person confirm it."""
    made = recorded(world, country, percent, who, **said)
    return services.confirm_withholding_rule(actor=world.acting("approver"), rule_id=made.pk)


def relief(world: SmallWorld, member: str, country: str, **said: Any) -> TreatyRelief:
    values = {"from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31), "certificate": "6166-2026-001", **said}
    return services.enter_treaty_relief(
        actor=world.acting("calculator"),
        operating_entity_id=world.entity.pk,
        relief=services.NewTreatyRelief(membership_id=world.members[member].pk, country=country, **values),
    )


def confirmed(world: SmallWorld, member: str, country: str, **said: Any) -> TreatyRelief:
    entered = relief(world, member, country, **said)
    make_document(entered, "certificate of residence")
    return services.confirm_treaty_relief(actor=world.acting("approver"), relief_id=entered.pk)


def pay_l1(world: SmallWorld) -> None:
    """L1 pays its 40,000: 18,000 to M1, 10,800 to M2, 7,200 to M3, 4,000 to the fee."""
    pay(world, billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"], on=EARLY)


def withheld(run: DistributionRun) -> dict[str, tuple[int, int, Decimal, int]]:
    """Return by member: the share, what of it is taxed, at which rate, and the tax."""
    rows = Withholding.objects.filter(item__run=run).order_by("membership__code")
    return {row.membership.code: (row.gross_minor, row.base_minor, row.percent, row.tax_minor) for row in rows}


def prepared_of(world: SmallWorld, who: str = "calculator", through_on: date = TODAY) -> TaxRemittance:
    return services.prepare_tax_remittance(
        actor=world.acting(who),
        operating_entity_id=world.entity.pk,
        currency="CNY",
        through_on=through_on,
        reference="SB2026-0207",
    )


def line_of(bank: BankAccount, amount: str) -> StatementLine:
    taken = take(bank, f"{HEADINGS}\n2026-02-06,{amount},,国家税务总局,6222,税款 SB2026-0207,9001\n")
    return StatementLine.objects.get(statement=taken.statement)


def add_third(world: SmallWorld) -> Actor:
    """Return somebody else in finance."""
    office, entity = world.entity.organisation, world.entity
    world.seats["third"] = make_person(office, "third", Role.FINANCE, entity=entity, purpose=Purpose.ROYALTIES)
    return world.acting("third")
