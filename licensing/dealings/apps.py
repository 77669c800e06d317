"""Dealings with prospects as an application."""

from django.apps import AppConfig


class DealingsConfig(AppConfig):
    """What prospects apply for, what is offered to them and agreed, and how licences come about and end."""

    name = "licensing.dealings"
    label = "dealings"

    def ready(self) -> None:
        """Tell the home page what waits in dealings, and have no licence moved behind the back of one."""
        from licensing.agreements.events import licence_step_asked, licences_held_asked
        from licensing.dealings import (
            kinds,  # noqa: F401 - the kinds of deadlines are known once it is loaded
            letters,  # noqa: F401 - the kinds of messages are known once it is loaded
        )
        from licensing.dealings.home import dealings_waiting, name_of_dealing
        from licensing.dealings.models import Dealing
        from licensing.dealings.subscribers import name_licences_in_dealings, refuse_steps_past_dealing
        from platform_core.home.registry import tell_names, tell_waiting

        tell_waiting(dealings_waiting)
        tell_names(Dealing, name_of_dealing, along=("programme",))
        licence_step_asked.subscribe(refuse_steps_past_dealing)
        licences_held_asked.subscribe(name_licences_in_dealings)
