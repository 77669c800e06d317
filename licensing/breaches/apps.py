"""Breaches of licences as an application."""

from django.apps import AppConfig


class BreachesConfig(AppConfig):
    """What licensees did not keep, and how licences end before their time."""

    name = "licensing.breaches"
    label = "breaches"

    def ready(self) -> None:
        """Tell the home page what waits, and have no licence moved past a breach that is open."""
        from licensing.agreements.events import licence_step_asked, licences_held_asked
        from licensing.breaches import (
            kinds,  # noqa: F401 - the kinds of deadlines are known once it is loaded
            letters,  # noqa: F401 - the kinds of messages are known once it is loaded
        )
        from licensing.breaches.home import breaches_waiting, name_of_breach, name_of_termination
        from licensing.breaches.models import Breach, Termination
        from licensing.breaches.subscribers import name_licences_in_breach, refuse_steps_past_breach
        from platform_core.home.registry import tell_names, tell_waiting

        tell_waiting(breaches_waiting)
        tell_names(Breach, name_of_breach, along=("licence",))
        tell_names(Termination, name_of_termination, along=("licence",))
        licence_step_asked.subscribe(refuse_steps_past_breach)
        licences_held_asked.subscribe(name_licences_in_breach)
