"""Opening and closing accounts."""

from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.codes import CURRENCY_EXPONENTS
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import account_kinds
from platform_core.ledger.models import Account
from platform_core.ledger.policies import CLOSE_ACCOUNT, KEEP_BOOKS, OPEN_ACCOUNT
from platform_core.ledger.services.holding import hold_books
from platform_core.problems import Conflict, WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def open_account(
    *,
    actor: Actor,
    operating_entity_id: UUID,
    holder_id: UUID,
    kind: str,
    purpose: Purpose,
    currency: str,
    label: str = "",
) -> Account:
    """Return the open account of a holder, kind, purpose and currency, and open it if there is none."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, KEEP_BOOKS, entity)
    is_own = holder_id == entity.organisation_id
    holder = entity.organisation if is_own else get_visible(Organisation, holder_id, actor=actor)
    checks = Checks()
    if kind not in account_kinds():
        checks.wrong("kind", "unknown", "There is no such kind of account.")
    if currency not in CURRENCY_EXPONENTS:
        checks.wrong("currency", "unknown", "This is no currency: write a code such as CNY, USD or EUR.")
    checks.text("label", label, needed=False, longest=100)
    checks.refuse()
    account, is_new = Account.objects.get_or_create(
        operating_entity=entity,
        holder=holder,
        kind=kind,
        purpose=purpose,
        currency=currency,
        label=label,
        closed_at=None,
        defaults={"opened_at": actor.clock.now()},
    )
    # A seat keeps the books of its own purpose only, and its accounts tell which that is.
    require(actor, OPEN_ACCOUNT, account)
    if is_new:
        record_event(
            "ledger_account.opened",
            actor=actor,
            subject=account,
            changes={"holder": (None, holder), "kind": (None, kind), "purpose": (None, purpose)},
        )
        announce(account)
    return account


@transaction.atomic
def close_account(*, actor: Actor, account_id: UUID) -> Account:
    """Close an account whose balance is zero: nothing is posted to it any more."""
    hold_books(get_visible(Account, account_id, actor=actor).operating_entity_id)
    account = get_visible(Account, account_id, actor=actor, for_change=True)
    require(actor, CLOSE_ACCOUNT, account)
    if account.closed_at is not None:
        raise WrongState("This ledger account is closed already.")
    account.closed_at = actor.clock.now()
    with told_as(_PROBLEMS):
        account.save(update_fields=["closed_at"])
    record_event("ledger_account.closed", actor=actor, subject=account)
    announce(account)
    return account


_PROBLEMS = {
    "ledgeraccount_closes_empty": Conflict("The account has a balance: carry it over to another account first."),
}
