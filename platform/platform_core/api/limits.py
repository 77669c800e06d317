"""How often one may ask: each person, token and address has a bucket of requests that fills up again steadily."""

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

logger = logging.getLogger(__name__)

MINUTE: Final = 60.0
MOST_KEPT: Final = 50_000
"""Buckets kept in memory; the one that was not asked for longest is forgotten, which leaves it full."""

_SPENT: Final = "lianchi.allowance"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a bucket after a request."""

    limit: int
    remaining: int
    full_in: int
    """Seconds until the bucket is full again."""
    wait: float
    """Seconds until the next request is taken; 0 if this one was."""


class Buckets(Protocol):
    """Where buckets are kept."""

    def spend(self, key: str, limit: int) -> Allowance:
        """Take one request out of a bucket that holds `limit` and fills up within a minute."""
        ...


class BucketsInMemory:
    """Buckets of this process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, key: str, limit: int) -> Allowance:
        """Take one request out of a bucket."""
        now = self._now()
        with self._lock:
            tokens, at = self._buckets.pop(key, (float(limit), now))
            tokens = min(limit, tokens + (now - at) * limit / MINUTE)
            taken = tokens >= 1
            if taken:
                tokens -= 1
            self._buckets[key] = (tokens, now)
            if len(self._buckets) > MOST_KEPT:
                self._buckets.popitem(last=False)
        return _allowance(tokens, limit, taken=taken)


class BucketsInRedis:
    """Buckets that several processes share; where Redis cannot be reached, each has its own meanwhile."""

    SCRIPT: Final = """
        local limit, minute = tonumber(ARGV[1]), tonumber(ARGV[2])
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
        local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens, at = tonumber(kept[1]) or limit, tonumber(kept[2]) or now
        tokens = math.min(limit, tokens + math.max(0, now - at) * limit / minute)
        local taken = 0
        if tokens >= 1 then
            tokens = tokens - 1
            taken = 1
        end
        redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
        redis.call('EXPIRE', KEYS[1], math.ceil(minute) + 1)
        return {taken, tostring(tokens)}
    """

    def __init__(self, url: str) -> None:
        import redis

        self._failures: tuple[type[Exception], ...] = (redis.RedisError, OSError)
        self._script: Any = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5).register_script(
            self.SCRIPT
        )
        self._own = BucketsInMemory()

    def spend(self, key: str, limit: int) -> Allowance:
        """Take one request out of a bucket."""
        try:
            taken, tokens = self._script(keys=[f"lianchi:limit:{key}"], args=[limit, MINUTE])
        except self._failures:
            logger.warning("requests are counted by each process, as Redis cannot be reached")
            return self._own.spend(key, limit)
        return _allowance(float(tokens), limit, taken=bool(int(taken)))


@cache
def buckets() -> Buckets:
    """Return the buckets of this site: shared by Redis where several processes serve it."""
    return BucketsInRedis(settings.REDIS_URL) if settings.REDIS_URL else BucketsInMemory()


def spend_request(request: Request) -> None:
    """Count a request against its person or token, or else its address; refuse it where nothing is left (429)."""
    token = getattr(request.auth, "pk", None)
    if token is not None:
        _spend(request._request, f"token:{token}", settings.RATE_LIMIT_PERSON)
    else:
        _spend(request._request, *_person_or_address(request))


def spend_sign_in(request: HttpRequest) -> None:
    """Count a request of a browser outside the API's views, as if it were one of theirs."""
    _spend(request, *_person_or_address(request))


def spend_stranger(request: HttpRequest) -> None:
    """Count a request against its address, whoever it says it comes from: nobody has confirmed that."""
    _spend(request, *_address(request))


def tell_allowance(request: HttpRequest, response: HttpResponseBase) -> None:
    """Tell the caller what is left, in the headers `RateLimit-Limit`, `-Remaining` and `-Reset`."""
    left = request.META.get(_SPENT)
    if isinstance(left, Allowance):
        response.headers["RateLimit-Limit"] = str(left.limit)
        response.headers["RateLimit-Remaining"] = str(left.remaining)
        response.headers["RateLimit-Reset"] = str(left.full_in)


def _person_or_address(request: HttpRequest | Request) -> tuple[str, int]:
    if request.user.is_authenticated:
        return f"person:{request.user.pk}", settings.RATE_LIMIT_PERSON
    return _address(request)


def _address(request: HttpRequest | Request) -> tuple[str, int]:
    return f"address:{request.META.get('REMOTE_ADDR', '')}", settings.RATE_LIMIT_ADDRESS


def _spend(request: HttpRequest, key: str, limit: int) -> None:
    if limit <= 0:
        return
    left = buckets().spend(key, limit)
    request.META[_SPENT] = left
    if left.wait:
        raise Throttled(wait=left.wait)


def _allowance(tokens: float, limit: int, *, taken: bool) -> Allowance:
    return Allowance(
        limit=limit,
        remaining=math.floor(tokens),
        full_in=math.ceil((limit - tokens) * MINUTE / limit),
        wait=0.0 if taken else max(0.001, (1 - tokens) * MINUTE / limit),
    )
