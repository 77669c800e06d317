"""Where organisations want to be paid: entered by one person, confirmed by another, in force some days later."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.codes import CURRENCY_EXPONENTS
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict
from platform_core.realtime.services import announce
from platform_core.treasury.calculation import is_plain
from platform_core.treasury.lifecycle import PAYEE_LIFECYCLE
from platform_core.treasury.models import PayeeAccount, PayeeState
from platform_core.treasury.policies import CONFIRM_PAYEE_ACCOUNT, ENTER_PAYEE_ACCOUNT, WITHDRAW_PAYEE_ACCOUNT
from platform_core.treasury.selectors import get_payee_account

WAITING: Final = timedelta(days=3)
"""How long the organisation has to object, from the confirmation until payments go there."""
_NUMBER: Final = re.compile("[0-9A-Z]{6,40}")


@transaction.atomic
def enter_payee_account(
    *,
    actor: Actor,
    organisation_id: UUID,
    currency: str,
    account_name: str,
    bank_name: str,
    number: str,
    branch: str = "",
) -> PayeeAccount:
    """Say where an organisation wants to be paid; nothing is paid to it until that is confirmed and has waited."""
    organisation = get_visible(Organisation, organisation_id, actor=actor)
    require(actor, ENTER_PAYEE_ACCOUNT, organisation)
    digits = re.sub(r"[\s-]", "", number).upper()
    checks = Checks()
    for field, text, longest, needed in (
        ("account_name", account_name, 200, True),
        ("bank_name", bank_name, 100, True),
        ("branch", branch, 200, False),
    ):
        checks.text(field, text, longest=longest, needed=needed)
        if text.strip() and not is_plain(text.strip()):
            checks.wrong(field, "invalid", "A name begins with a letter or a digit.")
    if not _NUMBER.fullmatch(digits):
        checks.wrong("number", "invalid", "The number of an account has 6 to 40 digits.")
    if currency not in CURRENCY_EXPONENTS:
        checks.wrong("currency", "unknown", "This is no currency: write a code such as CNY, USD or EUR.")
    checks.refuse()
    with told_as(_PROBLEMS):
        account = PayeeAccount.objects.create(
            organisation=organisation,
            currency=currency,
            account_name=account_name.strip(),
            bank_name=bank_name.strip(),
            branch=branch.strip(),
            number=digits,
            entered_at=actor.clock.now(),
            entered_by_id=actor.person_id,
        )
    record_event(
        "payee_account.entered",
        actor=actor,
        subject=account,
        changes={"bank_name": (None, account.bank_name), "number": (None, digits[-4:])},
    )
    _tell(actor=actor, account=account, kind="payee_account.entered")
    announce(account)
    return account


@transaction.atomic
def confirm_payee_account(*, actor: Actor, account_id: UUID) -> PayeeAccount:
    """Confirm as a second person where an organisation wants to be paid; it is in force after some days."""
    account = get_payee_account(account_id, actor=actor, for_change=True)
    require(actor, CONFIRM_PAYEE_ACCOUNT, account)
    account.state = PAYEE_LIFECYCLE.after("confirm", current=PayeeState(account.state))
    account.confirmed_at = actor.clock.now()
    account.confirmed_by_id = actor.person_id
    account.in_force_at = account.confirmed_at + WAITING
    account.save(update_fields=["state", "confirmed_at", "confirmed_by", "in_force_at"])
    record_event(
        "payee_account.confirmed",
        actor=actor,
        subject=account,
        changes={"in_force_at": (None, account.in_force_at)},
    )
    _tell(actor=actor, account=account, kind="payee_account.confirmed")
    announce(account)
    return account


@transaction.atomic
def withdraw_payee_account(*, actor: Actor, account_id: UUID, reason: str) -> PayeeAccount:
    """Have nothing paid to an account any more, and say why.

    The one before it decides again only where this one was never in force: else it is entered and confirmed anew.
    """
    account = get_payee_account(account_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_PAYEE_ACCOUNT, account)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    account.state = PAYEE_LIFECYCLE.after("withdraw", current=PayeeState(account.state))
    account.withdrawn_at = actor.clock.now()
    account.withdrawn_by_id = actor.person_id
    account.reason = reason.strip()
    account.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "reason"])
    record_event("payee_account.withdrawn", actor=actor, subject=account, changes={"reason": (None, account.reason)})
    _tell(actor=actor, account=account, kind="payee_account.withdrawn")
    announce(account)
    return account


def _tell(*, actor: Actor, account: PayeeAccount, kind: str) -> None:
    """Tell the administrators of the organisation, whoever did it: where money goes is what others try to change."""
    seats = seats_holding(Role.MEMBER_ADMIN, actor=actor, organisation=account.organisation_id)
    notify_seats(
        actor=actor,
        seats=seats,
        kind=kind,
        subject=account,
        values={"bank": account.bank_name, "digits": account.number[-4:]},
    )


_PROBLEMS = {
    "payeeaccount_one_to_confirm": Conflict("An account waits to be confirmed already: confirm or withdraw it first."),
}
