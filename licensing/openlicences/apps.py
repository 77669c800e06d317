"""Open licences as an application."""

from django.apps import AppConfig


class OpenLicencesConfig(AppConfig):
    """Declarations of open licences, the licences taken under them, and what is stated and paid."""

    name = "licensing.openlicences"
    label = "openlicences"

    def ready(self) -> None:
        """Answer what lower rooms ask, hear what they tell, and say what waits for whom."""
        from licensing.direct.events import open_licences_asked
        from licensing.openlicences import (
            kinds,  # noqa: F401 - the kinds of deadlines are known once it is loaded
            subscribers,
        )
        from licensing.openlicences.home import open_licences_waiting
        from licensing.openlicences.models import OpenDeclaration, OpenLicence
        from platform_core.deadlines.events import prepare_each_day
        from platform_core.home.registry import tell_names, tell_waiting
        from pools.patents.events import ownership_ended, patent_ended
        from pools.upkeep.events import open_licences_asked as reductions_asked

        open_licences_asked.subscribe(subscribers.name_patents_open_to_all)
        reductions_asked.subscribe(subscribers.name_patents_licensed_openly)
        patent_ended.subscribe(subscribers.tell_of_end)
        ownership_ended.subscribe(subscribers.tell_of_new_owner)
        prepare_each_day(subscribers.catch_up_before_each_day)
        tell_waiting(open_licences_waiting)
        tell_names(OpenDeclaration, along=("patent",))
        tell_names(OpenLicence)
