"""Payments on the statements of banks: which line is which, and what it says of it. The treasury is a claimant, too."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

from platform_core.access.actors import Actor
from platform_core.ledger.calculation import Line
from platform_core.problems import Conflict, WrongState
from platform_core.realtime.services import announce
from platform_core.treasury.claims import Proposal
from platform_core.treasury.events import PAYOUT_PAID, PAYOUT_RETURNED
from platform_core.treasury.lifecycle import PAYOUT_LIFECYCLE
from platform_core.treasury.models import Payout, PayoutState, StatementLine
from platform_core.treasury.selectors import get_payout
from platform_core.treasury.services.payouts import book_payout, in_transit
from platform_core.treasury.services.statements import suspense_of

CLAIMANT: Final = "payout"


def propose_payouts(lines: Sequence[StatementLine], actor: Actor) -> Mapping[UUID, Sequence[Proposal]]:
    """Propose for what left an account the payments on their way, and for what came, those that were paid."""
    states = (PayoutState.RELEASED, PayoutState.IN_FILE, PayoutState.PAID)
    rows = Payout.objects.visible_to(actor).filter(
        bank_account__in={line.bank_account_id for line in lines},
        amount_minor__in={abs(line.amount_minor) for line in lines},
        state__in=states,
    )
    found: dict[UUID, list[Proposal]] = {}
    for payout in rows.select_related("payee_account"):
        for line in lines:
            is_back = line.amount_minor > 0
            if (
                line.bank_account_id != payout.bank_account_id
                or abs(line.amount_minor) != payout.amount_minor
                or is_back != (payout.state == PayoutState.PAID)
            ):
                continue
            reasons = _reasons(payout, line)
            # Many pay such an amount in; what came back says by something else that it did.
            if not is_back or len(reasons) > 1:
                sign = 1 if is_back else -1
                told = Proposal(Payout._meta.label_lower, payout.pk, payout.code, sign * payout.amount_minor, reasons)
                found.setdefault(line.pk, []).append(told)
    return found


def take_payout_line(actor: Actor, line: StatementLine, payout_id: UUID) -> None:
    """Note by a bank's line that a payment left the account, or came back to it."""
    payout = get_payout(payout_id, actor=actor, for_change=True)
    is_back = line.amount_minor > 0
    before = PayoutState(payout.state)
    if payout.bank_account_id != line.bank_account_id or payout.amount_minor != abs(line.amount_minor):
        raise Conflict("The payment is of another account or amount than the bank's line.")
    if is_back and before != PayoutState.PAID:
        raise WrongState("What has not left the account does not come back to it.")
    payout.state = PAYOUT_LIFECYCLE.after("take back" if is_back else "note as paid", current=before)
    payout.ended_at = actor.clock.now()
    payout.save(update_fields=["state", "ended_at"])
    announce(payout)
    suspense = suspense_of(actor=actor, account=payout.bank_account)
    if is_back:
        lines = [Line(suspense.pk, payout.amount_minor), Line(payout.owed_account_id, -payout.amount_minor)]
        book_payout(
            actor=actor,
            payout=payout,
            key=uuid5(payout.pk, "returned"),
            name="payout.returned",
            lines=lines,
            on=line.booked_on,
        )
        PAYOUT_RETURNED.tell(actor, payout)
    else:
        transit = in_transit(actor=actor, payout=payout)
        lines = [Line(transit.pk, payout.amount_minor), Line(suspense.pk, -payout.amount_minor)]
        key, on = uuid5(payout.pk, "paid"), line.booked_on
        book_payout(actor=actor, payout=payout, key=key, name="payout.paid", lines=lines, on=on)
        PAYOUT_PAID.tell(actor, payout)


def _reasons(payout: Payout, line: StatementLine) -> tuple[str, ...]:
    account = payout.payee_account
    told = ["amount"]
    if account is not None and line.counterparty_account == account.number:
        told.append("account")
    if account is not None and line.counterparty_name == account.account_name:
        told.append("name")
    if payout.code in line.text:
        told.append("reference")
    return tuple(told)
