"""Having what a distribution gave its members paid: one payment each, of what is owed and not yet on its way."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from licensing.close.models import PayeeKind
from licensing.distribution.kinds import PAYABLE
from licensing.distribution.lifecycle import STATED
from licensing.distribution.models import DistributionItem
from licensing.distribution.selectors import awaiting_minor, get_distribution, payout_terms_on
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.identity.roles import Purpose
from platform_core.ledger.models import Account
from platform_core.ledger.selectors import balances_of
from platform_core.ledger.services.holding import hold_books
from platform_core.problems import WrongState
from platform_core.realtime.services import announce
from platform_core.treasury.models import PayeeAccount, Payout, PayoutState
from platform_core.treasury.policies import DRAFT_PAYOUT
from platform_core.treasury.selectors import get_bank_account, where_to_pay
from platform_core.treasury.services import draft_payout

NOT_BOOKED = (PayoutState.DRAFTED, PayoutState.HALF_RELEASED)
"""Payments that the books do not know of yet."""


@transaction.atomic
def order_payouts(*, actor: Actor, run_id: UUID, bank_account_id: UUID, due_on: date) -> list[Payout]:
    """Draft a payment for each member of a released distribution: all that it is owed, less what is on its way already.

    Whoever is owed less than the programme's minimum is left for later; so is a member that owes something itself, and
    what waits for the member's tax invoice.
    Asked again, only what came in addition is drafted. Two people release each payment before a bank hears of it.
    """
    run = get_distribution(run_id, actor=actor, for_change=True)
    bank = get_bank_account(bank_account_id, actor=actor)
    require(actor, DRAFT_PAYOUT, bank)
    if run.status not in STATED:
        raise WrongState("Members are paid once the distribution is released.", current=run.status)
    programme = run.programme
    hold_books(programme.operating_entity_id)
    items = list(
        DistributionItem.objects.filter(run=run, kind=PayeeKind.MEMBER)
        .select_related("membership")
        .order_by("membership__code")
    )
    holders = {item.membership.organisation_id for item in items if item.membership is not None}
    accounts = {
        account.holder_id: account
        for account in Account.objects.filter(
            operating_entity=programme.operating_entity_id,
            holder__in=holders,
            kind=PAYABLE.code,
            purpose=Purpose.ROYALTIES,
            # What was converted is owed in the currency it is paid in.
            currency=bank.currency,
            closed_at=None,
        )
    }
    owed = _owed(accounts.values())
    terms = payout_terms_on(programme.pk, today(actor.clock, programme.alliance.zone))
    least = max(1, terms.minimum_minor if terms and bank.currency == run.currency else 1)
    now = actor.clock.now()
    drafted = []
    for item in items:
        # Taken out: who is a member twice has one account, and is paid once.
        account = accounts.pop(item.membership.organisation_id, None) if item.membership is not None else None
        if account is None or owed[account.pk] < least or _is_paid_elsewhere(account, now):
            continue
        drafted.append(
            draft_payout(
                actor=actor,
                bank_account_id=bank_account_id,
                owed_account_id=account.pk,
                amount_minor=owed[account.pk],
                due_on=due_on,
                text=f"{programme.code} {run.number}"[:100],
                subject=item,
            )
        )
    if drafted:
        record_event(
            "distribution_run.payouts_drafted", actor=actor, subject=run, changes={"payouts": (None, len(drafted))}
        )
        announce(run)
    return drafted


def _is_paid_elsewhere(account: Account, at: datetime) -> bool:
    """Whether whoever is owed something is paid in other currencies alone: what it is owed is converted first."""
    if where_to_pay(account.holder_id, account.currency, at=at) is not None:
        return False
    known = PayeeAccount.objects.filter(organisation=account.holder_id).values_list("currency", flat=True).distinct()
    others = known.order_by().exclude(currency=account.currency)
    return any(where_to_pay(account.holder_id, currency, at=at) is not None for currency in others)


def _owed(accounts: Iterable[Account]) -> dict[UUID, int]:
    """Return what is owed on accounts, not yet on its way, and waits for no tax invoice; in minor units."""
    known = list(accounts)
    balances = balances_of(known)
    drafts = Payout.objects.filter(owed_account__in=[account.pk for account in known], state__in=NOT_BOOKED)
    waiting = {
        row["owed_account"]: int(row["sum"])
        for row in drafts.order_by().values("owed_account").annotate(sum=Sum("amount_minor"))
    }
    awaiting = awaiting_minor(known)
    return {
        account.pk: -balances.get(account.pk, 0) - waiting.get(account.pk, 0) - awaiting[account.pk]
        for account in known
    }
