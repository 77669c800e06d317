"""Webhooks tell those who may read a thing that it changed, and nobody else; and they reach no private network."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from platform_core.access.acting import actor_in_seat
from platform_core.audit.models import AuditEvent
from platform_core.audit.services import record_event
from platform_core.clock import FixedClock
from platform_core.identity.models import Alliance, RoleAssignment, Seat
from platform_core.identity.roles import Role
from platform_core.webhooks import services
from platform_core.webhooks.calculation import AGAIN_AFTER, wanted
from platform_core.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from platform_core.webhooks.sending import Unreachable, call, may_be_called, target_of
from tests.factories.composition import make_pool
from tests.factories.core import (
    NOON,
    command_line,
    give_role,
    make_alliance,
    make_entity,
    make_organisation,
    make_seat,
    make_user,
)
from tests.factories.terms import make_programme
from tests.factories.webhooks import SECRET, make_webhook

pytestmark = pytest.mark.django_db


class Receiver:
    """Another system on this machine, which keeps what it is sent."""

    def __init__(self) -> None:
        self.status = 200
        self.location = ""
        self.received: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.end_headers()
                self.wfile.write(b"x" * 100_000)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=1"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    found = Receiver()
    yield found
    found.stop()


@pytest.fixture
def alliance() -> Alliance:
    return make_alliance()


@pytest.fixture
def seat(alliance: Alliance) -> Seat:
    seat = make_seat()
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    return seat


def happen(alliance: Alliance, clock: FixedClock | None = None) -> AuditEvent:
    return record_event("alliance.edited", actor=command_line(clock), subject=alliance, changes={"zone": ("a", "b")})


def bring(event: AuditEvent, clock: FixedClock) -> list[WebhookDelivery]:
    services.find_webhooks(event.pk, clock=clock)
    for delivery_id in services.due_deliveries(clock=clock):
        services.call_webhook(delivery_id, clock=clock)
    return list(WebhookDelivery.objects.order_by("pk"))


def test_a_change_is_told_as_a_hint_that_is_signed(receiver: Receiver, alliance: Alliance, seat: Seat) -> None:
    make_webhook(seat, url=receiver.url)
    [delivery] = bring(happen(alliance), FixedClock(NOON))
    assert (delivery.state, delivery.status_code, delivery.attempts) == ("delivered", 200, 1)
    [(headers, body)] = receiver.received
    assert json.loads(body) == {
        "id": str(delivery.pk),
        "event": "alliance.edited",
        "topic": f"identity.alliance:{alliance.pk}",
        "at": "2026-03-02T04:00:00+00:00",
    }
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert headers["host"].startswith("127.0.0.1:")


def test_recording_puts_the_search_for_webhooks_into_the_queue_of_its_own_transaction(
    alliance: Alliance, seat: Seat
) -> None:
    make_webhook(seat)
    happen(alliance)
    assert searches() == 1


def searches() -> int:
    return ProcrastinateJob.objects.filter(task_name=services.FIND).count()


def test_a_transaction_asks_once_whether_a_webhook_waits(
    alliance: Alliance, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    happen(alliance)
    # The events themselves, and nothing else.
    with django_assert_num_queries(3):
        for _ in range(3):
            happen(alliance)
    assert searches() == 0


def test_a_webhook_hears_of_what_its_own_transaction_records_after_it(alliance: Alliance, seat: Seat) -> None:
    happen(alliance)
    services.open_webhook(actor=actor_in_seat(seat.pk), url="https://hooks.example.com/", events=["*"])
    assert searches() == 1
    happen(alliance)
    assert searches() == 2


def test_what_was_found_is_not_kept_when_the_work_is_undone(alliance: Alliance, seat: Seat) -> None:
    class Undone(Exception):
        """The work is given up."""

    with suppress(Undone), transaction.atomic():
        happen(alliance)
        raise Undone
    make_webhook(seat)
    happen(alliance)
    assert searches() == 1


@pytest.mark.django_db(transaction=True)
def test_the_next_transaction_asks_anew() -> None:
    alliance, seat = make_alliance(), make_seat()
    with transaction.atomic():
        happen(alliance)
    make_webhook(seat)
    with transaction.atomic():
        happen(alliance)
    assert searches() == 1
    Webhook.objects.update(ended_at=NOON)
    with transaction.atomic():
        happen(alliance)
    assert searches() == 1


def test_whoever_may_not_read_the_subject_hears_nothing(receiver: Receiver, alliance: Alliance) -> None:
    stranger = make_seat()
    give_role(stranger, Role.SECRETARIAT, alliance=make_alliance())
    make_webhook(stranger, url=receiver.url)
    assert bring(happen(alliance), FixedClock(NOON)) == []
    assert receiver.received == []


def test_whoever_sees_a_programme_does_not_hear_of_others_money_in_it(receiver: Receiver, alliance: Alliance) -> None:
    programme = make_programme(make_pool(alliance, "open"), make_entity(alliance), "open-tv")
    finance, stranger = make_seat(), make_seat()
    give_role(finance, Role.FINANCE, entity=programme.operating_entity)
    give_role(stranger, Role.PROSPECT)
    webhooks = {seat.pk: make_webhook(seat, url=receiver.url) for seat in (finance, stranger)}

    def told(name: str) -> set[UUID]:
        event = record_event(name, actor=command_line(), subject=programme)
        services.find_webhooks(event.pk, clock=FixedClock(NOON))
        return set(WebhookDelivery.objects.filter(event_id=event.pk).values_list("webhook", flat=True))

    assert told("programme.edited") == {webhook.pk for webhook in webhooks.values()}
    assert told("programme.receipts_recorded") == {webhooks[finance.pk].pk}


def test_nobody_hears_when_a_colleague_signed_in_elsewhere(receiver: Receiver) -> None:
    company, person = make_organisation(), make_user()
    administrator, here, elsewhere = make_seat(organisation=company), make_seat(person, company), make_seat(person)
    give_role(administrator, Role.MEMBER_ADMIN)
    make_webhook(administrator, url=receiver.url)

    def heard(seat: Seat) -> int:
        event = record_event("user.signed_in", actor=actor_in_seat(seat.pk, clock=FixedClock(NOON)), subject=person)
        return services.find_webhooks(event.pk, clock=FixedClock(NOON))

    assert (heard(here), heard(elsewhere)) == (1, 0)


@pytest.mark.parametrize("lost", ["role", "seat", "webhook"])
def test_a_right_that_was_lost_since_stops_the_delivery(
    receiver: Receiver, alliance: Alliance, seat: Seat, lost: str
) -> None:
    webhook = make_webhook(seat, url=receiver.url)
    event = happen(alliance)
    assert services.find_webhooks(event.pk, clock=FixedClock(NOON)) == 1
    if lost == "role":
        RoleAssignment.objects.filter(seat=seat).update(ends_at=NOON)
    elif lost == "seat":
        Seat.objects.filter(pk=seat.pk).update(ended_at=NOON)
    else:
        Webhook.objects.filter(pk=webhook.pk).update(ended_at=NOON)
    [delivery_id] = services.due_deliveries(clock=FixedClock(NOON))
    assert services.call_webhook(delivery_id, clock=FixedClock(NOON)) is None
    assert WebhookDelivery.objects.get().state == DeliveryState.DROPPED
    assert receiver.received == []


def test_a_webhook_hears_of_what_it_asked_for(receiver: Receiver, alliance: Alliance, seat: Seat) -> None:
    make_webhook(seat, url=receiver.url, events=["close_run", "alliance.opened"])
    assert bring(happen(alliance), FixedClock(NOON)) == []
    assert wanted(["alliance"], "alliance.edited")
    assert wanted(["alliance.edited"], "alliance.edited")
    assert not wanted(["alliance"], "alliance_paper.added")
    assert not wanted(["alliance.edit"], "alliance.edited")


def test_an_event_reaches_a_webhook_once_however_often_it_is_looked_for(
    receiver: Receiver, alliance: Alliance, seat: Seat
) -> None:
    make_webhook(seat, url=receiver.url)
    event, clock = happen(alliance), FixedClock(NOON)
    bring(event, clock)
    bring(event, clock)
    assert len(receiver.received) == 1
    assert services.call_webhook(WebhookDelivery.objects.get().pk, clock=clock) is None


def test_what_fails_is_tried_again_later_and_given_up_at_last(
    receiver: Receiver, alliance: Alliance, seat: Seat
) -> None:
    webhook = make_webhook(seat, url=receiver.url)
    receiver.status = 500
    now = NOON
    [delivery] = bring(happen(alliance), FixedClock(now))
    for attempt, wait in enumerate(AGAIN_AFTER, 1):
        assert (delivery.state, delivery.attempts, delivery.error) == ("waiting", attempt, "It answered 500.")
        assert services.due_deliveries(clock=FixedClock(now + wait - timedelta(seconds=1))) == []
        now += wait
        [due] = services.due_deliveries(clock=FixedClock(now))
        services.call_webhook(due, clock=FixedClock(now))
        delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", 8)
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.disabled_at) == (1, None)
    assert len(receiver.received) == 8


def test_a_webhook_is_disabled_after_many_failures_in_a_row_and_one_success_forgives_them(
    receiver: Receiver, alliance: Alliance, seat: Seat
) -> None:
    webhook = make_webhook(seat, url=receiver.url, failures=services.GIVEN_UP_AT_MOST - 1)
    bring(happen(alliance), FixedClock(NOON))
    webhook.refresh_from_db()
    assert webhook.failures == 0
    Webhook.objects.filter(pk=webhook.pk).update(failures=services.GIVEN_UP_AT_MOST - 1)
    receiver.status = 404
    [*_, delivery] = bring(happen(alliance), FixedClock(NOON))
    WebhookDelivery.objects.filter(pk=delivery.pk).update(attempts=7, next_attempt_at=NOON)
    services.call_webhook(delivery.pk, clock=FixedClock(NOON))
    webhook.refresh_from_db()
    assert webhook.disabled_at == NOON
    assert AuditEvent.objects.filter(name="webhook.disabled", subject_id=webhook.pk).exists()
    assert services.find_webhooks(happen(alliance).pk, clock=FixedClock(NOON)) == 0


def test_an_address_that_is_gone_is_not_called_again(receiver: Receiver, alliance: Alliance, seat: Seat) -> None:
    webhook = make_webhook(seat, url=receiver.url)
    receiver.status = 410
    [delivery] = bring(happen(alliance), FixedClock(NOON))
    webhook.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", 1)
    assert "410" in webhook.disabled_reason


def test_redirects_are_not_followed(receiver: Receiver, settings: Any) -> None:
    receiver.status, receiver.location = 302, receiver.url
    assert call(receiver.url, {}, b"{}") == 302
    assert len(receiver.received) == 1


def test_an_attempt_under_way_is_not_made_twice(receiver: Receiver, alliance: Alliance, seat: Seat) -> None:
    make_webhook(seat, url=receiver.url)
    services.find_webhooks(happen(alliance).pk, clock=FixedClock(NOON))
    [delivery_id] = services.due_deliveries(clock=FixedClock(NOON))
    assert services._claim(delivery_id, FixedClock(NOON)) is not None
    assert services.call_webhook(delivery_id, clock=FixedClock(NOON)) is None
    assert receiver.received == []
    # The worker died: another one takes over.
    assert services.call_webhook(delivery_id, clock=FixedClock(NOON + services.LEASE)) is not None


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_a_private_network_is_called(
    address: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    assert not may_be_called(address)
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 443)),
        (kind, socket.SOCK_STREAM, 6, "", (address, 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Unreachable, match="public internet"):
        call("https://hooks.example.com/", {}, b"{}")


def test_public_addresses_are_called(settings: Any) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    assert may_be_called("1.1.1.1")
    assert may_be_called("2606:4700:4700::1111")


def test_the_name_is_looked_up_once_and_what_was_found_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    url = receiver.url.replace("127.0.0.1", "hooks.example.com")
    real = socket.socket.connect
    connected: list[Any] = []

    def connect(self: socket.socket, to: Any) -> None:
        connected.append(to)
        real(self, to)

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert call(url, {}, b"{}") == 200
    assert [host for host in asked if host == "hooks.example.com"] == ["hooks.example.com"]
    assert connected[-1][0] == "127.0.0.1"
    assert receiver.received[0][0]["host"].startswith("hooks.example.com:")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https:///x", "https://user:pw@example.com/",
        "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/", "https://example.com/#x",
        "https://exa mple.com/",
        "https://例子.cn/", "https://example.com:99999/", "https://example.com/\n", "javascript:alert(1)", "x" * 600,
    ],
)  # fmt: skip
def test_an_address_that_must_not_be_called_is_refused_when_it_is_given(url: str, settings: Any) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    with pytest.raises(ValueError, match=r"\w"):
        target_of(url)


def test_nobody_listens_there(settings: Any) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="could not be reached"):
            call(f"http://127.0.0.1:{unused.getsockname()[1]}/", {}, b"{}")


def test_what_ended_long_ago_is_forgotten(seat: Seat) -> None:
    webhook = make_webhook(seat)
    for days in (31, 1):
        ended = NOON - timedelta(days=days)
        WebhookDelivery.objects.create(
            webhook=webhook,
            event="x.opened",
            topic="x:1",
            at=NOON,
            created_at=NOON,
            finished_at=ended,
            state="delivered",
        )
    assert services.forget_old_deliveries(clock=FixedClock(NOON)) == 1
