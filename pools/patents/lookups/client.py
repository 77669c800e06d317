"""Calling EPO's Open Patent Services: known by a token, as often as they allow, and no longer than it is worth."""

import base64
import hashlib
import json
import logging
import secrets
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpcore

from platform_core.calls import BoundedBackend, Ending
from platform_core.connections.registry import BreakOff, ConnectorProblem, CredentialsRefused, Fetching
from pools.patents.lookups.throttling import Throttling, read_throttling, read_used, read_wait

logger = logging.getLogger(__name__)

TOKEN_PATH: Final = "/3.2/auth/accesstoken"  # noqa: S105 - an address
SERVICES_PATH: Final = "/3.2/rest-services"
PATIENCE: Final = 60.0
"""Seconds for a whole call, however its answer drips."""
EACH_STEP: Final = 20.0
LARGEST_ANSWER: Final = 100_000_000
MOST_ATTEMPTS: Final = 4
"""Tries of one call that meets a fault which may pass."""
BACKOFF: Final = 1.0
"""Seconds to wait after the first such try, twice as long after each further one, and up to a quarter more."""
LONGEST_PAUSE: Final = 20.0
"""A longer wait is not sat out: the run breaks off, and goes on when it is over."""
A_MINUTE: Final = 60.0
"""Seconds that a service is left alone that is black and does not say for how long."""
ASKS_TO_WAIT: Final = "The office asks us to wait: it goes on then."
BEFORE_ITS_END: Final = 60.0
"""A token is renewed so many seconds before it ends."""
HOUR_QUOTA: Final = 450_000_000
WEEK_QUOTA: Final = 4_000_000_000
"""Bytes that a registered user may have for free, by EPO's fair use; told, and never counted on."""

_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_TOO_MUCH: Final = frozenset({413, 414})
_THROTTLED: Final = "Throttling"
"""Within the reason by which a call is refused because its service is black."""
_QUOTAS: Final = (("PerWeek", "week"), ("PerHour", "hour"), ("PerMinute", "minute"), ("PerDay", "day"))


class Unknown(Exception):
    """The office has none of what was asked for."""


class InvalidReference(Exception):
    """One of the numbers is none in the eyes of the office, which then answers for none of them."""


class TooMuch(Exception):
    """The answer would be too large: ask for less at a time."""


class Damaged(Exception):
    """What came is not what was asked for, or not whole."""


class _Unreachable(Exception):
    """A call that was not answered; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header, whatever the case of its name."""
        return self.headers.get(name.lower(), "")


_tokens: dict[str, tuple[str, float]] = {}
_tokens_lock = threading.Lock()


def account_of(secret: Mapping[str, str], *, address: str) -> str:
    """Return what the lock of an account is called: nobody finds it who does not know all of the credentials."""
    named = f"{address}\0{secret['key']}\0{secret['secret']}"
    return f"ops:{hashlib.sha256(named.encode()).hexdigest()}"


class OpsClient:
    """A line to the services, with the credentials of one connection."""

    def __init__(self, fetching: Fetching, *, address: str) -> None:
        parts = urlsplit(address)
        self._https, self._host = parts.scheme == "https", parts.hostname or ""
        self._port = parts.port or (443 if self._https else 80)
        self._prefix = parts.path.rstrip("/")
        self._fetching = fetching
        self._ending = Ending()
        self._throttling = Throttling()
        self._called_at: dict[str, float] = {}
        self._black_until: dict[str, datetime] = {}
        key, secret = fetching.secret["key"], fetching.secret["secret"]
        self._credentials = base64.b64encode(f"{key}:{secret}".encode()).decode()
        self._token_of = hashlib.sha256(f"{address}\0{self._credentials}".encode()).hexdigest()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            network_backend=BoundedBackend(self._ending),
            max_connections=1,
            retries=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def ask(self, path: str, *, service: str, numbers: Iterable[str] = ()) -> bytes:
        """Ask one of the services, for several numbers in the body of the call, and return the XML that comes.

        Raises Unknown, InvalidReference, TooMuch and Damaged, which are about this question, and ConnectorProblem,
        which is about all of them.
        """
        body = "\n".join(numbers).encode()
        is_renewed = False
        while True:
            headers = {"Authorization": f"Bearer {self._token()}", "Accept": "application/xml"}
            answer = self._call("POST" if body else "GET", SERVICES_PATH + path, headers, body, service=service)
            if _says_token_is_invalid(answer):
                self._forget_token()
                if is_renewed:
                    raise CredentialsRefused("The office does not accept the token that it gave us itself.")
                is_renewed = True
                continue
            return self._xml_of(answer, service)

    def _xml_of(self, answer: Answer, service: str) -> bytes:
        if answer.status == 200:
            if "xml" not in answer.header("content-type") or b"world-patent-data" not in answer.body[:4096]:
                raise Damaged("The office answered something else than patent data.")
            return answer.body
        if answer.status in (400, 404) and b"CLIENT." in answer.body:
            raise InvalidReference
        if answer.status == 404:
            raise Unknown
        if answer.status in _TOO_MUCH:
            raise TooMuch
        if answer.status == 403:
            raise self._forbidden(answer, service)
        raise ConnectorProblem(f"The office answered {answer.status}.")

    def _forbidden(self, answer: Answer, service: str) -> ConnectorProblem:
        """Tell a call that was refused because there were too many from one that is refused altogether."""
        reason, now = answer.header("x-rejection-reason"), self._fetching.now()
        logger.warning("OPS refused a call: %s", reason or "no reason was given")
        match next((span for word, span in _QUOTAS if word in reason), ""):
            case "week":
                return BreakOff("The quota of this week is used up: it goes on next Monday.", until=_next_monday(now))
            case "hour":
                return BreakOff("The quota of this hour is used up.", until=now + timedelta(hours=1))
            case "day":
                return BreakOff("The quota of this day is used up.", until=now + timedelta(days=1))
            case "minute":
                return BreakOff("There were too many calls in this minute.", until=now + timedelta(minutes=1))
        wait = read_wait(answer.header("retry-after"))
        if wait is not None or _THROTTLED in reason or self._throttling.spacing(service) is None:
            return BreakOff(ASKS_TO_WAIT, until=now + timedelta(seconds=wait or A_MINUTE))
        return CredentialsRefused("The office refuses our calls: look into the account that you have there.")

    def _token(self) -> str:
        with _tokens_lock:
            token, until = _tokens.get(self._token_of, ("", 0.0))
        if token and time.monotonic() < until:
            return token
        headers = {
            "Authorization": f"Basic {self._credentials}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        answer = self._call("POST", TOKEN_PATH, headers, b"grant_type=client_credentials", service="")
        if answer.status == 403 and (answer.header("x-rejection-reason") or answer.header("retry-after")):
            raise self._forbidden(answer, "")
        if answer.status in (400, 401, 403):
            raise CredentialsRefused("The office does not accept the credentials: enter them anew.")
        try:
            told: Any = json.loads(answer.body) if answer.status == 200 else {}
            token, lasts = str(told["access_token"]), float(told["expires_in"])
        except (ValueError, KeyError, TypeError):
            raise ConnectorProblem("The office gave no token.") from None
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ConnectorProblem("The office gave no token.")
        with _tokens_lock:
            _tokens[self._token_of] = (token, time.monotonic() + lasts - BEFORE_ITS_END)
        return token

    def _forget_token(self) -> None:
        with _tokens_lock:
            _tokens.pop(self._token_of, None)

    def _call(self, method: str, path: str, headers: dict[str, str], body: bytes, *, service: str) -> Answer:
        """Call once, and again where the fault may pass; who asks us to wait for long is left alone until then."""
        attempt = 0
        while True:
            attempt += 1
            self._keep_distance(service)
            asked_to_wait: float | None = None
            try:
                self._fetching.tally.requests += 1
                answer = self._send(method, path, headers, body)
            except _Unreachable as problem:
                fault = str(problem)
            else:
                self._listen(answer, service)
                if answer.status not in _PASSING:
                    return answer
                fault = f"The office answered {answer.status}."
                asked_to_wait = read_wait(answer.header("retry-after"))
            if attempt == MOST_ATTEMPTS:
                raise ConnectorProblem(fault)
            self._wait(_backoff(attempt) if asked_to_wait is None else asked_to_wait)

    def _keep_distance(self, service: str) -> None:
        if not service:
            return
        spacing = self._throttling.spacing(service)
        if spacing is None:
            until = self._black_until.get(service, self._fetching.now())
            self._wait((until - self._fetching.now()).total_seconds())
            self._throttling = Throttling()
        elif spacing and service in self._called_at:
            left = self._called_at[service] + spacing - time.monotonic()
            if left > 0:
                self._wait(left)
        self._called_at[service] = time.monotonic()

    def _wait(self, seconds: float) -> None:
        if seconds > LONGEST_PAUSE:
            until = self._fetching.now() + timedelta(seconds=seconds)
            raise BreakOff(ASKS_TO_WAIT, until=until)
        self._fetching.check()
        self._fetching.pause(max(seconds, 0.0))
        self._fetching.check()

    def _listen(self, answer: Answer, service: str) -> None:
        """Note what the services say of themselves and of what we used."""
        now = self._fetching.now()
        told = self._fetching.told
        if header := answer.header("x-throttling-control"):
            self._throttling = read_throttling(header)
            told["system"] = self._throttling.system
            told["services"] = {
                name: f"{colour}:{limit}" for name, (colour, limit) in self._throttling.services.items()
            }
            wait = read_wait(answer.header("retry-after"))
            for name in self._throttling.services:
                if self._throttling.spacing(name) is None:
                    self._black_until[name] = now + timedelta(seconds=A_MINUTE if wait is None else wait)
        used = {
            "hour": (read_used(answer.header("x-individualquotaperhour-used")), HOUR_QUOTA),
            "week": (read_used(answer.header("x-registeredquotaperweek-used")), WEEK_QUOTA),
        }
        for span, (count, quota) in used.items():
            if count is not None:
                told[f"{span}_used"], told[f"{span}_quota"] = count, quota
        told["at"] = now.isoformat()

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        sent = {"Host": self._name(), "User-Agent": "Lianchi/1", **headers}
        if body:
            sent.setdefault("Content-Type", "text/plain")
        self._ending.begin(PATIENCE)
        address = httpcore.URL(
            scheme=b"https" if self._https else b"http",
            host=self._host.encode(),
            port=self._port,
            target=(self._prefix + path).encode(),
        )
        steps = dict.fromkeys(("connect", "read", "write", "pool"), EACH_STEP)
        try:
            with self._pool.stream(
                method, address, headers=list(sent.items()), content=body, extensions={"timeout": steps}
            ) as answer:
                told = bytearray()
                for part in answer.iter_stream():
                    told += part
                    if len(told) > LARGEST_ANSWER:
                        raise TooMuch
                names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                return Answer(int(answer.status), names, bytes(told))
        except (httpcore.TimeoutException, TimeoutError):
            raise _Unreachable("The office did not answer in time.") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError):
            raise _Unreachable("The office could not be reached.") from None

    def _name(self) -> str:
        return self._host if self._port == (443 if self._https else 80) else f"{self._host}:{self._port}"


def _says_token_is_invalid(answer: Answer) -> bool:
    """Say whether a token is refused: OPS does so by 400 as well as by 401."""
    if answer.status == 401:
        return True
    told = answer.body[:4096].lower() + answer.header("www-authenticate").lower().encode()
    return answer.status == 400 and any(
        word in told for word in (b"invalid_access_token", b"invalid access token", b"access token has expired")
    )


def _backoff(attempt: int) -> float:
    return float(BACKOFF * 2 ** (attempt - 1) * (1 + secrets.randbelow(250) / 1000))


def _next_monday(now: datetime) -> datetime:
    """Return when the quota of a week begins anew: on Monday, at midnight of UTC."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())
