"""Finding rules of withholding, proofs of residence, tax withheld and its remittances, as far as one may see them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from licensing.close.models import PayeeKind
from licensing.distribution.kinds import PAYABLE
from licensing.distribution.lifecycle import STATED
from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.withholding.calculation import set_off_before
from licensing.distribution.withholding.lifecycle import (
    RELIEF_LIFECYCLE,
    REMITTANCE_LIFECYCLE,
    ReliefState,
    RemittanceState,
)
from licensing.distribution.withholding.models import (
    RemittanceUndoing,
    TaxRemittance,
    TreatyRelief,
    Withholding,
    WithholdingRule,
)
from licensing.distribution.withholding.policies import (
    AGREE_TO_UNDO_REMITTANCE,
    ASK_TO_UNDO_REMITTANCE,
    CANCEL_TAX_REMITTANCE,
    CONFIRM_TAX_REMITTANCE,
    CONFIRM_TREATY_RELIEF,
    CONFIRM_WITHHOLDING_RULE,
    NOTE_TAX_RECEIPT,
    WITHDRAW_TREATY_RELIEF,
    WITHDRAW_WITHHOLDING_RULE,
)
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import OPENING
from platform_core.ledger.models import Posting
from platform_core.treasury.models import StatementLine

_RULE_STEPS: Final = {"confirm": CONFIRM_WITHHOLDING_RULE, "withdraw": WITHDRAW_WITHHOLDING_RULE}
_RELIEF_STEPS: Final[Mapping[str, Permission]] = {"confirm": CONFIRM_TREATY_RELIEF, "withdraw": WITHDRAW_TREATY_RELIEF}
_REMITTANCE_STEPS: Final[Mapping[str, Permission]] = {
    "confirm": CONFIRM_TAX_REMITTANCE,
    "cancel": CANCEL_TAX_REMITTANCE,
    "note receipt": NOTE_TAX_RECEIPT,
    "ask to undo": ASK_TO_UNDO_REMITTANCE,
    "agree to undo": AGREE_TO_UNDO_REMITTANCE,
    "refuse to undo": ASK_TO_UNDO_REMITTANCE,
}
CLAIMANT: Final = "tax_remittance"
"""By what lines of banks say that they are for a remittance."""
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
    return WithholdingRule.objects.visible_to(actor).select_related("operating_entity", "recorded_by", "confirmed_by")


def withholding_rules_on(operating_entity_id: UUID, on: date) -> QuerySet[WithholdingRule]:
    """Return the rules by which an operating entity withholds tax on a day, from whatever country."""
    lasting = Q(until_on=None) | Q(until_on__gte=on)
    return _counting(operating_entity_id).filter(lasting, from_on__lte=on)


def withholding_rule_on(operating_entity_id: UUID, country: str, on: date) -> WithholdingRule | None:
    """Return the rule by which tax is withheld from members of a country on a day; None: none is."""
    rows = _counting(operating_entity_id).filter(country=country, from_on__lte=on)
    last = rows.order_by("-from_on").first()
    return last if last is not None and (last.until_on is None or on <= last.until_on) else None


def rule_from(operating_entity_id: UUID, country: str, from_on: date) -> WithholdingRule | None:
    """Return the rule that counts for a country from just that day, if there is one."""
    return _counting(operating_entity_id).filter(country=country, from_on=from_on).first()


def _counting(operating_entity_id: UUID) -> QuerySet[WithholdingRule]:
    """Return the rules that two people stand for and that no other has replaced."""
    return WithholdingRule.objects.filter(
        operating_entity=operating_entity_id, confirmed_at__isnull=False, replaced_at=None
    )


def steps_of_rules(rules: Iterable[WithholdingRule], *, actor: Actor) -> dict[UUID, list[str]]:
    """List for each of some rules what the actor may do with it now: confirm or withdraw it."""
    waiting = [rule.pk for rule in rules if rule.confirmed_at is None and rule.withdrawn_at is None]
    may = {
        step: set(
            WithholdingRule.objects.permitted_to(actor, permission).filter(pk__in=waiting).values_list("pk", flat=True)
        )
        for step, permission in _RULE_STEPS.items()
    }
    return {pk: [step for step, ids in may.items() if pk in ids] for pk in waiting}


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

    Over all it got of the operating entity in the currency, with what it owed when its account was carried over from
    an old workbook; `before`: shares of the same release that come first.
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
    carried = _carried_over(item.membership.organisation_id, run)
    return set_off_before([carried, *given.values_list("amount_minor", flat=True), *before])


def _carried_over(organisation_id: UUID, run: DistributionRun) -> int:
    """Return what a member was due when its account was opened here, in minor units; below 0 what it owed.

    That is what opening entries have booked on it, and what took them back: both stand against an opening account.
    """
    openings = Posting.objects.filter(
        account__operating_entity=run.programme.operating_entity_id, account__kind=OPENING.code
    )
    booked = Posting.objects.filter(
        account__operating_entity=run.programme.operating_entity_id,
        account__holder=organisation_id,
        account__kind=PAYABLE.code,
        account__purpose=Purpose.ROYALTIES,
        account__currency=run.currency,
        entry__in=openings.order_by().values("entry"),
    )
    return -int(booked.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def tax_remittances(*, actor: Actor) -> VisibleQuerySet[TaxRemittance]:
    """List the remittances of tax an actor may see."""
    return TaxRemittance.objects.visible_to(actor).select_related(
        "operating_entity", "prepared_by", "confirmed_by", "cancelled_by"
    )


def get_tax_remittance(remittance_id: UUID, *, actor: Actor, for_change: bool = False) -> TaxRemittance:
    """Fetch a remittance of tax, locked if it is fetched for a change."""
    along = () if for_change else ("operating_entity", "prepared_by", "confirmed_by", "cancelled_by")
    return get_visible(TaxRemittance, remittance_id, actor=actor, for_change=for_change, along=along)


def remittance_steps(remittance: TaxRemittance, *, actor: Actor) -> list[str]:
    """List what the actor may do with a remittance now."""
    state = RemittanceState(remittance.state)
    steps = [step for step in REMITTANCE_LIFECYCLE.allowed(state) if step in _REMITTANCE_STEPS]
    if state == RemittanceState.CONFIRMED:
        steps.remove("cancel")
    if remittance.receipt:
        steps.remove("note receipt")
    if state in (RemittanceState.CONFIRMED, RemittanceState.PAID):
        steps += ["ask to undo"] if waiting_undoing(remittance) is None else ["agree to undo", "refuse to undo"]
    return [step for step in steps if can(actor, _REMITTANCE_STEPS[step], remittance)]


def waiting_undoing(remittance: TaxRemittance) -> RemittanceUndoing | None:
    """Return what somebody asked to undo of a remittance, and nobody decided yet."""
    rows = RemittanceUndoing.objects.filter(remittance=remittance, is_agreed=None)
    return rows.select_related("asked_by").first()


def line_that_paid(remittance: TaxRemittance) -> StatementLine | None:
    """Return the bank's line by which a remittance was paid; those of before remittances kept it have one alone."""
    if remittance.line is not None:
        return remittance.line
    return StatementLine.objects.filter(claimant=CLAIMANT, subject_id=remittance.pk, amount_minor__lt=0).first()


def payments_taken_back(operating_entity_id: UUID, on: date, *, by_freed_lines: bool = False) -> dict[str, int]:
    """Return by currency what remittances came to that were paid by a day, and whose payment was taken back later.

    By freed lines: only those whose line turned out to be for something else.
    """
    rows = RemittanceUndoing.objects.filter(
        remittance__operating_entity=operating_entity_id, paid_on__lte=on, undone_on__gt=on
    )
    if by_freed_lines:
        rows = rows.filter(freed__isnull=False)
    sums = rows.order_by().values_list("remittance__currency").annotate(sum=Sum("remittance__amount_minor"))
    return {currency: int(amount) for currency, amount in sums}


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
