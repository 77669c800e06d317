"""The service on a loopback port: requests as they come in, with their faults, and the page on which one pays."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.stripe_server.faults import Fault
from tests.stripe_server.params import KNOWN, read_params
from tests.stripe_server.server import Request, StripeServer, error

_ROUTE = re.compile(r"/v1/(checkout/sessions|[a-z_]+)(?:/([A-Za-z0-9_]+))?(?:/([a-z]+))?")
_PAGE = re.compile(r"/pay/([A-Za-z0-9_]+)(?:/([a-z]+))?")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Http"

    def do_GET(self) -> None:
        if (found := _PAGE.fullmatch(urlsplit(self.path).path)) is not None:
            self._show(found[1])
        elif self.path == "/favicon.ico":
            self._send_text(204, "")
        else:
            self._serve("GET", urlsplit(self.path).query)

    def do_POST(self) -> None:
        fields = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if (found := _PAGE.fullmatch(urlsplit(self.path).path)) is not None:
            self._press(found[1], found[2])
        else:
            self._serve("POST", fields)

    def _show(self, session_id: str) -> None:
        """Show the page on which a session is paid, as far as a test needs one."""
        session = self.server.known.sessions[session_id]
        if session["status"] != "open":
            self._send_text(200, "<!doctype html><title>Closed</title><p>This page has closed.", kind="text/html")
            return
        amount = f"{session['amount_total'] / 100:.2f} {session['currency'].upper()}"
        self._send_text(
            200,
            f"""<!doctype html><html lang="en"><title>Pay</title><h1>{amount}</h1>
            <form method="post" action="/pay/{session_id}/pay"><button>Pay</button></form>
            <form method="post" action="/pay/{session_id}/decline"><button>Pay with a bad card</button></form>
            <a href="{session["cancel_url"]}">Back</a></html>""",
            kind="text/html",
        )

    def _press(self, session_id: str, button: str) -> None:
        known = self.server.known
        if button == "pay":
            known.pay(session_id)
        else:
            known.decline(session_id)
        self.send_response(303)
        self.send_header(
            "Location", known.sessions[session_id]["success_url"] if button == "pay" else f"/pay/{session_id}"
        )
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _serve(self, method: str, fields: str) -> None:
        known = self.server.known
        found = _ROUTE.fullmatch(urlsplit(self.path).path)
        assert found is not None, self.path
        name, ident, step = found.groups()
        route = f"{method} {name}" + ("/ID" if ident else "") + (f"/{step}" if step else "")
        params, key = read_params(fields), self.headers.get("Idempotency-Key", "")
        known.requests.append(Request(route, key, params))
        if self.headers.get("Authorization") != f"Bearer {known.key}":
            self._send(401, error("invalid_request_error", "Invalid API Key provided."))
            return
        if route not in KNOWN:
            self._send(404, error("invalid_request_error", f"Unrecognized request URL ({route})."))
            return
        fault = self._fault(route)
        match fault:
            case Fault.DROP_BEFORE:
                self._drop()
                return
            case Fault.LIMITED:
                self._send(429, error("invalid_request_error", "Too many requests", "rate_limit"))
                return
            case Fault.UNDER_WAY:
                self._send(409, error("idempotency_error", "Another request with this key is under way."))
                return
            case Fault.UNAVAILABLE:
                self._send_text(503, "<html>service unavailable</html>")
                return
            case Fault.ERROR_BEFORE:
                if key not in known.kept:
                    self._send(500, known.keeperror(route, ident or "", params, key))
                    return
        status, body, is_kept = known.answer(route, ident or "", params, key)
        if fault is Fault.ERROR_AFTER and not is_kept:
            self._send(500, known.keeperror(route, ident or "", params, key))
        elif fault is Fault.DROP_AFTER:
            self._drop()
        elif fault is Fault.CUT_AFTER:
            self._send_cut(body)
        else:
            self._send(status, body, kept=is_kept)

    def _fault(self, route: str) -> Fault:
        for place, (which, fault) in enumerate(self.server.known.faults):
            if which == route:
                del self.server.known.faults[place]
                return fault
        return Fault.NONE

    def _send(self, status: int, body: dict[str, Any], *, kept: bool = False) -> None:
        self._send_text(status, json.dumps(body), kept=kept)

    def _send_text(self, status: int, text: str, *, kept: bool = False, kind: str = "application/json") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if kept:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(content)

    def _send_cut(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self._drop()

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(2)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, known: StripeServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.known = known

    def handleerror(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that were closed on purpose."""


@contextlib.contextmanager
def served(clock: Callable[[], float] = time.time) -> Iterator[StripeServer]:
    """Serve on a loopback port of its own."""
    known = StripeServer(clock=clock)
    http = _Http(known)
    known.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        http.shutdown()
        http.server_close()
        thread.join(5)
