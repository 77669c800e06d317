"""What the sign-in library asks us: who may come in, what is written down, and how messages leave."""

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from platform_core.api.requests import request_clock
from platform_core.audit.services import record_event
from platform_core.identity.models import User
from platform_core.messaging.services import send_message
from platform_core.secrets import seal, unseal
from platform_core.signin import letters
from platform_core.signin.acting import person_of
from platform_core.signin.letters import in_either_language
from platform_core.signin.lockout import begin_attempt, forget_failures, take_back
from platform_core.signin.models import DEVICE_AT_MOST, Session
from platform_core.signin.sessions import end_sessions, hash_of

_RECORDED: Final = {
    "account/email/email_changed": "user.email_changed",
    "socialaccount/email/account_connected": "user.other_sign_in_connected",
    "socialaccount/email/account_disconnected": "user.other_sign_in_disconnected",
}
"""The security news the library tells the owner of an account, and under what name each is recorded; changes of second
factors are recorded by `factors.py`."""


class AccountAdapter(DefaultAccountAdapter):
    """Accounts: made by invitation only, locked after failures, recorded."""

    error_messages: Final = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": in_either_language(
            "验证码错误次数过多。请等待 15 分钟后再试；若仍无法登录，请联系管理员。",
            "Too many wrong codes. Wait 15 minutes and try again; if that does not help, ask your administrator.",
        ),
        "rate_limited": in_either_language(
            "尝试次数过多，请等待几分钟后再试。", "Too many attempts: wait some minutes, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse everybody: accounts come from invitations."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the network address a request comes from; the server has seen to proxies already."""
        address: str = request.META.get("REMOTE_ADDR", "")
        return address

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Find the person of these credentials, unless account or address are locked; failures count."""
        email = str(credentials.get("email") or credentials.get("username") or "")
        attempt = begin_attempt(email=email, address=self.get_client_ip(request) or None, clock=request_clock)
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            take_back(attempt)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing here: `authenticate` has done so, exactly."""

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Say whether this is the password of the person who is signed in."""
        if not isinstance(user, User):
            return False
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """See to it that the person has an address on record before the steps of signing in are taken."""
        if isinstance(user, User):
            keep_address(user)
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign a person in and record it."""
        super().login(request, user)
        if isinstance(user, User):
            with transaction.atomic():
                record_event("user.signed_in", actor=person_of(request, user), subject=user)

    def logout(self, request: HttpRequest) -> None:
        """Sign the person out and record it; open sockets of the session close."""
        user = request.user
        if isinstance(user, User):
            actor = person_of(request, user)
            with transaction.atomic():
                record_event("user.signed_out", actor=actor, subject=user)
        super().logout(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change a password, record it, and sign the person out everywhere else."""
        if not isinstance(user, User):
            raise TypeError("a signed-in person is one of our users")
        request = context.request
        with transaction.atomic():
            super().set_password(user, password)
            record_event("user.password_changed", actor=person_of(request, user), subject=user)
            here = request.session.session_key if request.user.is_authenticated else None
            end_sessions(Session.objects.filter(user=user).exclude(key_hash=hash_of(here)))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Lift the lock of an account whose password was reset by its owner."""
        forget_failures(email=str(credentials.get("email", "")))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Record a change of how a person signs in, and tell the person."""
        if (name := _RECORDED.get(template_prefix)) and isinstance(user, User):
            with transaction.atomic():
                record_event(name, actor=person_of(self.request, user), subject=user)
        if isinstance(user, User):
            self.send_mail(template_prefix, email or user.email, {**(context or {}), "user": user})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Have one of the library's messages sent as one of ours, by a job, in the person's language."""
        given = context.get("user")
        user = given if isinstance(given, User) else None
        here = self.request.user
        send_message(
            actor=person_of(self.request, here) if isinstance(here, User) else letters.stranger(self.request),
            kind=letters.BY_TEMPLATE[template_prefix],
            user=user,
            address=email if user is not None else "",
            values={
                "name": user.name if user is not None else "",
                "link": str(context.get("password_reset_url") or context.get("activate_url") or ""),
                "address": self.get_client_ip(self.request),
                "device": self.get_http_user_agent(self.request)[:DEVICE_AT_MOST],
            },
        )


class HeadlessAdapter(DefaultHeadlessAdapter):
    """How a person looks to the browser while signing in: as the library has it."""


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: their secrets stand encrypted, bound to the person."""

    error_messages: Final = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": in_either_language(
            "验证码不正确或已使用过。请输入应用显示的下一个验证码，并确认手机时间准确；恢复代码每个只能使用一次。",
            "This code is wrong or was used already. Take the next one that your app shows, and check that your "
            "phone's clock is right; a recovery code works once.",
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret for the person whose it is."""
        return seal(text, bound_to=place_of_factor(_whose()))

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret of the person who signs in."""
        return unseal(encrypted_text, bound_to=place_of_factor(_whose()))

    def get_totp_issuer(self) -> str:
        """Name the installation by its host, so that people with several see which is which."""
        return f"Lianchi {context.request.get_host()}"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An organisation's own sign-in: it lets in who has an account here, and makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse strangers: accounts come from invitations."""
        return False


def place_of_factor(user_id: object) -> str:
    """Return the place that a second factor's secret is sealed for."""
    return f"mfa.authenticator.data:{user_id}"


def keep_address(user: User) -> None:
    """Put a person's e-mail address on record as proved: whoever made the account, by invitation or set-up, did so."""
    if not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def _whose() -> object:
    request = context.request
    if request.user.is_authenticated:
        return request.user.pk
    stage = get_pending_stage(request)
    if stage is None or stage.login.user is None:
        raise RuntimeError("a second factor was asked for while nobody signs in")
    return stage.login.user.pk
