"""Webhooks over HTTP: a seat's own, what its organisation's administrator sees of them, and what is refused."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.webhooks import services
from platform_core.webhooks.models import Webhook, WebhookDelivery
from tests.api.core.clients import client_of
from tests.factories.core import NOON, give_role, make_alliance, make_organisation, make_seat
from tests.factories.webhooks import make_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat() -> Seat:
    seat = make_seat()
    give_role(seat, Role.SECRETARIAT, alliance=make_alliance())
    return seat


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def test_a_seat_opens_edits_tests_and_ends_its_webhook_over_http(seat: Seat) -> None:
    client = client_of(seat)
    made = post(
        client, "/api/v1/webhooks", url="https://hooks.example.com/x", events=["alliance", "close_run.approved"]
    )
    assert made.status_code == 201, made.content
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    address = f"/api/v1/webhooks/{made.json()['id']}"
    read = client.get(address)
    assert "secret" not in read.json()
    assert secret not in client.get("/api/v1/webhooks").content.decode()
    # At rest it is not to be read either.
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM webhooks_webhook")
        assert secret not in cursor.fetchone()[0]

    edit = {"events": ["*"]}
    assert client.patch(address, edit, content_type="application/json").status_code == 428
    edited = client.patch(address, edit, content_type="application/json", headers={"If-Match": read["ETag"]})
    assert edited.json()["events"] == ["*"]
    assert post(client, f"{address}/secret").json()["secret"] != secret
    assert post(client, f"{address}/test").status_code == 202
    [delivery] = client.get(f"{address}/deliveries").json()["items"]
    assert (delivery["event"], delivery["state"]) == ("webhook.tested", "waiting")
    assert post(client, f"{address}/resumption").status_code == 409
    assert post(client, f"{address}/end").json()["ended_at"]
    assert post(client, f"{address}/test").status_code == 409
    assert client.get("/api/v1/webhooks").json()["total"] == 0
    names = set(AuditEvent.objects.values_list("name", flat=True))
    assert {"webhook.opened", "webhook.edited", "webhook.secret_replaced", "webhook.tested", "webhook.ended"} <= names


@pytest.mark.parametrize(
    "body",
    [
        {"url": "https://10.0.0.1/", "events": ["*"]},
        {"url": "https://example.com/", "events": []},
        {"url": "https://example.com/", "events": ["Close.Run"]},
        {"url": "https://example.com/"},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(seat: Seat, body: dict[str, Any]) -> None:
    assert post(client_of(seat), "/api/v1/webhooks", **body).status_code == 422
    assert not Webhook.objects.exists()


def test_an_administrator_sees_and_ends_the_webhooks_of_its_organisation_but_not_what_was_sent() -> None:
    organisation = make_organisation()
    staff, admin, stranger = make_seat(organisation=organisation), make_seat(organisation=organisation), make_seat()
    give_role(admin, Role.MEMBER_ADMIN)
    give_role(stranger, Role.MEMBER_ADMIN)
    webhook = make_webhook(staff)
    WebhookDelivery.objects.create(
        webhook=webhook, event="x.opened", topic="x:1", at=NOON, created_at=NOON, next_attempt_at=NOON
    )
    address = f"/api/v1/webhooks/{webhook.pk}"
    assert client_of(stranger).get(address).status_code == 404
    client = client_of(admin)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}/deliveries").json()["total"] == 0
    assert post(client, f"{address}/secret").status_code == 403
    assert post(client, f"{address}/end").status_code == 200


def test_a_seat_has_only_so_many(seat: Seat) -> None:
    for _ in range(services.MOST_OF_A_SEAT):
        make_webhook(seat)
    assert post(client_of(seat), "/api/v1/webhooks", url="https://example.com/", events=["*"]).status_code == 409
