"""A world that is paid online: its invoices, the service, and a clock that goes on as one wants."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import Sum
from pytest_django import Settings

from licensing.billing.models import Invoice
from licensing.payments.models import OnlineMovement, OnlinePayment, OnlineRefund, StripeAccount
from licensing.payments.services import (
    connect_stripe_account,
    decide_refund,
    hear_event,
    propose_refund,
    start_online_payment,
    work_on_payment,
)
from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.ledger.models import Posting
from tests.factories.billing import billed, set_up_billing
from tests.factories.royalties import SmallWorld
from tests.stripe_server import StripeServer, served
from tests.stripe_server.server import ACCOUNT, KEY, SECRET

SOON = timedelta(hours=3)
"""Longer than any pause between two attempts after a few failures."""


@dataclass
class Shop:
    """An operating entity that is paid online, and the service."""

    world: SmallWorld
    clock: FixedClock
    service: StripeServer
    account: StripeAccount
    invoices: list[Invoice]
    told: int = 0
    """How many of the service's events were delivered."""

    def start(self, amount: int, invoice: Invoice | None = None) -> OnlinePayment:
        """Begin a payment of an invoice of which enough is open and nothing is under way."""
        chosen = invoice or self._free(amount)
        return start_online_payment(
            actor=self.world.acting(chosen.licence.code), invoice_id=chosen.pk, amount_minor=amount
        )

    def work(self) -> None:
        """Do all that is due until nothing more is for a while, letting time pass."""
        for _ in range(200):
            due = OnlinePayment.objects.filter(due_at__lte=self.clock.now() + SOON).order_by("due_at").first()
            if due is None or due.due_at is None:
                return
            if due.due_at - due.started_at > timedelta(hours=8):
                return
            self.clock.set(max(self.clock.now(), due.due_at))
            work_on_payment(payment_id=due.pk, clock=self.clock)
            if self._rests():
                return
        raise AssertionError("there is no end to it")

    def _rests(self) -> bool:
        """Say whether whatever is due is only looked at again, in case somebody forgot to tell."""
        busy = OnlinePayment.objects.filter(due_at__lte=self.clock.now())
        waiting = OnlinePayment.objects.filter(due_at__lte=self.clock.now() + SOON)
        return not busy.exists() and not waiting.filter(attempts__gt=0).exists() and not self._unfinished()

    def _unfinished(self) -> bool:
        open_refunds = OnlineRefund.objects.filter(state__in=("intended", "pending"))
        return OnlinePayment.objects.filter(state="intended").exists() or open_refunds.exists()

    def pays(self, payment: OnlinePayment) -> str:
        """Let the payer pay on the page of a payment, and return the service's id of the money."""
        payment.refresh_from_db()
        return self.service.pay(payment.session_id)

    def deliver(self) -> None:
        """Deliver every event that was not delivered yet, in order."""
        while self.told < len(self.service.events):
            self.hear(self.service.events[self.told])
            self.told += 1

    def hear(self, event: dict[str, Any]) -> None:
        body, signature = self.service.signed(event)
        hear_event(stripe_account_id=self.account.pk, body=body, signature=signature, clock=self.clock)

    def give_back(self, payment: OnlinePayment, amount: int) -> OnlineRefund:
        """Propose a refund by one person, and approve it by another."""
        refund = propose_refund(
            actor=self.acting("calculator"), payment_id=payment.pk, amount_minor=amount, reason="paid twice"
        )
        return decide_refund(actor=self.acting("approver"), refund_id=refund.pk, approve=True)

    def acting(self, who: str) -> Actor:
        """Return somebody of the world by name, by the shop's own clock."""
        return replace(self.world, clock=self.clock).acting(who)

    def booked(self, payment: OnlinePayment) -> int:
        """Return what the books say is there of a payment at the service, fees apart."""
        kinds = OnlineMovement.objects.filter(payment=payment).exclude(kind="fee")
        return int(kinds.aggregate(sum=Sum("amount_minor"))["sum"] or 0)

    def at_the_service(self) -> int:
        """Return what the books say is at the service in all, fees apart."""
        lines = Posting.objects.filter(account__kind="service_balance")
        fees = Posting.objects.filter(account__kind="payment_fees").aggregate(sum=Sum("amount_minor"))["sum"] or 0
        return int(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0) + int(fees)

    def _free(self, amount: int) -> Invoice:
        under_way = OnlinePayment.objects.filter(state__in=("intended", "open", "processing")).values("invoice")
        known = [invoice.pk for invoice in self.invoices]
        free = Invoice.objects.filter(pk__in=known, open_minor__gte=amount).exclude(pk__in=under_way)
        found = free.order_by("-open_minor").first()
        assert found is not None
        return found


def open_shop(world: SmallWorld, service: StripeServer, *, periods: tuple[str, ...] = ("2025Q1",)) -> Shop:
    """Bill some quarters of the world, and connect its account."""
    series = set_up_billing(world)
    invoices = [invoice for period in periods for invoice in billed(world, world.closed(period), series).values()]
    return connected(world, service, invoices)


def connected(world: SmallWorld, service: StripeServer, invoices: list[Invoice]) -> Shop:
    """Connect the world's account, so that its invoices are paid online."""
    account = connect_stripe_account(
        actor=world.acting("calculator"),
        operating_entity_id=world.entity.pk,
        account_id=ACCOUNT,
        secret_key=KEY,
        webhook_secret=SECRET,
        publishable_key="pk_test_loopback",
    )
    clock = FixedClock(world.clock.now())
    service.clock = lambda: clock.now().timestamp()
    return Shop(world, clock, service, account, invoices)


@contextmanager
def serving(settings: Settings) -> Iterator[StripeServer]:
    """Serve the payment service, and have it asked."""
    with served(time.time) as service:
        settings.STRIPE_URL = service.address
        yield service
