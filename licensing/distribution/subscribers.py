"""What distributions say to payments that others ask for: neither what is held nor what waits for a tax invoice."""

from django.db.models import Sum

from licensing.distribution.kinds import HELD, PAYABLE
from licensing.distribution.selectors import awaiting_minor
from platform_core.access.actors import Actor
from platform_core.ledger.selectors import balances_of
from platform_core.ledger.services.holding import hold_books
from platform_core.money import format_minor
from platform_core.problems import Conflict
from platform_core.treasury.models import Payout, PayoutState


def refuse_what_is_held(actor: Actor, payout: Payout) -> None:
    """Refuse a payment out of what is withheld from a member: a distribution gives it out, with its tax and papers."""
    if payout.owed_account.kind == HELD.code:
        raise Conflict("This money is withheld from the member: a distribution gives it out once it no longer is.")


def refuse_what_awaits_an_invoice(actor: Actor, payout: Payout) -> None:
    """Refuse a payment to a member out of shares that wait for its tax invoice, however the payment came about."""
    account = payout.owed_account
    if account.kind != PAYABLE.code:
        return
    # Shares are added under this lock as well: none is overlooked.
    hold_books(payout.operating_entity_id)
    awaiting = awaiting_minor([account])[account.pk]
    if not awaiting:
        return
    others = Payout.objects.filter(
        owed_account=account, state__in=(PayoutState.DRAFTED, PayoutState.HALF_RELEASED)
    ).exclude(pk=payout.pk)
    drafted = others.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    free = -balances_of([account]).get(account.pk, 0) - drafted - awaiting
    if payout.amount_minor > free:
        raise Conflict(
            f"{format_minor(awaiting, account.currency)} of what is owed wait for the member's tax invoice (发票): "
            f"{format_minor(max(free, 0), account.currency)} can be paid now."
        )
