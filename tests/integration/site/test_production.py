"""A site as it runs for an alliance: behind a proxy that ends https, asked over real connections."""

import signal
import tempfile
import time
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from platform_site.security import POLICY
from tests.integration.site.running import PATIENCE, Running, command, start

HOST = "alliance.example.org"
SETTINGS = {"PUBLIC_URL": f"https://{HOST}", "BEHIND_PROXY": "1", "FONT_DIR": ""}
EMAIL, PASSWORD = "wang@example.org", "five quiet rivers"
BASE = "/_allauth/browser/v1/"
YEAR = 31_536_000


@pytest.fixture(scope="module")
def site() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="lianchi-production-") as name:
        # The database's account has to reach it.
        Path(name).chmod(0o755)
        running = start(Path(name) / "site", **SETTINGS)
        try:
            options = ("--name", "王 Wang", "--organisation", "Example Association", "--password", PASSWORD)
            command(running.data, "admin", EMAIL, *options, **SETTINGS)
            yield running
        finally:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(PATIENCE)


class Browser:
    """A browser on the other side of the proxy: it keeps cookies, and sends them back as it was told to."""

    def __init__(self, site: Running, *, scheme: str = "https", host: str = HOST) -> None:
        self.site = f"http://127.0.0.1:{site.port}"
        self.headers = {"Host": host, "X-Forwarded-Proto": scheme, "X-Forwarded-For": "203.0.113.7"}
        self.cookies: dict[str, Morsel[str]] = {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        # Not left to the client, which rightly sends no secure cookie to the plain address that the proxy asks.
        kept = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        token = self.cookies.get("csrftoken")
        sent = {
            **self.headers,
            "Cookie": kept,
            "X-CSRFToken": token.value if token else "",
            "Referer": f"https://{HOST}/",
            **headers,
        }
        address = path if path.startswith("/") else BASE + path
        answer = httpx.request(method, self.site + address, json=body, headers=sent, timeout=PATIENCE)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.ask("POST", path, body, **headers)

    def sign_in(self) -> httpx.Response:
        self.get("auth/session")
        return self.post("auth/login", {"email": EMAIL, "password": PASSWORD})


def code_of(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


@pytest.mark.parametrize("path", ["/", "/nowhere.php", "/api/v1/pools", "/api/v1/me", f"{BASE}auth/session"])
def test_every_answer_tells_browsers_to_stay_with_https_and_with_our_own_files(site: Running, path: str) -> None:
    headers = Browser(site).get(path).headers
    assert headers["strict-transport-security"] == f"max-age={YEAR}"
    policy = headers["content-security-policy"]
    # The application's page alone has a nonce for the styles it makes.
    assert [part for part in policy.split("; ") if not part.startswith("style-src")] == [
        part for part in POLICY.split("; ") if not part.startswith("style-src")
    ]
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-request-id"]
    assert "server" not in headers


def test_plain_http_is_sent_to_https_except_for_questions_of_health(site: Running) -> None:
    plain = Browser(site, scheme="http")
    answer = plain.get("/api/v1/pools")
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{HOST}/api/v1/pools")
    assert plain.get("/healthz").status_code == 200
    assert Browser(site, host="evil.example").get("/api/v1/pools").status_code == 400


def test_a_change_needs_the_token_of_our_own_page(site: Running) -> None:
    browser = Browser(site)
    browser.get("auth/session")
    right = {"email": EMAIL, "password": PASSWORD}
    for headers in (
        {"X-CSRFToken": ""},
        {"X-CSRFToken": "c" * 32},
        {"Origin": "https://evil.example"},
        {"Referer": "https://evil.example/"},
        {"Referer": ""},
    ):
        assert browser.post("auth/login", right, **headers).status_code == 403, headers
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.sign_in().status_code == 200
    refused = browser.ask("PATCH", "/api/v1/me", {"language": "en"}, **{"X-CSRFToken": "c" * 32})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert browser.ask("PATCH", "/api/v1/me", {"language": "en"}).status_code == 200


def test_nobody_chooses_the_address_that_is_written_down_for_them(site: Running) -> None:
    browser = Browser(site)
    browser.headers["X-Forwarded-For"] = f"198.51.100.1, {browser.headers['X-Forwarded-For']}"
    assert browser.sign_in().status_code == 200
    (mine,) = [row for row in browser.get("/api/v1/me/sessions").json()["items"] if row["current"]]
    assert mine["address"] == "203.0.113.7"


def test_cookies_travel_by_https_only_and_no_script_reads_the_session(site: Running) -> None:
    browser = Browser(site)
    assert browser.sign_in().status_code == 200
    session, token = browser.cookies["sessionid"], browser.cookies["csrftoken"]
    assert session["secure"]
    assert session["httponly"]
    assert token["secure"]
    # The application's script sends it back, so it has to be able to read it.
    assert not token["httponly"]
    assert {session["samesite"], token["samesite"]} == {"Lax"}
    assert {session["domain"], token["domain"]} == {""}


def test_a_person_signs_in_with_password_and_code_also_after_the_key_was_changed_meanwhile(site: Running) -> None:
    desk = Browser(site)
    assert desk.sign_in().status_code == 200
    assert desk.post("auth/reauthenticate", {"password": PASSWORD}).status_code == 200
    secret = desk.get("account/authenticators/totp").json()["meta"]["secret"]
    assert desk.post("account/authenticators/totp", {"code": code_of(secret)}).status_code == 200

    phone = Browser(site)
    answer = phone.sign_in()
    assert answer.status_code == 401
    assert [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")] == ["mfa_authenticate"]
    assert phone.get("/api/v1/me").status_code == 401
    before = phone.cookies["sessionid"].value
    assert phone.post("auth/2fa/authenticate", {"code": "000000"}).status_code == 400
    # The code of the moment has been used; the one before it is taken too, as clocks differ.
    assert phone.post("auth/2fa/authenticate", {"code": code_of(secret, steps=-1)}).status_code == 200
    assert phone.get("/api/v1/me").json()["email"] == EMAIL
    assert phone.cookies["sessionid"].value != before

    keys = site.data / "encryption_keys"
    assert [line.split(":")[0] for line in keys.read_text().split()] == ["k1"]
    told = command(site.data, "secrets", "rotate", **SETTINGS)
    assert "everything has the key k2 now" in told
    assert [line.split(":")[0] for line in keys.read_text().split()] == ["k2", "k1"]
    assert phone.get("/api/v1/me").status_code == 200
    assert "The older keys are gone." in command(site.data, "secrets", "rotate", "--forget-old", **SETTINGS)
    assert [line.split(":")[0] for line in keys.read_text().split()] == ["k3"]
    assert phone.get("/api/v1/me").status_code == 200

    tablet = Browser(site)
    assert tablet.sign_in().status_code == 401
    assert tablet.post("auth/2fa/authenticate", {"code": code_of(secret, steps=1)}).status_code == 200
    assert tablet.get("/api/v1/me").status_code == 200
    assert tablet.ask("DELETE", "auth/session").status_code == 401
    assert tablet.get("/api/v1/me").status_code == 401
