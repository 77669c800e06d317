"""What the service knows and answers, and what a payer, a bank or somebody at the dashboard does."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stripe import WebhookSignature

from tests.stripe_server.faults import Fault
from tests.stripe_server.params import WrongParameter, checked

KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
SECRET = "whsec_loopback"
ACCOUNT = "acct_1Loopback"

FEE_PERCENT, FEE_FIXED = 3, 30
DISPUTE_FEE = 1500
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    route: str
    key: str
    params: dict[str, Any]


@dataclass
class StripeServer:
    """What the service knows. Everything is guarded by one lock, but for requests that are dropped on purpose."""

    clock: Callable[[], float] = time.time
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    charges: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    disputes: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    kept: dict[str, tuple[str, int, dict[str, Any]]] = field(default_factory=dict)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    address: str = ""
    delivered: list[tuple[str, int]] = field(default_factory=list)
    """What was told to them, and how they answered."""
    hooks: list[str] = field(default_factory=list)
    """Addresses that are told of every event as it happens."""
    key: str = KEY
    """The secret key it takes."""
    secret: str = SECRET
    """The secret with which it signs what it tells."""
    of_intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the intents of sessions are made with."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _count: int = 0

    # -- what goes wrong -----------------------------------------------------------------------------------------

    def fault(self, route: str, fault: Fault, times: int = 1) -> None:
        """Let the next requests of a route go wrong."""
        self.faults.extend([(route, fault)] * times)

    def forget_keys(self) -> None:
        """Forget what was answered under which key, as the service does after a day."""
        self.kept.clear()

    # -- what people do there ------------------------------------------------------------------------------------

    def pay(self, session_id: str) -> str:
        """The payer pays on the page of a session: the money is there, less a fee. Return the intent that holds it."""
        with self._lock:
            session = self.sessions[session_id]
            assert session["status"] == "open", session["status"]
            intent = self._intent_of(session)
            intent_id = str(intent["id"])
            fee = intent["amount"] * FEE_PERCENT // 100 + FEE_FIXED
            charge = self._new(
                "ch",
                object="charge",
                amount=intent["amount"],
                payment_intent=intent_id,
                balance_transaction=self._new(
                    "txn", object="balance_transaction", amount=intent["amount"], fee=fee, currency=intent["currency"]
                ),
            )
            self.charges[charge["id"]] = charge
            intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"])
            session.update(status="complete", payment_status="paid", url=None)
            self._tell("payment_intent.succeeded", intent)
            self._tell("checkout.session.completed", session)
            return intent_id

    def expire(self, session_id: str) -> None:
        """A page closes before somebody has paid there."""
        with self._lock:
            session = self.sessions[session_id]
            session.update(status="expired", url=None)
            if session["payment_intent"]:
                self.intents[session["payment_intent"]]["status"] = "canceled"
            self._tell("checkout.session.expired", session)

    def decline(self, session_id: str) -> None:
        """The payer's bank declines; the page stays open."""
        with self._lock:
            intent = self._intent_of(self.sessions[session_id])
            intent["last_payment_error"] = {"message": "Your card was declined."}
            self._tell("payment_intent.payment_failed", intent)

    def refund_there(self, intent_id: str, amount: int) -> str:
        """Somebody gives money back at the dashboard."""
        with self._lock:
            return str(self._refund({"payment_intent": intent_id, "amount": amount})["id"])

    def refund_fails(self, refund_id: str) -> None:
        """A refund comes back, because the payer's bank does not take it."""
        with self._lock:
            refund = self.refunds[refund_id]
            refund.update(
                status="failed", failure_reason="expired_or_canceled_card", failure_balance_transaction="txn_back"
            )
            self._tell("refund.failed", refund)

    def dispute(self, intent_id: str) -> str:
        """The payer's bank takes the money back."""
        with self._lock:
            intent = self.intents[intent_id]
            moved = {"amount": -intent["amount"], "fee": DISPUTE_FEE, "currency": intent["currency"]}
            dispute = self._new(
                "dp",
                object="dispute",
                amount=intent["amount"],
                payment_intent=intent_id,
                status="needs_response",
                balance_transactions=[moved],
            )
            self.disputes[dispute["id"]] = dispute
            self._tell("charge.dispute.created", dispute)
            return str(dispute["id"])

    def win_dispute(self, dispute_id: str) -> None:
        """The payer's bank returns it."""
        with self._lock:
            dispute = self.disputes[dispute_id]
            dispute["status"] = "won"
            dispute["balance_transactions"].append(
                {"amount": dispute["amount"], "fee": 0, "currency": dispute["balance_transactions"][0]["currency"]}
            )
            self._tell("charge.dispute.closed", dispute)

    # -- what it tells -------------------------------------------------------------------------------------------

    def signed(self, event: dict[str, Any], *, secret: str | None = None, at: float | None = None) -> tuple[bytes, str]:
        """Return an event as it is sent, signed at the time it is sent."""
        body = json.dumps(event)
        # A late event is signed anew each time it is sent, whenever what it tells of happened.
        stamp = int(time.time() if at is None else at)
        return body.encode(), WebhookSignature.generate_signature_header(body, secret or self.secret, timestamp=stamp)

    # -- money, as a test counts it ------------------------------------------------------------------------------

    def held(self, intent_id: str) -> int:
        """Return what is there of a payment: paid, less what was given or taken back."""
        received = int(self.intents[intent_id].get("amount_received") or 0)
        back = sum(
            each["amount"]
            for each in self.refunds.values()
            if each["payment_intent"] == intent_id and each["status"] == "succeeded"
        )
        taken = sum(
            -moved["amount"]
            for each in self.disputes.values()
            if each["payment_intent"] == intent_id
            for moved in each["balance_transactions"]
        )
        return received - int(back) - int(taken)

    # -- routes --------------------------------------------------------------------------------------------------

    def answer(self, route: str, ident: str, params: dict[str, Any], key: str) -> tuple[int, dict[str, Any], bool]:
        """Answer a request: (status, body, whether it is an answer that was kept)."""
        with self._lock:
            print_of = json.dumps([route, ident, params], sort_keys=True)
            if key and key in self.kept:
                said, status, body = self.kept[key]
                if said != print_of:
                    return 400, error("idempotency_error", "Keys can only be used with the same parameters."), False
                return status, body, True
            try:
                given = checked(route, params)
            except WrongParameter as wrong:
                # Nothing was begun, so nothing is kept.
                return 400, error("invalid_request_error", str(wrong), wrong.code), False
            status, body = self._do(route, ident, given)
            if key:
                self.kept[key] = (print_of, status, body)
            return status, body, False

    def keeperror(self, route: str, ident: str, params: dict[str, Any], key: str) -> dict[str, Any]:
        """Keep an error of the server as the answer to a key, as the service does once it has begun."""
        body = error("api_error", "Something went wrong on our end.")
        if key:
            with self._lock:
                self.kept.setdefault(key, ("", 0, {}))
                self.kept[key] = (json.dumps([route, ident, params], sort_keys=True), 500, body)
        return body

    def _do(self, route: str, ident: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        match route:
            case "POST checkout/sessions":
                return 200, dict(self._open(given))
            case "GET checkout/sessions":
                since = given.get("created", {}).get("gte", 0)
                rows = [each for each in self.sessions.values() if each["created"] >= since]
                return 200, self._page("checkout/sessions", rows, given)
            case "GET checkout/sessions/ID":
                if ident not in self.sessions:
                    return 404, error("invalid_request_error", "No such checkout.session", "resource_missing")
                session = self.sessions[ident]
                if session["status"] == "open" and self.clock() >= session["expires_at"]:
                    self.expire(ident)
                return 200, dict(session)
            case "POST checkout/sessions/ID/expire":
                if self.sessions[ident]["status"] != "open":
                    return 400, error("invalid_request_error", "Only open sessions are expired.")
                self.expire(ident)
                return 200, dict(self.sessions[ident])
            case "GET payment_intents/ID":
                if ident not in self.intents:
                    return 404, error("invalid_request_error", "No such payment_intent", "resource_missing")
                return 200, self._expanded(self.intents[ident], given.get("expand", []))
            case "POST payment_intents/ID/cancel":
                intent = self.intents[ident]
                if not intent["status"].startswith("requires"):
                    return 400, error("invalid_request_error", "It cannot be canceled.", "unexpected_state")
                intent["status"] = "canceled"
                self._tell("payment_intent.canceled", intent)
                return 200, dict(intent)
            case "POST refunds":
                if given["payment_intent"] not in self.intents:
                    return 404, error("invalid_request_error", "No such payment_intent", "resource_missing")
                if given["amount"] > self.held(given["payment_intent"]):
                    return 400, error("invalid_request_error", "It is more than is left.", "charge_already_refunded")
                return 200, dict(self._refund(given))
            case "GET refunds":
                rows = [each for each in self.refunds.values() if each["payment_intent"] == given["payment_intent"]]
                return 200, self._page("refunds", rows, given)
            case "GET disputes":
                rows = [each for each in self.disputes.values() if each["payment_intent"] == given["payment_intent"]]
                return 200, self._page("disputes", rows, given)
        raise AssertionError(route)

    def _open(self, given: dict[str, Any]) -> dict[str, Any]:
        [item] = given["line_items"]
        session = self._new(
            "cs_test",
            object="checkout.session",
            mode=given["mode"],
            amount_total=item["price_data"]["unit_amount"] * item["quantity"],
            currency=item["price_data"]["currency"],
            status="open",
            payment_status="unpaid",
            # None before somebody pays, or tries to.
            payment_intent=None,
            metadata=given.get("metadata", {}),
            success_url=given["success_url"],
            cancel_url=given["cancel_url"],
            expires_at=int(self.clock()) + DAY_SECONDS,
        )
        session["url"] = f"{self.address}/pay/{session['id']}"
        self.sessions[session["id"]] = session
        self.of_intents[session["id"]] = given.get("payment_intent_data", {})
        return session

    def _intent_of(self, session: dict[str, Any]) -> dict[str, Any]:
        if session["payment_intent"]:
            return self.intents[session["payment_intent"]]
        told = self.of_intents[session["id"]]
        intent = self._new(
            "pi",
            object="payment_intent",
            amount=session["amount_total"],
            currency=session["currency"],
            status="requires_payment_method",
            amount_received=0,
            latest_charge=None,
            last_payment_error=None,
            metadata=told.get("metadata", {}),
            description=told.get("description"),
        )
        self.intents[intent["id"]] = intent
        session["payment_intent"] = intent["id"]
        return intent

    def _refund(self, given: dict[str, Any]) -> dict[str, Any]:
        intent = self.intents[given["payment_intent"]]
        refund = self._new(
            "re",
            object="refund",
            amount=given["amount"],
            currency=intent["currency"],
            payment_intent=intent["id"],
            status="succeeded",
            metadata=given.get("metadata", {}),
            failure_reason=None,
            failure_balance_transaction=None,
        )
        self.refunds[refund["id"]] = refund
        self._tell("refund.created", refund)
        return refund

    def _expanded(self, intent: dict[str, Any], expand: list[str]) -> dict[str, Any]:
        shown = dict(intent)
        if "latest_charge.balance_transaction" in expand and shown["latest_charge"]:
            shown["latest_charge"] = self.charges[shown["latest_charge"]]
        return shown

    def _page(self, name: str, rows: list[dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
        newest_first = sorted(rows, key=lambda each: each["number"], reverse=True)
        after = given.get("starting_after")
        if after:
            places = [place for place, each in enumerate(newest_first) if each["id"] == after]
            newest_first = newest_first[places[0] + 1 :]
        limit = int(given.get("limit", 10))
        return {
            "object": "list",
            "url": f"/v1/{name}",
            "data": [dict(each) for each in newest_first[:limit]],
            "has_more": len(newest_first) > limit,
        }

    def _new(self, kind: str, **values: Any) -> dict[str, Any]:
        self._count += 1
        return {
            "id": f"{kind}_{self._count:06d}",
            "number": self._count,
            "created": int(self.clock()),
            "livemode": False,
            **values,
        }

    def _tell(self, kind: str, about: dict[str, Any]) -> None:
        event = self._new("evt", object="event", type=kind, data={"object": json.loads(json.dumps(about))})
        self.events.append(event)
        for address in self.hooks:
            threading.Thread(target=self._send, args=(address, event), daemon=True).start()

    def tell_again(self) -> None:
        """Tell the last event once more, as the service does of what nobody heard."""
        for address in self.hooks:
            self._send(address, self.events[-1])

    def _send(self, address: str, event: dict[str, Any]) -> None:
        body, signature = self.signed(event)
        sent = urllib.request.Request(
            address, body, {"Content-Type": "application/json", "Stripe-Signature": signature}, method="POST"
        )
        try:
            with urllib.request.urlopen(sent, timeout=20) as answer:
                self.delivered.append((event["type"], answer.status))
        except urllib.error.HTTPError as refused:
            self.delivered.append((event["type"], refused.code))


def error(kind: str, message: str, code: str | None = None) -> dict[str, Any]:
    """Return an error as the service writes it."""
    return {"error": {"type": kind, "message": message, **({"code": code} if code else {})}}
