"""Connecting an operating entity's account at Stripe, noting how it stands, and closing it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from licensing.payments.models import StripeAccount
from licensing.payments.policies import CHANGE_STRIPE_KEYS, CLOSE_STRIPE_ACCOUNT, CONNECT_STRIPE
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import Clock
from platform_core.identity.models import OperatingEntity
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce

_KEY_KINDS: Final = ("sk_", "rk_")
MOST_HOURS: Final = 72
"""How long the webhook secret before is taken at most."""
_UNSIGNED_ONCE: Final = timedelta(minutes=1)


@transaction.atomic
def connect_stripe_account(
    *,
    actor: Actor,
    operating_entity_id: UUID,
    account_id: str,
    secret_key: str,
    webhook_secret: str = "",
    publishable_key: str = "",
) -> StripeAccount:
    """Connect the account with which an operating entity is paid online; its secrets are never shown again.

    Whether it moves real money is told by its key. The webhook secret may follow: the service makes it for an address
    that is known once the account is connected, and until then nothing that is told is taken.
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
    secret_key: str = "",
    webhook_secret: str = "",
    publishable_key: str = "",
    both_for_hours: int = 24,
) -> StripeAccount:
    """Replace keys to an account, those that are not given staying as they are.

    What is signed with the webhook secret before is still taken for some hours; for 0 hours only the one in use is,
    as after a secret got into wrong hands: an earlier one counts no more then, whichever key is replaced. Real money
    stays real, and a test a test.
    """
    account = get_visible(StripeAccount, stripe_account_id, actor=actor, for_change=True)
    require(actor, CHANGE_STRIPE_KEYS, account)
    checks = Checks()
    if not (secret_key or webhook_secret or publishable_key):
        checks.wrong("secret_key", "required", "Enter what is to be replaced.")
    _check_keys(checks, secret_key or account.secret_key, webhook_secret, publishable_key)
    if secret_key and _moves_real_money(secret_key) != account.is_live:
        checks.wrong("secret_key", "other_mode", "This key is of tests and the account is not, or the other way round.")
    if not 0 <= both_for_hours <= MOST_HOURS:
        checks.wrong("both_for_hours", "bad_count", f"Between 0 and {MOST_HOURS} hours.")
    checks.refuse()
    until_before = account.earlier_until
    if not both_for_hours:
        account.earlier_webhook_secret, account.earlier_until = "", None
    if webhook_secret:
        is_first = account.webhook_secret == ""
        until = actor.clock.now() + timedelta(hours=both_for_hours) if both_for_hours and not is_first else None
        account.earlier_webhook_secret = account.webhook_secret if until is not None else ""
        account.earlier_until, account.webhook_secret = until, webhook_secret
    account.secret_key = secret_key or account.secret_key
    account.publishable_key = publishable_key or account.publishable_key
    account.save(
        update_fields=["secret_key", "webhook_secret", "publishable_key", "earlier_webhook_secret", "earlier_until"]
    )
    replaced = {"secret_key": secret_key, "webhook_secret": webhook_secret, "publishable_key": publishable_key}
    record_event(
        "stripe_account.keys_changed",
        actor=actor,
        subject=account,
        # Which, and nothing of what they are.
        changes={
            "replaced": (None, ", ".join(name for name, value in replaced.items() if value)),
            **(
                {"earlier_until": (until_before, account.earlier_until)}
                if account.earlier_until != until_before
                else {}
            ),
        },
    )
    announce(account)
    return account


@transaction.atomic
def close_stripe_account(*, actor: Actor, stripe_account_id: UUID, reason: str) -> StripeAccount:
    """Begin no payment with an account any more, and say why; what is under way with it goes on."""
    account = get_visible(StripeAccount, stripe_account_id, actor=actor, for_change=True)
    require(actor, CLOSE_STRIPE_ACCOUNT, account)
    if account.closed_at is not None:
        raise WrongState("This account is closed already.")
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    account.closed_at, account.closing_reason = actor.clock.now(), reason
    account.save(update_fields=["closed_at", "closing_reason"])
    record_event("stripe_account.closed", actor=actor, subject=account, changes={"reason": (None, reason)})
    announce(account)
    return account


def note_failure(*, stripe_account_id: UUID, why: str, clock: Clock) -> None:
    """Note on an account that the service refused to answer, or did not: whoever keeps its keys looks there."""
    StripeAccount.objects.filter(pk=stripe_account_id).update(failed_at=clock.now(), failure=why[:500])


def note_unsigned(*, stripe_account_id: UUID, clock: Clock) -> None:
    """Note that something came whose signature is not right, once a minute at most: anybody may send something."""
    now = clock.now()
    StripeAccount.objects.filter(
        Q(unsigned_at=None) | Q(unsigned_at__lte=now - _UNSIGNED_ONCE), pk=stripe_account_id
    ).update(unsigned_at=now)


def _check_keys(checks: Checks, secret_key: str, webhook_secret: str, publishable_key: str) -> None:
    if not secret_key.startswith(_KEY_KINDS):
        checks.wrong("secret_key", "bad_key", "A secret key begins with sk_, a restricted one with rk_.")
    if webhook_secret and not webhook_secret.startswith("whsec_"):
        checks.wrong("webhook_secret", "bad_secret", "The signing secret of a webhook begins with whsec_.")
    if publishable_key and not publishable_key.startswith("pk_"):
        checks.wrong("publishable_key", "bad_key", "A publishable key begins with pk_.")
    for field, value in (("secret_key", secret_key), ("webhook_secret", webhook_secret)):
        checks.text(field, value, needed=False, longest=255)


def _moves_real_money(secret_key: str) -> bool:
    return "_live_" in secret_key


_PROBLEMS: dict[str, Problem] = {
    "stripeaccount_once": Conflict("This account was connected before: change its keys instead."),
    "stripeaccount_one_in_use": Conflict("Another account is in use: close that one first."),
}
