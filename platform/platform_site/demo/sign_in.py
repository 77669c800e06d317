"""Signing in as a person of the demonstration: only while the site runs in development."""

import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from platform_core.identity.models import User
from platform_site.demo.people import PEOPLE, SIGN_IN_WORD

_ADDRESSES = frozenset(person.email for person in PEOPLE)


class DemonstrationBackend(ModelBackend):
    """Lets the people of the demonstration in by the word printed for them.

    Their users have no password, so that the word opens nothing once this backend is gone. Sessions it opened end
    then too, as Django looks up the backend of a session at each request.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the person of that address if the word is right and the site runs in development."""
        address = (username or kwargs.get(User.USERNAME_FIELD) or "").strip().lower()
        if not settings.ENVIRONMENT.dev or address not in _ADDRESSES or password is None:
            return None
        if not hmac.compare_digest(password.encode(), SIGN_IN_WORD.encode()):
            return None
        user = User.objects.filter(email=address).first()
        # A password set since counts instead: then the account is no longer one of the demonstration.
        if user is None or user.has_usable_password() or not self.user_can_authenticate(user):
            return None
        return user
