"""Talking to Stripe: the only place that knows its library, and what it answers.

Every call carries an idempotency key of ours. What is uncertain is told as uncertain: whoever calls finds out by asking
again. Source: Stripe's API reference, idempotent requests: the first answer of a key is kept, errors of the server too.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import stripe
from django.conf import settings

from licensing.payments.calculation import DisputeFact, Facts, RefundFact, Status, from_service, to_service
from licensing.payments.lifecycle import UNDER_WAY
from licensing.payments.models import OnlinePayment, OnlineRefund, StripeAccount

TIMEOUT: Final = (5.0, 20.0)
"""Seconds to connect, and to wait for each piece of an answer."""

OUR_PAYMENT: Final = "lianchi_payment"
OUR_REFUND: Final = "lianchi_refund"
"""Where the ids of ours stand in what the service keeps for us."""
NOT_SIGNED: Final = "This was not signed with the secret of this account."

MOST_PAGES: Final = 1000
"""Things looked through at most when one of ours is looked for."""

_Result = TypeVar("_Result")


class ServiceUnavailable(Exception):
    """No answer, or none to rely on: what was asked for may have happened or not. Ask again."""


class AnswerKept(ServiceUnavailable):
    """The service answers this key with an error of its own for good: look for what came of it, then ask anew."""


class ServiceRefused(Exception):
    """The service will not do it, and nothing has happened; the message is for people."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A page at the service on which a payment is paid."""

    facts: Facts
    session_id: str
    page_url: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event that is truly from the service."""

    service_id: str
    kind: str
    account_id: str
    is_live: bool
    subject: str
    body: Mapping[str, Any]


class Gateway:
    """One operating entity's account at the service."""

    def __init__(self, account: StripeAccount) -> None:
        self.account = account
        self._client = stripe.StripeClient(
            account.secret_key,
            # One attempt a call: trying again is ours, so that what is uncertain is known to be.
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
            base_addresses={"api": settings.STRIPE_URL},
        )

    def own_account_id(self) -> str:
        """Return the id of the account that the key opens."""
        return self._ask(lambda: str(self._client.v1.accounts.retrieve_current().id))

    def open_payment(self, payment: OnlinePayment) -> Opened:
        """Have a page made on which the payment is paid, under its own key; asked again, the answer is the same.

        It closes by itself after a day. Where the payer comes back to carries nothing that is believed.
        """
        number = payment.invoice.number_text
        ours = {OUR_PAYMENT: str(payment.pk), "invoice": number}
        back = f"{settings.PUBLIC_URL}/invoices/{payment.invoice_id}/pay"
        session = self._ask(
            lambda: self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": payment.currency.lower(),
                                "unit_amount": to_service(payment.amount_minor, payment.currency),
                                "product_data": {"name": number},
                            },
                        }
                    ],
                    # What is owed is owed in the currency of the invoice.
                    "adaptive_pricing": {"enabled": False},
                    "submit_type": "pay",
                    "success_url": f"{back}?payment={payment.pk}",
                    "cancel_url": back,
                    "client_reference_id": str(payment.pk),
                    "metadata": ours,
                    "payment_intent_data": {"description": number, "metadata": ours},
                },
                {"idempotency_key": _key(payment.pk, payment.key_number)},
            )
        )
        return _opened(session)

    def find_payment(self, payment: OnlinePayment) -> Opened | None:
        """Look for what came of an attempt to have a page made, by our id in it."""
        since = int((payment.first_asked_at or payment.started_at).timestamp()) - 3600

        def look() -> Any:
            page = self._client.v1.checkout.sessions.list({"created": {"gte": since}, "limit": 100})
            for place, session in enumerate(page.auto_paging_iter()):
                if _plain(session)["metadata"].get(OUR_PAYMENT) == str(payment.pk):
                    return session
                if place > MOST_PAGES:
                    raise ServiceUnavailable("too much was opened since to look through it")
            return None

        found = self._ask(look)
        return None if found is None else _opened(found)

    def close_page(self, payment: OnlinePayment) -> None:
        """Close the page of a payment. Raises ServiceRefused once somebody has paid there, or it is closed already."""
        options: stripe.RequestOptions = {"idempotency_key": f"{payment.pk}-end-{payment.attempts}"}
        if payment.session_id:
            self._ask(lambda: self._client.v1.checkout.sessions.expire(payment.session_id, options=options))
        else:
            # From before there were pages.
            self._ask(lambda: self._client.v1.payment_intents.cancel(payment.service_id, options=options))

    def facts(self, payment: OnlinePayment) -> Facts:
        """Return all that the service says of a payment now: of its page while that is open, and of the money."""
        page = None
        # Of a page on which nobody paid there is nothing else to ask about, however long ago it closed.
        if payment.session_id and (payment.state in UNDER_WAY or not payment.service_id):
            page = _opened(self._ask(lambda: self._client.v1.checkout.sessions.retrieve(payment.session_id))).facts
        service_id = payment.service_id or (page.service_id if page else "")
        if page is not None and not service_id:
            return page
        intent = self._ask(
            lambda: self._client.v1.payment_intents.retrieve(
                service_id, {"expand": ["latest_charge.balance_transaction"]}
            )
        )
        told = self._facts_of(intent, whole=True)
        if page is not None and page.status is Status.CANCELLED and told.status is Status.OPEN:
            # Somebody tried, and the page is closed: nobody can go on with it.
            return replace(told, status=Status.CANCELLED)
        return told

    def ask_refund(self, refund: OnlineRefund) -> RefundFact:
        """Ask for a refund under its own key; asked again, the answer is the same."""
        payment = refund.payment
        made = self._ask(
            lambda: self._client.v1.refunds.create(
                {
                    "payment_intent": payment.service_id,
                    "amount": to_service(refund.amount_minor, payment.currency),
                    "metadata": {OUR_REFUND: str(refund.pk)},
                },
                {"idempotency_key": _key(refund.pk, refund.key_number)},
            )
        )
        return _refund_fact(made, payment.currency)

    def find_refund(self, refund: OnlineRefund) -> RefundFact | None:
        """Look for what came of an attempt to give money back, by our id in it."""
        facts = self._refunds_of(refund.payment.service_id, refund.payment.currency)
        return next((each for each in facts if each.ours == str(refund.pk)), None)

    def told(self, body: bytes, signature: str, *, now: datetime) -> Told:
        """Return an event that was sent to us, if its signature is right. Raises ServiceRefused if it is not."""
        document = self._signed(body, signature, now)
        content = document.get("data", {}).get("object", {})
        return Told(
            service_id=str(document.get("id", "")),
            kind=str(document.get("type", "")),
            account_id=str(document.get("account") or ""),
            is_live=bool(document.get("livemode")),
            subject=_subject_of(content),
            body=document,
        )

    def _signed(self, body: bytes, signature: str, now: datetime) -> dict[str, Any]:
        """Return what was sent to us, signed with the secret, or with the one before as long as that is taken."""
        account = self.account
        # With a blank one anybody could sign.
        secrets = [account.webhook_secret] if account.webhook_secret else []
        if account.earlier_webhook_secret and account.earlier_until is not None and now < account.earlier_until:
            secrets.append(account.earlier_webhook_secret)
        for secret in secrets:
            try:
                document: dict[str, Any] = self._client.construct_event(body, signature, secret).to_dict()
            except (ValueError, stripe.SignatureVerificationError):
                continue
            return document
        raise ServiceRefused(NOT_SIGNED)

    def _facts_of(self, answer: Any, *, whole: bool = False) -> Facts:
        intent = _plain(answer)
        currency = str(intent["currency"]).upper()
        charge = intent.get("latest_charge")
        charged: Mapping[str, Any] = charge if isinstance(charge, Mapping) else {}
        moved = charged.get("balance_transaction")
        fee: Mapping[str, Any] = moved if isinstance(moved, Mapping) else {}
        error = intent.get("last_payment_error") or {}
        return Facts(
            service_id=str(intent["id"]),
            status=_status_of(str(intent["status"])),
            currency=currency,
            received_minor=from_service(int(intent.get("amount_received") or 0), currency),
            charge_id=str(charged.get("id", "")),
            fee_minor=from_service(int(fee["fee"]), str(fee["currency"]).upper()) if fee else 0,
            fee_currency=str(fee["currency"]).upper() if fee else "",
            # What was refused before is over once it is paid.
            message="" if intent["status"] == "succeeded" else str(error.get("message") or "")[:500],
            refunds=tuple(self._refunds_of(str(intent["id"]), currency)) if whole else (),
            disputes=tuple(self._disputes_of(str(intent["id"]), currency)) if whole else (),
        )

    def _refunds_of(self, service_id: str, currency: str) -> list[RefundFact]:
        def look() -> list[RefundFact]:
            page = self._client.v1.refunds.list({"payment_intent": service_id, "limit": 100})
            return [_refund_fact(refund, currency) for refund in page.auto_paging_iter()]

        return self._ask(look)

    def _disputes_of(self, service_id: str, currency: str) -> list[DisputeFact]:
        def look() -> list[DisputeFact]:
            page = self._client.v1.disputes.list({"payment_intent": service_id, "limit": 100})
            return [_dispute_fact(dispute, currency) for dispute in page.auto_paging_iter()]

        return self._ask(look)

    def _ask(self, call: Callable[[], _Result]) -> _Result:
        with _told_in_our_words():
            return call()


@contextmanager
def _told_in_our_words() -> Iterator[None]:
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise ServiceUnavailable(_message(error)) from error
    except stripe.IdempotencyError as error:
        # Another attempt with this key is under way, or said something else: neither says that nothing happened.
        raise ServiceUnavailable(_message(error)) from error
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        if (error.http_status or 0) == _CONFLICT:
            raise ServiceUnavailable(_message(error)) from error
        raise ServiceRefused(_message(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # The keys may be put right: what waits is asked again.
        raise ServiceUnavailable(_message(error)) from error
    except stripe.StripeError as error:
        headers = {str(name).lower(): str(value) for name, value in (error.headers or {}).items()}
        if headers.get("idempotent-replayed") == "true":
            raise AnswerKept(_message(error)) from error
        raise ServiceUnavailable(_message(error)) from error


_CONFLICT: Final = 409


def _message(error: stripe.StripeError) -> str:
    return str(error.user_message or error)[:500]


def _key(record_id: UUID, number: int) -> str:
    return f"{record_id}-{number}"


_STATUSES: Final[Mapping[str, Status]] = {
    "processing": Status.PROCESSING,
    "requires_capture": Status.PROCESSING,
    "succeeded": Status.SUCCEEDED,
    "canceled": Status.CANCELLED,
}


_PAGES: Final[Mapping[str, Status]] = {
    "open": Status.OPEN,
    # Somebody paid there; whether the money has arrived is told of the money.
    "complete": Status.PROCESSING,
    "expired": Status.CANCELLED,
}


def _opened(answer: Any) -> Opened:
    session = _plain(answer)
    intent = session.get("payment_intent")
    if isinstance(intent, Mapping):
        intent = intent.get("id")
    facts = Facts(
        service_id=str(intent or ""),
        status=_PAGES.get(str(session.get("status")), Status.OPEN),
        currency=str(session.get("currency") or "").upper(),
    )
    return Opened(facts, session_id=str(session["id"]), page_url=str(session.get("url") or ""))


def _status_of(status: str) -> Status:
    return _STATUSES.get(status, Status.OPEN)


def _plain(answer: Any) -> dict[str, Any]:
    """Return what the service answered as plain tables and lists."""
    document: dict[str, Any] = answer.to_dict()
    return {**document, "metadata": document.get("metadata") or {}}


def _refund_fact(answer: Any, currency: str) -> RefundFact:
    refund = _plain(answer)
    status = str(refund.get("status") or "pending")
    if status == "failed" and refund.get("failure_balance_transaction"):
        status = "failed_after_success"
    return RefundFact(
        service_id=str(refund["id"]),
        amount_minor=from_service(int(refund["amount"]), currency),
        status=status,
        ours=_id_in(refund["metadata"], OUR_REFUND),
        reason=str(refund.get("failure_reason") or ""),
    )


def _id_in(metadata: Mapping[str, Any], name: str) -> str:
    """Return an id of ours that the service keeps; blank for what somebody wrote there who is not us."""
    try:
        return str(UUID(str(metadata.get(name, ""))))
    except ValueError:
        return ""


def _dispute_fact(answer: Any, currency: str) -> DisputeFact:
    dispute = _plain(answer)
    taken = returned = fee = 0
    for moved in dispute.get("balance_transactions") or ():
        amount = int(moved["amount"])
        is_ours = str(moved.get("currency") or currency).upper() == currency
        # An account that keeps another currency tells there what it moved; the dispute itself is in the payer's.
        size = from_service(abs(amount) if is_ours else int(dispute["amount"]), currency)
        taken += size if amount < 0 else 0
        returned += size if amount > 0 else 0
        fee += from_service(int(moved.get("fee") or 0), currency) if amount < 0 and is_ours else 0
    return DisputeFact(service_id=str(dispute["id"]), taken_minor=taken, returned_minor=returned, fee_minor=fee)


def _subject_of(content: Mapping[str, Any]) -> str:
    """Return the id of the payment that an event is about: its own, or the one that what it is about names."""
    if content.get("object") == "payment_intent":
        return str(content.get("id", ""))
    named = content.get("payment_intent")
    if isinstance(named, Mapping):
        named = named.get("id")
    return str(named or "")


def stale(asked_at: datetime, now: datetime) -> bool:
    """Say whether the service may have forgotten the answer to a key by now: it keeps them for a day."""
    return (now - asked_at).total_seconds() > _KEPT_SECONDS


_KEPT_SECONDS: Final = 23 * 3600
