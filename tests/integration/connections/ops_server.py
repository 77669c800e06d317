"""A server on this machine that speaks as EPO's Open Patent Services do, with faults that a test switches on.

It knows made-up documents. Every call is noted. Nothing it does takes longer than some seconds.
"""

import base64
import json
import socket
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

KEY, SECRET = "consumer-key", "consumer-secret"
IDLE = "idle (images=green:200, inpadoc=green:60, other=green:1000, retrieval=green:200, search=green:30)"
ENDS_AFTER = 6.0
"""Seconds after which a slow answer is given up, so that a test that fails does not hang."""

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<ops:world-patent-data xmlns="http://www.epo.org/exchange" xmlns:ops="http://ops.epo.org">'
)
FOOT = "</ops:world-patent-data>"
FAULT = '<?xml version="1.0"?><fault xmlns="http://ops.epo.org"><code>{}</code><message>{}</message></fault>'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "world-patent-data"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    "<world-patent-data>&c;&c;&c;&c;</world-patent-data>"
)
HTML = "<!DOCTYPE html><html><body>We are working on world-patent-data.</body></html>"


@dataclass
class Record:
    """A made-up document of the office."""

    number: str
    """CN.103294796.B"""
    title: str = "ROLLABLE LANTERN"
    application: str = ""
    """CN.201310199708.A"""
    family: str = "900001"
    published: str = "20160504"
    filed: str = "20130527"
    events: tuple[tuple[str, str], ...] = ()
    """Codes with days: (`MM4A`, `2024-05-31`)."""

    def reference(self, number: str, day: str) -> str:
        office, serial, kind = number.split(".")
        return (
            f'<document-id document-id-type="docdb"><country>{office}</country><doc-number>{serial}</doc-number>'
            f"<kind>{kind}</kind><date>{day}</date></document-id>"
        )

    def publication(self) -> str:
        return f"<publication-reference>{self.reference(self.number, self.published)}</publication-reference>"

    def filing(self) -> str:
        if not self.application:
            return ""
        return f"<application-reference>{self.reference(self.application, self.filed)}</application-reference>"

    def document(self) -> str:
        office, serial, kind = self.number.split(".")
        return (
            f'<exchange-document system="ops.epo.org" family-id="{self.family}" country="{office}"'
            f' doc-number="{serial}" kind="{kind}"><bibliographic-data>{self.publication()}{self.filing()}'
            f'<invention-title lang="en">{escape(self.title)}</invention-title></bibliographic-data>'
            f"</exchange-document>"
        )

    def member(self) -> str:
        office = self.number.split(".")[0]
        events = "".join(
            f'<ops:legal code="{code:4}" desc="EVENT {code}" infl="-"><ops:L001EP>{office}</ops:L001EP>'
            f"<ops:L007EP>{day}</ops:L007EP><ops:L008EP>{code}</ops:L008EP></ops:legal>"
            for code, day in self.events
        )
        return (
            f'<ops:family-member family-id="{self.family}">{self.publication()}{self.filing()}{events}'
            f"</ops:family-member>"
        )


@dataclass
class Told:
    """An answer of the server."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the line is closed before all that was promised is sent."""


Fault = Callable[["Call"], Told | None]
"""What is done with a call instead of answering it; None: the line is cut without an answer."""


@dataclass
class Call:
    """A call, as it came."""

    service: str
    """token, biblio or family."""
    path: str
    numbers: list[str]
    answer: Callable[[], Told]
    """How it is answered where nothing is wrong."""


class OpsServer:
    """What the server knows, what is to go wrong, and what was asked of it."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.calls: list[Call] = []
        self.throttling = IDLE
        self.lasts = 1199
        self.tokens: set[str] = set()
        self.over = threading.Event()
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def know(self, *records: Record) -> None:
        self.records.update({record.number: record for record in records})

    def fail(self, service: str, *faults: Fault) -> None:
        """Have the next calls to a service go wrong, one after the other."""
        self._faults[service].extend(faults)

    def forget_faults(self) -> None:
        """Have nothing go wrong any more."""
        self._faults.clear()

    def count(self, service: str = "") -> int:
        return len([call for call in self.calls if not service or call.service == service])

    def asked(self, service: str) -> list[list[str]]:
        return [call.numbers for call in self.calls if call.service == service]

    def take(self, path: str, body: str, authorization: str) -> Told | None:
        """Answer a call, or do with it what is to go wrong."""
        service = "token" if path.endswith("accesstoken") else "family" if "/family/" in path else "biblio"
        numbers = [line for line in body.splitlines() if line]
        if service == "family":
            numbers = [path.split("/docdb/")[1].removesuffix("/legal")]
        call = Call(service, path, numbers, lambda: self._answer(service, path, numbers, authorization))
        self.calls.append(call)
        faults = self._faults[service]
        return faults.popleft()(call) if faults else call.answer()

    def _answer(self, service: str, path: str, numbers: list[str], authorization: str) -> Told:
        if service == "token":
            return self._token(authorization)
        if authorization.removeprefix("Bearer ") not in self.tokens:
            return Told(400, FAULT.format("invalid_access_token", "Access token has expired"))
        if service == "family":
            found = self.records.get(numbers[0])
            family = [one for one in self.records.values() if found is not None and one.family == found.family]
            parts = "".join(one.member() for one in family)
            parts = f'<ops:patent-family legal="true">{parts}</ops:patent-family>' if family else ""
        else:
            parts = "".join(one.document() for number in numbers for one in self._known(path, number))
            parts = f"<exchange-documents>{parts}</exchange-documents>" if parts else ""
        if not parts:
            return Told(404, FAULT.format("SERVER.EntityNotFound", "No results found"))
        return Told(200, HEAD + parts + FOOT)

    def _known(self, path: str, number: str) -> list[Record]:
        if "/application/" in path:
            return [one for one in self.records.values() if one.application == number]
        return [self.records[number]] if number in self.records else []

    def _token(self, authorization: str) -> Told:
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if given != f"{KEY}:{SECRET}":
            return Told(401, json.dumps({"Error": "ClientId is Invalid"}))
        token = f"token-{len(self.tokens) + 1}"
        self.tokens.add(token)
        return Told(200, json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": str(self.lasts)}))


def answers(status: int, body: str = "", **headers: str) -> Fault:
    """Answer with a status, and with headers whose names have lines below for hyphens."""
    return lambda call: Told(status, body, {name.replace("_", "-"): text for name, text in headers.items()})


def throttled(service: str, waits: str = "216383") -> Fault:
    """Refuse a call because there were too many to a service: as what is forbidden, as the office does."""
    header = f"idle (images=green:200, other=green:1000, retrieval=green:200, search=green:30, {service}=black:0)"
    return answers(
        403,
        "<error/>",
        X_Rejection_Reason="ThrottlingControlQuota",
        X_Throttling_Control=header,
        **({"Retry_After": waits} if waits else {}),
    )


def used_up(quota: str) -> Fault:
    """Refuse a call because a quota is used up."""
    return answers(403, "<error/>", X_Rejection_Reason=quota)


def cut_line(call: Call) -> None:
    """Close the line without an answer."""


def cut_short(call: Call) -> Told:
    """Close the line in the middle of the answer."""
    told = call.answer()
    return Told(told.status, told.body, told.headers, cut=True)


def breaks_off(call: Call) -> Told:
    """Answer with XML that breaks off, and promise no more than that."""
    told = call.answer()
    return Told(200, told.body[: len(told.body) // 2])


@contextmanager
def ops_server() -> Iterator[tuple[OpsServer, str]]:
    """A server, and the address to call."""
    ops = OpsServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = ENDS_AFTER

        def do_GET(self) -> None:
            self._take("")

        def do_POST(self) -> None:
            self._take(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def _take(self, body: str) -> None:
            told = ops.take(self.path, body, self.headers.get("Authorization", ""))
            if told is None:
                # A reset, not an orderly end.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
                return
            sent = told.body.encode()
            self.send_response(told.status)
            headers = {
                "Content-Type": "text/html" if told.body.startswith("<!DOCTYPE html") else "application/xml",
                "Content-Length": str(len(sent)),
                "X-Throttling-Control": ops.throttling,
                "X-IndividualQuotaPerHour-Used": "3006",
                "X-RegisteredQuotaPerWeek-Used": "900006",
                **told.headers,
            }
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(sent[: len(sent) // 2] if told.cut else sent)
            self.close_connection = self.close_connection or told.cut

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield ops, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            ops.over.set()
            server.shutdown()


def slow(ops: OpsServer) -> Fault:
    """Take longer than anybody waits."""

    def answer(call: Call) -> None:
        ops.over.wait(ENDS_AFTER)

    return answer
