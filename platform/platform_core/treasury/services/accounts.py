"""Opening bank accounts, and what is changed of them."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.codes import CURRENCY_EXPONENTS
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import BANK
from platform_core.ledger.models import Account
from platform_core.ledger.services import open_account
from platform_core.problems import Conflict
from platform_core.realtime.services import announce
from platform_core.treasury.models import BankAccount
from platform_core.treasury.policies import EDIT_BANK_ACCOUNT, OPEN_BANK_ACCOUNT
from platform_core.treasury.selectors import checked_mapping, get_bank_account

_NUMBER = re.compile("[0-9A-Z]{6,40}")


@transaction.atomic
def open_bank_account(
    *,
    actor: Actor,
    operating_entity_id: UUID,
    purpose: Purpose,
    currency: str,
    bank_name: str,
    number: str,
    in_use_from: date,
    branch: str = "",
    mapping: dict[str, Any] | None = None,
) -> BankAccount:
    """Put an account of an operating entity at a bank on record, with an account of its own in the books."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, OPEN_BANK_ACCOUNT[purpose], entity)
    digits = re.sub(r"[\s-]", "", number).upper()
    checks = Checks()
    checks.text("bank_name", bank_name, longest=100)
    checks.text("branch", branch, needed=False, longest=200)
    if not _NUMBER.fullmatch(digits):
        checks.wrong("number", "invalid", "The number of an account has 6 to 40 digits.")
    if currency not in CURRENCY_EXPONENTS:
        checks.wrong("currency", "unknown", "This is no currency: write a code such as CNY, USD or EUR.")
    checks.refuse()
    # Two at once would take the same account of the books.
    OperatingEntity.objects.select_for_update(no_key=True).get(pk=entity.pk)
    ledger_account = open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=entity.organisation_id,
        kind=BANK.code,
        purpose=purpose,
        currency=currency,
        label=_label(entity, purpose, currency, digits),
    )
    with told_as(_PROBLEMS):
        account = BankAccount.objects.create(
            operating_entity=entity,
            purpose=purpose,
            currency=currency,
            bank_name=bank_name.strip(),
            branch=branch.strip(),
            number=digits,
            ledger_account=ledger_account,
            mapping=checked_mapping(mapping).document() if mapping else {},
            in_use_from=in_use_from,
            opened_at=actor.clock.now(),
            opened_by_id=actor.user_id,
        )
    record_event(
        "bank_account.opened",
        actor=actor,
        subject=account,
        changes={"bank_name": (None, account.bank_name), "number": (None, account.last_digits)},
    )
    announce(account)
    return account


@transaction.atomic
def edit_bank_account(*, actor: Actor, account_id: UUID, **edits: Any) -> BankAccount:
    """Change where an account was opened, what the columns of its statements are, or until when it is used."""
    account = get_bank_account(account_id, actor=actor, for_change=True)
    require(actor, EDIT_BANK_ACCOUNT, account)
    checks = Checks()
    if "branch" in edits:
        checks.text("branch", edits["branch"], needed=False, longest=200)
    until = edits.get("in_use_until")
    if until is not None and until < account.in_use_from:
        checks.wrong("in_use_until", "too_early", "It was not used yet by then.")
    checks.refuse()
    if "mapping" in edits:
        edits["mapping"] = checked_mapping(edits["mapping"]).document()
    changes = apply_edits(account, edits)
    if changes:
        account.save(update_fields=list(changes))
        record_event("bank_account.edited", actor=actor, subject=account, changes=changes)
        announce(account)
    return account


def _label(entity: OperatingEntity, purpose: Purpose, currency: str, digits: str) -> str:
    """Return the last digits of a number, as many as it takes to tell it from other accounts in the books."""
    taken = set(
        Account.objects.filter(
            operating_entity=entity,
            kind=BANK.code,
            purpose=purpose,
            currency=currency,
            bank_account__isnull=False,
        ).values_list("label", flat=True)
    )
    return next((digits[-size:] for size in range(4, len(digits)) if digits[-size:] not in taken), digits)


_PROBLEMS = {
    "bankaccount_once": Conflict("This account is on record already."),
}
