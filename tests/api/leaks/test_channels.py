"""What pushes news tells no more than what is asked: sockets and webhooks, by the table of who gets what.

For everybody and every object of the matrix: where the table gives an object at no route, its topic is not heard and
its events are not called about; and what was on its way is not sent once the roles of a seat are over.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Model

from platform_core.audit.services import record_event
from platform_core.clock import FixedClock
from platform_core.identity.models import RoleAssignment, Seat
from platform_core.ids import new_id
from platform_core.models import Record
from platform_core.realtime.topics import Topic, topics_heard_by
from platform_core.webhooks import services
from platform_core.webhooks.models import Webhook, WebhookDelivery
from tests.api.matrix.asked import question
from tests.api.matrix.asking import Asker
from tests.api.matrix.kept import Samples
from tests.api.matrix.table import TABLE, expected
from tests.api.matrix.test_matrix import chosen
from tests.factories.core import NOON, command_line, seat_of
from tests.factories.webhooks import make_webhook

pytest_plugins = ["tests.api.matrix.fixtures"]

MORE_THAN_ROUTES_GIVE = {
    (
        "notices.Notice",
        "self_hidden",
    ): "a notice of one's own, not shown while its thing is hidden, names nothing",
    ("signin.ApiToken", "other"): "whoever runs the site may revoke it, and its events are theirs",
    ("signin.Session", "other"): "whoever runs the site may end it, and its events are theirs",
}
"""What somebody may read by the rules, though no route lists it to them."""


def seated(samples: Samples) -> list[Asker]:
    return [asker for asker in samples.askers if asker.actor is not None and asker.actor.seat_id is not None]


def is_given(kind: str, asker: Asker, relation: str) -> bool:
    """Say whether the table gives somebody an object of a kind at any route that reads."""
    return (kind, relation) in MORE_THAN_ROUTES_GIVE or any(
        expected(route, asker.name, relation).startswith("ok")
        for route in TABLE
        if route.startswith("GET ") and question(route).kind == kind
    )


def kinds_read() -> set[str]:
    return {question(route).kind for route in TABLE if route.startswith("GET ")} - {""}


@pytest.mark.parametrize("kind", sorted(kinds_read()))
def test_a_topic_is_heard_by_nobody_who_is_not_given_its_object(samples: Samples, kind: str) -> None:
    heard_at_all = False
    for asker in seated(samples):
        assert asker.actor is not None
        objects = samples.of(kind, asker)
        topics = {Topic.of(sample): relation for relation, sample in objects.items()}
        nothing = Topic(next(iter(topics)).label, new_id()) if topics else None
        heard = topics_heard_by(asker.actor, [*topics, *([nothing] if nothing else [])])
        heard_at_all |= bool(heard)
        for topic in heard:
            assert topic in topics, f"{asker.name} hears of nothing"
            assert is_given(kind, asker, topics[topic]), f"{asker.name} hears of {topics[topic]}: {topic}"
    assert heard_at_all, "nobody hears anything, so that this proves nothing"


def deliveries_of(sample: Model, name: str = "sample.recorded") -> dict[object, WebhookDelivery]:
    assert isinstance(sample, Record)
    event = record_event(name, actor=command_line(), subject=sample)
    services.find_webhooks(event.pk, clock=FixedClock(NOON))
    return {row.webhook.seat_id: row for row in WebhookDelivery.objects.filter(event_id=event.pk)}


@pytest.mark.parametrize("kind", sorted(kinds_read()))
def test_nobody_is_called_about_what_they_are_not_given(samples: Samples, kind: str) -> None:
    asked = [
        (asker, relation, sample)
        for asker in seated(samples)
        for relation, sample in samples.of(kind, asker).items()
        if chosen("webhook", kind, f"{relation} {asker.name}" if relation.startswith("self") else relation)
    ]
    with transaction.atomic():
        Webhook.objects.update(ended_at=NOON)
        for asker in seated(samples):
            assert asker.actor is not None
            make_webhook(Seat.objects.get(pk=seat_of(asker.actor)))
        found = {sample.pk: deliveries_of(sample) for sample in dict.fromkeys(sample for _, _, sample in asked)}
        called = [
            (asker.name, relation)
            for asker, relation, sample in asked
            if asker.actor is not None and asker.actor.seat_id in found[sample.pk]
            if not is_given(kind, asker, relation)
        ]
        transaction.set_rollback(True)
    assert called == []


def test_what_was_on_its_way_is_not_sent_when_the_right_is_gone(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def note(url: str, headers: dict[str, str], body: bytes) -> int:
        sent.append(url)
        return 200

    monkeypatch.setattr(services, "call", note)
    with transaction.atomic():
        Webhook.objects.update(ended_at=NOON)
        for asker in seated(samples):
            assert asker.actor is not None
            make_webhook(Seat.objects.get(pk=seat_of(asker.actor)))
        # What no seat sees but by a role of its own.
        waiting = deliveries_of(samples.of("composition.Pool", seated(samples)[0])["same"])
        kept, *lost = waiting.values()
        seats = {row.webhook.seat_id for row in lost}
        RoleAssignment.objects.filter(seat__in=seats).update(ends_at=NOON - timedelta(seconds=1))
        for row in (kept, *lost):
            services.call_webhook(row.pk, clock=FixedClock(NOON))
        states = {row.pk: row.state for row in WebhookDelivery.objects.filter(pk__in=[kept.pk, *(r.pk for r in lost)])}
        transaction.set_rollback(True)
    assert len(lost) > 3
    assert len(sent) == 1
    assert states == {kept.pk: "delivered", **{row.pk: "dropped" for row in lost}}
