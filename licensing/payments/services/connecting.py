"""Connecting an operating entity's account at Stripe, and closing it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.payments.models import StripeAccount
from licensing.payments.policies import CHANGE_STRIPE_KEYS, CLOSE_STRIPE_ACCOUNT, CONNECT_STRIPE
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.models import OperatingEntity
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce

_KEY_KINDS: Final = ("sk_", "rk_")
MOST_HOURS: Final = 72
"""How long the webhook secret before is taken at most."""


@transaction.atomic
def connect_stripe_account(
    *,
    actor: Actor,
    operating_entity_id: UUID,
    account_id: str,
    secret_key: str,
    webhook_secret: str,
    publishable_key: str = "",
) -> StripeAccount:
    """Connect the account with which an operating entity is paid online; its secrets are never shown again.

    Whether it moves real money is told by its key.
    """
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, CONNECT_STRIPE, entity)
    checks = Checks()
    if not account_id.startswith("acct_"):
        checks.wrong("account_id", "bad_account", "An account's id begins with acct_.")
    checks.text("account_id", account_id, longest=64)
    _check_keys(checks, secret_key, webhook_secret, publishable_key)
    checks.refuse()
    with told_as(_PROBLEMS):
        account = StripeAccount.objects.create(
            operating_entity=entity,
            account_id=account_id,
            is_live=_moves_real_money(secret_key),
            publishable_key=publishable_key,
            secret_key=secret_key,
            webhook_secret=webhook_secret,
            opened_at=actor.clock.now(),
        )
    record_event("stripe_account.connected", actor=actor, subject=account, changes={"account_id": (None, account_id)})
    announce(account)
    return account


@transaction.atomic
def change_stripe_keys(
    *,
    actor: Actor,
    stripe_account_id: UUID,
    secret_key: str,
    webhook_secret: str,
    publishable_key: str = "",
    both_for_hours: int = 24,
) -> StripeAccount:
    """Replace the keys to an account; what is signed with the webhook secret before is still taken for some hours.

    For 0 hours only the new one is, as after a secret got into wrong hands. Real money stays real, and a test a test.
    """
    account = get_visible(StripeAccount, stripe_account_id, actor=actor, for_change=True)
    require(actor, CHANGE_STRIPE_KEYS, account)
    checks = Checks()
    _check_keys(checks, secret_key, webhook_secret, publishable_key)
    if _moves_real_money(secret_key) != account.is_live:
        checks.wrong("secret_key", "other_mode", "This key is of tests and the account is not, or the other way round.")
    if not 0 <= both_for_hours <= MOST_HOURS:
        checks.wrong("both_for_hours", "bad_count", f"Between 0 and {MOST_HOURS} hours.")
    checks.refuse()
    until = actor.clock.now() + timedelta(hours=both_for_hours) if both_for_hours else None
    account.earlier_webhook_secret = account.webhook_secret if until is not None else ""
    account.earlier_until = until
    account.secret_key, account.webhook_secret = secret_key, webhook_secret
    account.publishable_key = publishable_key
    account.save(
        update_fields=["secret_key", "webhook_secret", "publishable_key", "earlier_webhook_secret", "earlier_until"]
    )
    record_event("stripe_account.keys_changed", actor=actor, subject=account, changes={"earlier_until": (None, until)})
    announce(account)
    return account


@transaction.atomic
def close_stripe_account(*, actor: Actor, stripe_account_id: UUID) -> StripeAccount:
    """Begin no payment with an account any more; what is under way with it goes on."""
    account = get_visible(StripeAccount, stripe_account_id, actor=actor, for_change=True)
    require(actor, CLOSE_STRIPE_ACCOUNT, account)
    if account.closed_at is not None:
        raise WrongState("This account is closed already.")
    account.closed_at = actor.clock.now()
    account.save(update_fields=["closed_at"])
    record_event("stripe_account.closed", actor=actor, subject=account)
    announce(account)
    return account


def _check_keys(checks: Checks, secret_key: str, webhook_secret: str, publishable_key: str) -> None:
    if not secret_key.startswith(_KEY_KINDS):
        checks.wrong("secret_key", "bad_key", "A secret key begins with sk_, a restricted one with rk_.")
    if not webhook_secret.startswith("whsec_"):
        checks.wrong("webhook_secret", "bad_secret", "The signing secret of a webhook begins with whsec_.")
    if publishable_key and not publishable_key.startswith("pk_"):
        checks.wrong("publishable_key", "bad_key", "A publishable key begins with pk_.")
    for field, value in (("secret_key", secret_key), ("webhook_secret", webhook_secret)):
        checks.text(field, value, longest=255)


def _moves_real_money(secret_key: str) -> bool:
    return "_live_" in secret_key


_PROBLEMS: dict[str, Problem] = {
    "stripeaccount_once": Conflict("This account was connected before: change its keys instead."),
    "stripeaccount_one_in_use": Conflict("Another account is in use: close that one first."),
}
