"""Finding rules of withholding, proofs of residence, tax withheld and its remittances, as far as one may see them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from licensing.close.models import PayeeKind
from licensing.distribution.lifecycle import STATED
from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.withholding.calculation import set_off_before
from licensing.distribution.withholding.lifecycle import (
    RELIEF_LIFECYCLE,
    REMITTANCE_LIFECYCLE,
    ReliefState,
    RemittanceState,
)
from licensing.distribution.withholding.models import TaxRemittance, TreatyRelief, Withholding, WithholdingRule
from licensing.distribution.withholding.policies import (
    CANCEL_TAX_REMITTANCE,
    CONFIRM_TAX_REMITTANCE,
    CONFIRM_TREATY_RELIEF,
    NOTE_TAX_RECEIPT,
    WITHDRAW_TREATY_RELIEF,
)
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission

_RELIEF_STEPS: Final[Mapping[str, Permission]] = {"confirm": CONFIRM_TREATY_RELIEF, "withdraw": WITHDRAW_TREATY_RELIEF}
_REMITTANCE_STEPS: Final[Mapping[str, Permission]] = {
    "confirm": CONFIRM_TAX_REMITTANCE,
    "cancel": CANCEL_TAX_REMITTANCE,
    "note receipt": NOTE_TAX_RECEIPT,
}
_WITH_WITHHOLDING: Final = (
    "item__run__programme__alliance",
    "item__run__programme__operating_entity__organisation",
    "membership__organisation",
    "rule",
    "relief",
    "remittance",
)


def withholding_rules(*, actor: Actor) -> VisibleQuerySet[WithholdingRule]:
    """List by which rules tax is withheld."""
    return WithholdingRule.objects.visible_to(actor).select_related("operating_entity")


def withholding_rules_on(operating_entity_id: UUID, on: date) -> QuerySet[WithholdingRule]:
    """Return the rules by which an operating entity withholds tax on a day, from whatever country."""
    lasting = Q(until_on=None) | Q(until_on__gte=on)
    return WithholdingRule.objects.filter(lasting, operating_entity=operating_entity_id, from_on__lte=on)


def withholding_rule_on(operating_entity_id: UUID, country: str, on: date) -> WithholdingRule | None:
    """Return the rule by which tax is withheld from members of a country on a day; None: none is."""
    rows = WithholdingRule.objects.filter(operating_entity=operating_entity_id, country=country, from_on__lte=on)
    last = rows.order_by("-from_on").first()
    return last if last is not None and (last.until_on is None or on <= last.until_on) else None


def treaty_reliefs(*, actor: Actor) -> VisibleQuerySet[TreatyRelief]:
    """List the proofs of residence an actor may see."""
    rows = TreatyRelief.objects.visible_to(actor)
    return rows.select_related("operating_entity", "membership__organisation", "entered_by", "confirmed_by")


def get_treaty_relief(relief_id: UUID, *, actor: Actor, for_change: bool = False) -> TreatyRelief:
    """Fetch a proof of residence, locked if it is fetched for a change."""
    along = () if for_change else ("operating_entity", "membership__organisation", "entered_by", "confirmed_by")
    return get_visible(TreatyRelief, relief_id, actor=actor, for_change=for_change, along=along)


def relief_steps(relief: TreatyRelief, *, actor: Actor) -> list[str]:
    """List what the actor may do with a proof of residence now."""
    steps = RELIEF_LIFECYCLE.allowed(ReliefState(relief.state))
    return [step for step in steps if can(actor, _RELIEF_STEPS[step], relief)]


def relief_on(membership: Membership, operating_entity_id: UUID, country: str, on: date) -> TreatyRelief | None:
    """Return the confirmed proof that a member lives in a country on a day, the one that holds longest."""
    rows = TreatyRelief.objects.filter(
        membership__organisation=membership.organisation_id,
        membership__alliance=membership.alliance_id,
        operating_entity=operating_entity_id,
        country=country,
        state=ReliefState.CONFIRMED,
        from_on__lte=on,
        until_on__gte=on,
    )
    return rows.order_by("-until_on", "-pk").first()


def withholdings(*, actor: Actor) -> VisibleQuerySet[Withholding]:
    """List the tax withheld that an actor may see: finance all of it, members their own."""
    return Withholding.objects.visible_to(actor).select_related(*_WITH_WITHHOLDING)


def get_withholding(withholding_id: UUID, *, actor: Actor) -> Withholding:
    """Fetch what was withheld of one share."""
    return get_visible(Withholding, withholding_id, actor=actor, along=_WITH_WITHHOLDING)


def set_off_against(item: DistributionItem, run: DistributionRun, before: Sequence[int] = ()) -> int:
    """Return what of a member's new share pays back what it was given too much before, in minor units.

    Over all it got of the operating entity in the currency; `before`: shares of the same release that come first.
    """
    if item.membership is None:
        return 0
    given = DistributionItem.objects.filter(
        kind=PayeeKind.MEMBER,
        membership__organisation=item.membership.organisation_id,
        run__programme__operating_entity=run.programme.operating_entity_id,
        run__currency=run.currency,
        run__status__in=STATED,
    ).order_by("run__released_at", "run_id", "payee")
    return set_off_before([*given.values_list("amount_minor", flat=True), *before])


def tax_remittances(*, actor: Actor) -> VisibleQuerySet[TaxRemittance]:
    """List the remittances of tax an actor may see."""
    return TaxRemittance.objects.visible_to(actor).select_related("operating_entity", "prepared_by", "confirmed_by")


def get_tax_remittance(remittance_id: UUID, *, actor: Actor, for_change: bool = False) -> TaxRemittance:
    """Fetch a remittance of tax, locked if it is fetched for a change."""
    along = () if for_change else ("operating_entity", "prepared_by", "confirmed_by")
    return get_visible(TaxRemittance, remittance_id, actor=actor, for_change=for_change, along=along)


def remittance_steps(remittance: TaxRemittance, *, actor: Actor) -> list[str]:
    """List what the actor may do with a remittance now."""
    steps = REMITTANCE_LIFECYCLE.allowed(RemittanceState(remittance.state))
    return [
        step
        for step in steps
        if step in _REMITTANCE_STEPS
        and not (step == "note receipt" and remittance.receipt)
        and can(actor, _REMITTANCE_STEPS[step], remittance)
    ]


def still_to_remit(
    operating_entity_id: UUID, currency: str, *, through: date, actor: Actor
) -> VisibleQuerySet[Withholding]:
    """Return the tax withheld by a day that is in no remittance yet."""
    return Withholding.objects.visible_to(actor).filter(
        Q(remittance=None),
        item__run__programme__operating_entity=operating_entity_id,
        item__run__currency=currency,
        on__lte=through,
        tax_minor__gt=0,
    )
