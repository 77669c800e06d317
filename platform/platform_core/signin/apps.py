"""Sign-in as an application."""

from importlib import import_module

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """How people sign in and stay signed in: sessions, lock-out, invitations, personal tokens."""

    name = "platform_core.signin"
    label = "signin"

    def ready(self) -> None:
        """Have the API's description know of personal tokens."""
        import_module("platform_core.signin.schema")
