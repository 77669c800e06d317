"""A browser that signs in as the web application does: JSON, session cookie and CSRF token."""

import json
from typing import Any

from django.test import Client

from platform_core.identity.models import User
from tests.factories.core import make_seat

PASSWORD = "a-password-of-ours"
BASE = "/_allauth/browser/v1/"


def make_person(email: str = "wang@example.org", **columns: Any) -> User:
    """A person with a password and a seat."""
    user = User.objects.create_user(email, name="王 Wang", password=PASSWORD)
    for name, value in columns.items():
        setattr(user, name, value)
    user.save()
    make_seat(user)
    return user


class Browser:
    """One browser with its own cookies."""

    def __init__(self, *, address: str = "127.0.0.1", device: str = "Mozilla/5.0 (Test)") -> None:
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address, HTTP_USER_AGENT=device)
        self.client.get(f"{BASE}auth/session")

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Send a request; paths that begin with a slash are ours, others the sign-in's."""
        address = path if path.startswith("/") else BASE + path
        cookie = self.client.cookies.get("csrftoken")
        return self.client.generic(
            method,
            address,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"X-CSRFToken": cookie.value if cookie else "", **headers},
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self.ask("POST", path, body if body is not None else {}, **headers)

    def delete(self, path: str, body: object = None) -> Any:
        return self.ask("DELETE", path, body)

    def sign_in(self, email: str = "wang@example.org", password: str = PASSWORD, **headers: str) -> Any:
        return self.post("auth/login", {"email": email, "password": password}, **headers)

    def is_signed_in(self) -> bool:
        return bool(self.get("/api/v1/me").status_code == 200)
