"""Whoever is called by a webhook cannot keep us: a call has one end, and so have the attempts."""

import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from platform_core.clock import FixedClock
from platform_core.identity.models import Seat
from platform_core.jobs.registry import CALLS
from platform_core.webhooks import sending, services
from platform_core.webhooks.calculation import AGAIN_AFTER
from platform_core.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from platform_core.webhooks.sending import Unreachable, call
from tests.factories.core import NOON, make_seat
from tests.factories.webhooks import make_webhook
from tests.integration.webhooks.hostile import WAYS, hostile

pytestmark = pytest.mark.django_db

PATIENCE = 0.6


@pytest.fixture(autouse=True)
def _short(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(sending, "PATIENCE", PATIENCE)


def waiting(webhook: Webhook, **columns: Any) -> WebhookDelivery:
    given = {"event": "x.opened", "topic": "x:1", "at": NOON, "created_at": NOON, "next_attempt_at": NOON, **columns}
    return WebhookDelivery.objects.create(webhook=webhook, **given)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("way", WAYS)
def test_a_call_is_over_in_time_whatever_is_answered(way: str, scheme: str) -> None:
    with hostile(way) as url:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            call(url.replace("http", scheme, 1), {}, b"{}")
        assert time.monotonic() - began < PATIENCE + 1


def test_a_name_that_nobody_answers_for_keeps_us_no_longer_than_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def take_long(*_: Any, **__: Any) -> list[Any]:
        time.sleep(3)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", take_long)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        call("http://hooks.example.com/", {}, b"{}")
    assert time.monotonic() - began < PATIENCE + 1


def test_a_lease_is_longer_than_a_call() -> None:
    assert timedelta(seconds=3 * sending.PATIENCE) < services.LEASE


def test_a_delivery_is_given_up_when_no_attempt_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    webhook = make_webhook(make_seat())
    delivery = waiting(webhook)

    class Died(BaseException):
        """The worker is gone."""

    def die(*_: Any) -> int:
        raise Died

    monkeypatch.setattr(services, "call", die)
    now = NOON
    for attempt in range(1, len(AGAIN_AFTER) + 2):
        with pytest.raises(Died):
            services.call_webhook(delivery.pk, clock=FixedClock(now))
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == (DeliveryState.WAITING, attempt)
        now += services.LEASE
    assert services.call_webhook(delivery.pk, clock=FixedClock(now)) is None
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, len(AGAIN_AFTER) + 1)
    assert delivery.error == "No attempt came to an end."


def queued() -> list[tuple[str, str | None]]:
    return list(ProcrastinateJob.objects.filter(task_name=services.SEND).values_list("queue_name", "lock"))


def test_calls_wait_in_a_queue_of_their_own_one_for_each_seat_at_a_time_and_each_once() -> None:
    seat, other = make_seat(), make_seat()
    for whose in (seat, seat, other):
        waiting(make_webhook(whose))
    assert services.call_again(clock=FixedClock(NOON)) == 3
    assert services.call_again(clock=FixedClock(NOON)) == 0
    assert sorted(queued(), key=str) == sorted(
        [(CALLS, f"calls of {seat.pk}")] * 2 + [(CALLS, f"calls of {other.pk}")], key=str
    )


def test_whoever_has_much_that_is_due_holds_nobody_else_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 3)

    def many(seat: Seat, count: int, minutes: int) -> list[Any]:
        due = NOON - timedelta(minutes=minutes)
        return [waiting(make_webhook(seat), next_attempt_at=due - timedelta(seconds=at)).pk for at in range(count)]

    loud, quiet = many(make_seat(), 5, 30), many(make_seat(), 1, 1)
    assert services.due_deliveries(clock=FixedClock(NOON)) == [loud[-1], *quiet, loud[-2]]
