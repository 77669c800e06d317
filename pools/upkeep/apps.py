"""Keeping patents alive as an application."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """Yearly fees as deadlines, what was paid, and orders to pay."""

    name = "pools.upkeep"
    label = "upkeep"

    def ready(self) -> None:
        """Follow what changes patents and their deadlines, and look after all of them before each day."""
        from platform_core.deadlines.events import deadlines_moved_on, prepare_each_day
        from platform_core.home.registry import tell_names
        from pools.patents.events import patents_changed
        from pools.upkeep import (
            kinds,  # noqa: F401 - the kinds of deadlines are known once it is loaded
            subscribers,
        )
        from pools.upkeep.models import PaymentOrder

        patents_changed.subscribe(subscribers.patents_changed)
        deadlines_moved_on.subscribe(subscribers.follow_settled)
        prepare_each_day(subscribers.follow_before_each_day)
        tell_names(PaymentOrder)
