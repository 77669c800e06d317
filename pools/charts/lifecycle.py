"""The states of a version of a chart and the steps between them."""

from typing import Final

from platform_core.lifecycle import Lifecycle
from pools.charts.models import ChartState

CHART_LIFECYCLE: Final = Lifecycle({"chart review": ({ChartState.DRAFT}, ChartState.REVIEWED)})
