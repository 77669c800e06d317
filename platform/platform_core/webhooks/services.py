"""Opening and closing webhooks, and bringing events to them: for what their seat may read when it is sent."""

import base64
import json
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor, SystemWork
from platform_core.access.kernel import permitted_rows, require, require_kind
from platform_core.access.registry import policy_of
from platform_core.audit.events import is_reserved
from platform_core.audit.models import AuditEvent
from platform_core.audit.selectors import audit_events
from platform_core.audit.services import record_event
from platform_core.clock import Clock
from platform_core.jobs.registry import CALLS, QUICK
from platform_core.problems import Conflict, NotAllowed, SignInNeeded, WrongState, invalid
from platform_core.webhooks import selectors
from platform_core.webhooks.calculation import PREFIX, signature, wait_after, wanted
from platform_core.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from platform_core.webhooks.policies import EDIT_WEBHOOK, END_WEBHOOK, OPEN_WEBHOOK
from platform_core.webhooks.sending import Unreachable, call, target_of
from platform_core.webhooks.waiting import ask_again, webhooks_wait

logger = logging.getLogger(__name__)

WORK: Final = SystemWork("webhooks")
MOST_OF_A_SEAT: Final = 10
GIVEN_UP_AT_MOST: Final = 5
"""Deliveries in a row that may be given up before a webhook is disabled."""
LEASE: Final = timedelta(minutes=2)
"""How long an attempt may take before another worker tries."""
KEPT_FOR: Final = timedelta(days=30)
AT_ONCE: Final = 100
GONE: Final = 410
FIND: Final = "lianchi.find_webhooks"
SEND: Final = "lianchi.call_webhook"
QUEUE: Final = QUICK


@transaction.atomic
def open_webhook(*, actor: Actor, url: str, events: Sequence[str]) -> Webhook:
    """Have an address called about events that the acting seat may read; its secret is shown this once."""
    require_kind(actor, OPEN_WEBHOOK, Webhook)
    if actor.seat_id is None or actor.organisation_id is None:
        raise SignInNeeded
    if selectors.webhooks(actor=actor).filter(seat=actor.seat_id).count() >= MOST_OF_A_SEAT:
        raise Conflict(f"A seat has at most {MOST_OF_A_SEAT} webhooks: end one first.")
    opened = Webhook.objects.create(
        seat_id=actor.seat_id,
        organisation_id=actor.organisation_id,
        url=_checked_address(url),
        events=list(dict.fromkeys(events)),
        secret=_new_secret(),
        created_at=actor.clock.now(),
    )
    ask_again()
    record_event("webhook.opened", actor=actor, subject=opened, changes={"url": (None, opened.url)})
    return opened


@transaction.atomic
def edit_webhook(
    *, actor: Actor, webhook_id: UUID, url: str | None = None, events: Sequence[str] | None = None
) -> Webhook:
    """Change what is called, or about what."""
    found = _open(webhook_id, actor)
    require(actor, EDIT_WEBHOOK, found)
    before = {"url": found.url, "events": found.events}
    if url is not None:
        found.url = _checked_address(url)
    if events is not None:
        found.events = list(dict.fromkeys(events))
    found.save(update_fields=["url", "events"])
    after = {"url": found.url, "events": found.events}
    changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    record_event("webhook.edited", actor=actor, subject=found, changes=changes)
    return found


@transaction.atomic
def replace_secret(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Give a webhook another secret, from the next call on."""
    found = _open(webhook_id, actor)
    require(actor, EDIT_WEBHOOK, found)
    found.secret = _new_secret()
    found.save(update_fields=["secret"])
    record_event("webhook.secret_replaced", actor=actor, subject=found)
    return found


@transaction.atomic
def resume_webhook(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Call a disabled webhook again, about what happens from now on."""
    found = _open(webhook_id, actor)
    require(actor, EDIT_WEBHOOK, found)
    if found.disabled_at is None:
        raise WrongState("It is not disabled.")
    found.disabled_at, found.disabled_reason, found.failures = None, "", 0
    found.save(update_fields=["disabled_at", "disabled_reason", "failures"])
    ask_again()
    record_event("webhook.resumed", actor=actor, subject=found)
    return found


@transaction.atomic
def end_webhook(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Call an address no more."""
    found = _open(webhook_id, actor)
    require(actor, END_WEBHOOK, found)
    found.ended_at = actor.clock.now()
    found.save(update_fields=["ended_at"])
    record_event("webhook.ended", actor=actor, subject=found)
    return found


@transaction.atomic
def send_test(*, actor: Actor, webhook_id: UUID) -> WebhookDelivery:
    """Call an address once to see whether it answers."""
    found = _open(webhook_id, actor)
    require(actor, EDIT_WEBHOOK, found)
    now = actor.clock.now()
    delivery = WebhookDelivery.objects.create(
        webhook=found,
        event="webhook.tested",
        topic=f"webhooks.webhook:{found.pk}",
        at=now,
        created_at=now,
        next_attempt_at=now,
    )
    record_event("webhook.tested", actor=actor, subject=found)
    _put_on_its_way(delivery.pk, found.seat_id)
    return delivery


def note_event(event: AuditEvent) -> None:
    """Have the webhooks for an event looked for once it is committed, if there are any."""
    if webhooks_wait():
        app.configure_task(FIND, queue=QUEUE).defer(event_id=str(event.pk))


@transaction.atomic
def find_webhooks(event_id: UUID, *, clock: Clock) -> int:
    """Put an event on its way to each webhook whose seat may read its subject; return how many there are."""
    event = AuditEvent.objects.filter(pk=event_id).first()
    if event is None:
        return 0
    found = 0
    active = Webhook.objects.filter(disabled_at=None, ended_at=None).order_by("pk")
    for webhook in active.iterator():
        if not wanted(webhook.events, event.name) or not _may_hear(webhook, event, clock):
            continue
        now = clock.now()
        delivery = WebhookDelivery(
            webhook=webhook,
            event_id=event.pk,
            event=event.name,
            topic=f"{event.subject_type}:{event.subject_id}",
            at=event.at,
            created_at=now,
            next_attempt_at=now,
        )
        # A job that is started again puts nothing on its way twice.
        WebhookDelivery.objects.bulk_create([delivery], ignore_conflicts=True)
        _put_on_its_way(delivery.pk, webhook.seat_id)
        found += 1
    return found


def call_webhook(delivery_id: UUID, *, clock: Clock) -> WebhookDelivery | None:
    """Make one attempt of a delivery that is due, if its seat may still read what it is about."""
    claimed = _claim(delivery_id, clock)
    if claimed is None:
        return None
    delivery, webhook = claimed
    timestamp = int(clock.now().timestamp())
    told = {"id": str(delivery.pk), "event": delivery.event, "topic": delivery.topic, "at": delivery.at.isoformat()}
    body = json.dumps(told, separators=(",", ":")).encode()
    headers = {
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(webhook.secret, str(delivery.pk), timestamp, body),
    }
    status, error = None, ""
    try:
        # Outside any transaction: the other side may take its time.
        status = call(webhook.url, headers, body)
        if not 200 <= status < 300:
            error = f"It answered {status}."
    except Unreachable as problem:
        error = str(problem)
    return _note_attempt(delivery.pk, status, error, clock)


def due_deliveries(*, clock: Clock) -> list[UUID]:
    """Return what should be tried now: of each seat in turn, the longest due first."""
    return [delivery_id for delivery_id, _ in _due(clock)]


def call_again(*, clock: Clock) -> int:
    """Put what is due on its way, unless it is already; return how much that was."""
    count = 0
    for delivery_id, seat_id in _due(clock):
        with suppress(AlreadyEnqueued), transaction.atomic():
            _put_on_its_way(delivery_id, seat_id)
            count += 1
    return count


def _due(clock: Clock) -> list[tuple[UUID, UUID]]:
    due = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_attempt_at__lte=clock.now())
    # Whoever has many that do not come through holds nobody else's back.
    turn = Window(RowNumber(), partition_by=F("webhook__seat"), order_by=F("next_attempt_at").asc())
    rows = due.annotate(turn=turn).order_by("turn", "next_attempt_at")
    return list(rows.values_list("pk", "webhook__seat")[:AT_ONCE])


def forget_old_deliveries(*, clock: Clock) -> int:
    """Delete what ended long ago, and return how much that was."""
    old = WebhookDelivery.objects.filter(finished_at__lt=clock.now() - KEPT_FOR)
    return old.delete()[0]


@transaction.atomic
def _claim(delivery_id: UUID, clock: Clock) -> tuple[WebhookDelivery, Webhook] | None:
    now = clock.now()
    delivery = (
        WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("webhook")
        .filter(pk=delivery_id, state=DeliveryState.WAITING, next_attempt_at__lte=now)
        .first()
    )
    if delivery is None:
        return None
    webhook = delivery.webhook
    event = AuditEvent.objects.filter(pk=delivery.event_id).first() if delivery.event_id else None
    if (
        webhook.ended_at is not None
        or webhook.disabled_at is not None
        or (delivery.event_id is not None and (event is None or not _may_hear(webhook, event, clock)))
    ):
        _finish(delivery, DeliveryState.DROPPED, clock)
        return None
    if delivery.attempts and wait_after(delivery.attempts) is None:
        # Nobody came back from the last attempt to say so: the worker died, each time.
        delivery.error = "No attempt came to an end."
        _give_up(delivery, None, clock)
        return None
    delivery.attempts += 1
    delivery.next_attempt_at = now + LEASE
    delivery.save(update_fields=["attempts", "next_attempt_at"])
    return delivery, webhook


@transaction.atomic
def _note_attempt(delivery_id: UUID, status: int | None, error: str, clock: Clock) -> WebhookDelivery:
    delivery = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery_id)
    if delivery.state != DeliveryState.WAITING:
        return delivery
    delivery.status_code, delivery.error = status, error[:300]
    if not error:
        Webhook.objects.filter(pk=delivery.webhook_id).update(failures=0)
        return _finish(delivery, DeliveryState.DELIVERED, clock)
    wait = wait_after(delivery.attempts)
    if wait is None or delivery.event_id is None or status == GONE:
        return _give_up(delivery, status, clock)
    delivery.next_attempt_at = clock.now() + wait
    delivery.save(update_fields=["status_code", "error", "next_attempt_at"])
    return delivery


def _give_up(delivery: WebhookDelivery, status: int | None, clock: Clock) -> WebhookDelivery:
    _finish(delivery, DeliveryState.FAILED, clock)
    if delivery.event_id is not None:
        _count_failure(delivery.webhook, status, clock)
    return delivery


def _count_failure(webhook: Webhook, status: int | None, clock: Clock) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(failures=F("failures") + 1)
    found = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if found.disabled_at is None and (status == GONE or found.failures >= GIVEN_UP_AT_MOST):
        found.disabled_at = clock.now()
        found.disabled_reason = (
            "It answered 410: it is gone." if status == GONE else "It could not be reached too many times in a row."
        )
        found.save(update_fields=["disabled_at", "disabled_reason"])
        record_event("webhook.disabled", actor=Actor.system(WORK, clock=clock), subject=found)


def _finish(delivery: WebhookDelivery, state: DeliveryState, clock: Clock) -> WebhookDelivery:
    delivery.state = state
    delivery.next_attempt_at = None
    delivery.finished_at = clock.now()
    delivery.save(update_fields=["state", "next_attempt_at", "finished_at", "status_code", "error"])
    return delivery


def _may_hear(webhook: Webhook, event: AuditEvent, clock: Clock) -> bool:
    """Say whether the webhook's seat may, at this moment, read everything about an event's subject.

    What tells of more than its subject it must be able to read in the record, too.
    """
    try:
        # What a staff session opens is looked at by a person, on record, and never sent on.
        actor = replace(actor_in_seat(webhook.seat_id, clock=clock), staff=None)
        model = apps.get_model(event.subject_type)
        rows = permitted_rows(actor, policy_of(model).read_contents, model)
    except (NotAllowed, LookupError, ImproperlyConfigured):
        return False
    if not model._default_manager.filter(rows, pk=event.subject_id).exists():
        return False
    return not is_reserved(event.name) or audit_events(actor=actor).filter(pk=event.pk).exists()


def _open(webhook_id: UUID, actor: Actor) -> Webhook:
    found = selectors.webhook(webhook_id, actor=actor, for_change=True)
    if found.ended_at is not None:
        raise WrongState("It has ended.")
    return found


def _checked_address(url: str) -> str:
    try:
        target_of(url)
    except ValueError as problem:
        raise invalid("/url", "bad_address", str(problem)) from None
    return url


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _put_on_its_way(delivery_id: UUID, seat_id: UUID) -> None:
    """Have an attempt made: once at a time for each seat, so that one that is slow to answer leaves room for others."""
    task = app.configure_task(SEND, queue=CALLS, lock=f"calls of {seat_id}", queueing_lock=f"call {delivery_id}")
    task.defer(delivery_id=str(delivery_id))
