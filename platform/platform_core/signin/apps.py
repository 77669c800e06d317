"""Sign-in as an application."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """How people sign in and stay signed in: sessions, lock-out, invitations, personal tokens."""

    name = "platform_core.signin"
    label = "signin"
