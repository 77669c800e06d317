"""Whoever asks too often is told to wait, and nobody else is."""

from typing import Any

import pytest
from django.test import Client

from platform_core.api import limits
from platform_core.api.limits import BucketsInMemory, BucketsInRedis
from tests.api.core.clients import client_of
from tests.factories.core import make_seat


class Hands:
    """A clock whose hands are moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    found = BucketsInMemory(hands)
    monkeypatch.setattr(limits, "buckets", lambda: found)
    return hands


@pytest.mark.django_db
def test_a_person_who_asks_too_often_waits_and_others_do_not(settings: Any, hands: Hands) -> None:
    settings.RATE_LIMIT_PERSON = 3
    seat = make_seat()
    client = client_of(seat)
    left = [client.get("/api/v1/me")["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = client.get("/api/v1/me")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["Retry-After"] == "20"
    assert (refused["RateLimit-Limit"], refused["RateLimit-Remaining"], refused["RateLimit-Reset"]) == ("3", "0", "60")
    # Another session of the same person has the same bucket, another person has another.
    assert client_of(seat).get("/api/v1/me").status_code == 429
    assert client_of().get("/api/v1/me").status_code == 200
    hands.now += 20
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me").status_code == 429


@pytest.mark.django_db
def test_strangers_are_counted_by_their_address(settings: Any, hands: Hands) -> None:
    settings.RATE_LIMIT_ADDRESS = 2
    here, there = Client(REMOTE_ADDR="203.0.113.1"), Client(REMOTE_ADDR="203.0.113.2")
    assert [here.get("/api/v1/pools").status_code for _ in range(3)] == [200, 200, 429]
    # What is refused for want of a sign-in counts too.
    assert [there.get("/api/v1/me").status_code for _ in range(3)] == [401, 401, 429]
    assert client_of(REMOTE_ADDR="203.0.113.1").get("/api/v1/me").status_code == 200


@pytest.mark.django_db
def test_signing_in_is_limited_like_everything_else(settings: Any, hands: Hands) -> None:
    settings.RATE_LIMIT_ADDRESS, settings.RATE_LIMIT_PERSON = 2, 1
    stranger = Client(REMOTE_ADDR="203.0.113.1", headers={"Accept-Language": "zh-hans"})
    address = "/_allauth/browser/v1/auth/session"
    answers = [stranger.get(address) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[1]["RateLimit-Remaining"] == "0"
    refused = answers[2]
    assert (refused["Content-Type"], refused["Retry-After"]) == ("application/problem+json", "30")
    assert (refused.json()["code"], refused.json()["title"]) == ("too_many_requests", "请求过于频繁")
    # It is the same bucket as that of the API; another address has another.
    assert Client(REMOTE_ADDR="203.0.113.1").get("/api/v1/pools").status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.2").get(address).status_code == 401
    person = client_of(REMOTE_ADDR="203.0.113.1")
    assert [person.get(address).status_code for _ in range(2)] == [200, 429]


@pytest.mark.django_db
def test_without_a_limit_nothing_is_counted(settings: Any) -> None:
    assert settings.RATE_LIMIT_PERSON == 0
    assert "RateLimit-Limit" not in client_of().get("/api/v1/me")


def test_the_bucket_not_asked_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEPT", 2)
    buckets = BucketsInMemory(Hands())
    for key in "abca":
        buckets.spend(key, 10)
    assert len(buckets._buckets) == 2
    assert buckets.spend("c", 10).remaining == 8


def test_without_redis_each_process_counts_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    buckets = BucketsInRedis("redis://127.0.0.1:1/0")
    assert [buckets.spend("a", 2).remaining for _ in range(2)] == [1, 0]
    assert buckets.spend("a", 2).wait > 0
    assert "Redis cannot be reached" in caplog.text
