"""Putting changes of second factors on record in the transaction of the change.

The library tells of some changes after they are committed, and of some before, so the factors of a person are compared
around a change instead.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from platform_core.audit.services import record_event
from platform_core.identity.models import User
from platform_core.signin.acting import person_of

_ADDED: Final[Mapping[str, str]] = {
    Authenticator.Type.TOTP: "user.authenticator_app_added",
    Authenticator.Type.WEBAUTHN: "user.passkey_added",
    Authenticator.Type.RECOVERY_CODES: "user.recovery_codes_made",
}
_REMOVED: Final[Mapping[str, str]] = {
    Authenticator.Type.TOTP: "user.authenticator_app_removed",
    Authenticator.Type.WEBAUTHN: "user.passkey_removed",
}
"""Recovery codes go when new ones are made, or with the last factor: both are on record already."""


@contextmanager
def recording_factors(request: HttpRequest) -> Iterator[None]:
    """Record which second factors the person of a request has after it that they had not before, and the reverse."""
    user = request.user
    if not isinstance(user, User):
        yield
        return
    before = _factors(user)
    yield
    after = _factors(user)
    gone = [_REMOVED.get(before[pk]) for pk in sorted(before.keys() - after.keys())]
    made = [_ADDED.get(after[pk]) for pk in sorted(after.keys() - before.keys())]
    for name in (*gone, *made):
        if name is not None:
            record_event(name, actor=person_of(request, user), subject=user)


def _factors(user: User) -> dict[int, str]:
    return dict(Authenticator.objects.filter(user=user).values_list("pk", "type"))
