"""Charters as an application."""

from django.apps import AppConfig


class CharterConfig(AppConfig):
    """What members of an alliance agree to: charter and self-discipline convention, their versions and signatures."""

    name = "members.charter"
    label = "charter"

    def ready(self) -> None:
        """Tell the home page what is to be signed."""
        from members.charter import letters  # noqa: F401 - the kinds of messages are known once it is loaded
        from members.charter.home import signatures_to_chase, versions_to_sign
        from platform_core.home.registry import tell_waiting

        tell_waiting(versions_to_sign)
        tell_waiting(signatures_to_chase)
