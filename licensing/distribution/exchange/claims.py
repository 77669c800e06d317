"""Buying currency on the statements of banks: the line by which it was paid, and the one by which it came."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

from licensing.distribution.exchange.policies import SETTLE_EXCHANGE
from licensing.distribution.kinds import FX_CLEARING
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Account
from platform_core.ledger.selectors import balances_of
from platform_core.ledger.services import NewEntry, post_entry
from platform_core.ledger.services.holding import hold_books
from platform_core.problems import Conflict
from platform_core.treasury.claims import Claimant, Proposal
from platform_core.treasury.models import StatementLine
from platform_core.treasury.services.statements import suspense_of

CLAIMANT: Final = "exchange"


def propose_exchanges(lines: Sequence[StatementLine], actor: Actor) -> Mapping[UUID, Sequence[Proposal]]:
    """Propose for lines the currencies that were converted: what was paid for them, and what came of them."""
    ours = [line for line in lines if line.bank_account.purpose == Purpose.ROYALTIES]
    accounts = list(
        Account.objects.visible_to(actor).filter(
            operating_entity__in={line.bank_account.operating_entity_id for line in ours},
            kind=FX_CLEARING.code,
            currency__in={line.bank_account.currency for line in ours},
        )
    )
    stands = balances_of(accounts)
    found: dict[UUID, list[Proposal]] = {}
    for line in ours:
        for account in accounts:
            # A debit is still to come, a credit still to be paid.
            expected = stands.get(account.pk, 0)
            if (
                (account.operating_entity_id, account.currency)
                == (line.bank_account.operating_entity_id, line.bank_account.currency)
                and expected
                and (expected > 0) == (line.amount_minor > 0)
            ):
                reasons = ("amount",) if expected == line.amount_minor else ()
                told = Proposal(Account._meta.label_lower, account.pk, account.label, expected, reasons)
                found.setdefault(line.pk, []).append(told)
    return found


def take_exchange_line(actor: Actor, line: StatementLine, account_id: UUID) -> None:
    """Book by a bank's line what a currency was bought for, or that it came."""
    account = get_visible(Account, account_id, actor=actor)
    require(actor, SETTLE_EXCHANGE, account.operating_entity)
    bank = line.bank_account
    if account.kind != FX_CLEARING.code or (account.operating_entity_id, account.purpose, account.currency) != (
        bank.operating_entity_id,
        bank.purpose,
        bank.currency,
    ):
        raise Conflict("The bank's line is of other money than what was converted.")
    hold_books(account.operating_entity_id)
    expected = balances_of([account]).get(account.pk, 0)
    is_target = account.label.partition(">")[2] == account.currency
    if (expected > 0) != (line.amount_minor > 0) or (is_target and abs(line.amount_minor) > abs(expected)):
        raise Conflict("No more of a currency comes than was converted, and the other one is paid for it.")
    suspense = suspense_of(actor=actor, account=bank)
    post_entry(
        actor=actor,
        operating_entity_id=account.operating_entity_id,
        entry=NewEntry(
            key=uuid5(line.pk, CLAIMANT),
            name="exchange.bought",
            effective_on=line.booked_on,
            subject=line,
            lines=[Line(suspense.pk, line.amount_minor), Line(account.pk, -line.amount_minor)],
            memo=account.label,
        ),
    )


EXCHANGES: Final = Claimant(CLAIMANT, Account._meta.label_lower, propose_exchanges, take_exchange_line)
