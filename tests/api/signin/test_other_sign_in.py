"""An organisation's own sign-in (OpenID Connect), against a provider on this machine."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import override_settings

from platform_core.identity.models import User
from tests.api.signin.browser import Browser, make_person
from tests.api.signin.test_factors import pending, with_app

pytestmark = pytest.mark.django_db

CLIENT = "lianchi"


class Provider:
    """A provider that lets one person in, and says whether it has verified the person's address."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "42", "email": "wang@example.org", "email_verified": True, "name": "Wang"}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(provider.claims if self.path == "/userinfo" else provider.configuration())

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                now = int(time.time())
                claims = {**provider.claims, "iss": provider.address, "aud": CLIENT, "iat": now, "exp": now + 60}
                token = jwt.encode(claims, "x" * 32, algorithm="HS256")
                self._answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

            def _answer(self, document: dict[str, Any]) -> None:
                body = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
        }


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    app = {
        "provider_id": "oidc",
        "name": "Example Association",
        "client_id": CLIENT,
        "secret": "s",
        "settings": {"server_url": made.address},
    }
    with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}):
        yield made
    made.server.shutdown()
    made.server.server_close()


def go_and_come_back(browser: Browser) -> Any:
    token = browser.client.cookies["csrftoken"].value
    form = {"provider": "oidc", "process": "login", "callback_url": "/sign-in", "csrfmiddlewaretoken": token}
    away = browser.client.post("/_allauth/browser/v1/auth/provider/redirect", form)
    assert away.status_code == 302
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"][0].endswith("/_allauth/oidc/oidc/login/callback/")
    return browser.client.get("/_allauth/oidc/oidc/login/callback/", {"code": "c", "state": asked["state"][0]})


def test_the_sign_in_is_offered_where_it_is_set_up(provider: Provider) -> None:
    flows = Browser().get("auth/session").json()["data"]["flows"]
    assert any(flow["id"] == "provider_redirect" and flow["providers"] == ["oidc"] for flow in flows)


def test_a_person_with_an_account_gets_in(provider: Provider) -> None:
    person = make_person()
    browser = Browser()
    answer = go_and_come_back(browser)
    assert answer.status_code == 302
    assert browser.get("/api/v1/me").json()["user"] == str(person.pk)


def test_a_stranger_does_not_get_in_and_no_account_is_made(provider: Provider) -> None:
    browser = Browser()
    go_and_come_back(browser)
    assert not browser.is_signed_in()
    assert not User.objects.exists()


def test_an_address_the_provider_has_not_verified_opens_no_account(provider: Provider) -> None:
    make_person()
    provider.claims["email_verified"] = False
    browser = Browser()
    go_and_come_back(browser)
    assert not browser.is_signed_in()


def test_the_second_factor_is_asked_for_here_too(provider: Provider) -> None:
    make_person()
    desk = Browser()
    desk.sign_in()
    with_app(desk)
    browser = Browser()
    go_and_come_back(browser)
    assert not browser.is_signed_in()
    assert pending(browser.get("auth/session")) == ["mfa_authenticate"]


def test_a_forged_return_is_refused(provider: Provider) -> None:
    make_person()
    browser = Browser()
    browser.client.get("/_allauth/oidc/oidc/login/callback/", {"code": "c", "state": "forged"})
    assert not browser.is_signed_in()
