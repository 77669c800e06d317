"""Why work, messages and calls came to nothing is stored in English, and told in the language of whoever reads it."""

from typing import Any

import pytest
from django.test import Client

from platform_core.audit.events import declare_sentence
from platform_core.audit.models import AuditEvent
from platform_core.audit.services import record_event
from platform_core.identity.roles import Role
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.rescue import LOST
from platform_core.webhooks.models import WebhookDelivery
from tests.api.core.clients import client_of
from tests.factories.core import (
    NOON,
    actor_of_seat,
    command_line,
    give_role,
    make_alliance,
    make_job,
    make_seat,
)
from tests.factories.messaging import make_message
from tests.factories.webhooks import make_webhook

pytestmark = pytest.mark.django_db


def both(client: Client, address: str) -> tuple[Any, Any]:
    """Read the same twice: as an English and as a Chinese reader have it."""
    english, chinese = (client.get(address, headers={"Accept-Language": language}) for language in ("en", "zh-CN"))
    assert english.status_code == chinese.status_code == 200
    assert "Accept-Language" in chinese["Vary"]
    return english.json(), chinese.json()


def test_why_a_job_failed_is_told_in_the_readers_language_and_kept_in_english() -> None:
    seat = make_seat()
    stage = "reading the sales"
    job = make_job(actor_of_seat(seat), state=JobState.FAILED, finished_at=NOON, error=LOST, message=stage)
    said, told = both(client_of(seat), f"/api/v1/jobs/{job.pk}")
    assert (said["error"], told["error"]) == (LOST, "任务已从队列中丢失。请重新开始。")
    # By what it is at, programs tell the stages of the work.
    assert said["message"] == told["message"] == stage
    job.refresh_from_db()
    assert job.error == LOST


@pytest.mark.parametrize(
    ("error", "chinese"),
    [
        ("the recipient was refused (550)", "收件人被拒绝（550）"),
        ("the mail server could not be reached (TimeoutError)", "无法连接邮件服务器（TimeoutError）"),
        # What an adapter from elsewhere says has no Chinese of ours.
        ("KeyError", "KeyError"),
        ("", ""),
    ],
)
def test_why_a_message_was_not_sent_is_told_in_the_readers_language(error: str, chinese: str) -> None:
    seat = make_seat()
    make_message(seat.user, error=error)
    said, told = both(client_of(seat), "/api/v1/messages")
    assert [row["error"] for row in said["items"]] == [error]
    assert [row["error"] for row in told["items"]] == [chinese]


def test_why_a_webhook_is_not_called_is_told_in_the_readers_language_and_not_from_what_was_had_before() -> None:
    seat = make_seat()
    gone = "It answered 410: it is gone."
    webhook = make_webhook(seat, disabled_at=NOON, disabled_reason=gone)
    WebhookDelivery.objects.create(
        webhook=webhook,
        event="pool.opened",
        topic="composition.pool:x",
        at=NOON,
        created_at=NOON,
        state="failed",
        finished_at=NOON,
        status_code=503,
        error="It answered 503.",
    )
    client, address = client_of(seat), f"/api/v1/webhooks/{webhook.pk}"
    said, told = both(client, address)
    assert (said["disabled_reason"], told["disabled_reason"]) == (gone, "对方返回 410：该地址已失效。")
    said, told = both(client, f"{address}/deliveries")
    assert (said["items"][0]["error"], told["items"][0]["error"]) == ("It answered 503.", "对方返回 503。")

    english = client.get(address, headers={"Accept-Language": "en"})["ETag"]
    assert client.get(address, headers={"Accept-Language": "en", "If-None-Match": english}).status_code == 304
    assert client.get(address, headers={"Accept-Language": "zh-CN", "If-None-Match": english}).status_code == 200


def test_only_sentences_of_ours_are_turned_in_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform_core.audit.events._sentences", set())
    declare_sentence("alliance.edited", "message")
    alliance, seat = make_alliance(), make_seat()
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    written = {"message": (None, "This was cancelled."), "reason": (None, "This was cancelled.")}
    record_event("alliance.edited", actor=command_line(), subject=alliance, changes=written)
    said, told = both(client_of(seat), "/api/v1/audit-events")
    assert said["items"][0]["changes"]["message"] == {"old": None, "new": "This was cancelled."}
    assert told["items"][0]["changes"] == {
        "message": {"old": None, "new": "已取消。"},
        "reason": {"old": None, "new": "This was cancelled."},
    }
    assert AuditEvent.objects.get(name="alliance.edited").changes["message"]["new"] == "This was cancelled."
