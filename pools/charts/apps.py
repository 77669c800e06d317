"""Claim charts as an application."""

from django.apps import AppConfig


class ChartsConfig(AppConfig):
    """What patents are said to read on, standards and products, and the charts that show it claim by claim."""

    name = "pools.charts"
    label = "charts"

    def ready(self) -> None:
        """Answer which patents read on a standard, and say what charts are called where they are news."""
        from platform_core.home.registry import tell_names
        from pools.charts.models import ChartTarget, ClaimChart
        from pools.charts.selectors import patents_on_standard
        from pools.patents.events import standard_asked

        standard_asked.subscribe(patents_on_standard)
        tell_names(ChartTarget)
        tell_names(ClaimChart, along=("target",))
