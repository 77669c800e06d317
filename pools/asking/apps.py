"""Requests for licences from owners as an application."""

from django.apps import AppConfig


class AskingConfig(AppConfig):
    """What anybody asks an owner in a pool for: a licence from that owner alone, beside what the pool offers."""

    name = "pools.asking"
    label = "asking"

    def ready(self) -> None:
        """Tell the home page what waits for an answer."""
        from platform_core.home.registry import tell_names, tell_waiting
        from pools.asking import letters  # noqa: F401 - the kinds of messages are known once it is loaded
        from pools.asking.home import requests_to_answer
        from pools.asking.models import LicenceRequest

        tell_waiting(requests_to_answer)
        tell_names(LicenceRequest, along=("pool",))
