"""Finding what patents are said to read on, and the charts of it."""

from uuid import UUID

from django.db.models import Q

from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from pools.charts.calculation import key_of
from pools.charts.models import ChartState, ChartTarget, ClaimChart, TargetKind
from pools.charts.policies import EDIT_CLAIM_CHART


def chart_targets(*, actor: Actor) -> VisibleQuerySet[ChartTarget]:
    """List the standards and products that the actor may know patents to read on."""
    return ChartTarget.objects.visible_to(actor).select_related("patent")


def claim_charts(*, actor: Actor) -> VisibleQuerySet[ClaimChart]:
    """List the versions of charts the actor may see, with what they are about and without their rows."""
    charts = ClaimChart.objects.visible_to(actor).select_related("target__patent", "written_by", "reviewed_by")
    return charts.defer("rows")


def get_chart_target(target_id: UUID, *, actor: Actor, for_change: bool = False) -> ChartTarget:
    """Return one standard or product the actor may know of, locked if it is to be changed."""
    return get_visible(ChartTarget, target_id, actor=actor, for_change=for_change)


def get_claim_chart(chart_id: UUID, *, actor: Actor, for_change: bool = False) -> ClaimChart:
    """Return one version of a chart the actor may see, locked if it is to be changed."""
    return get_visible(ClaimChart, chart_id, actor=actor, for_change=for_change)


def allowed_steps(chart: ClaimChart, *, actor: Actor) -> list[str]:
    """Return what the actor may do with a version: write, review or discard a draft, or begin the next one."""
    if not can(actor, EDIT_CLAIM_CHART, chart):
        return []
    return ["edit", "review", "discard"] if chart.state == ChartState.DRAFT else ["next"]


def patents_on_standard(actor: Actor, text: str, found: list[Q]) -> None:
    """Add the condition for patents that read on a standard, as far as the actor may know that they do."""
    key = key_of(text)
    if key:
        rows = ChartTarget.objects.visible_to(actor).filter(kind=TargetKind.STANDARD, key__contains=key)
        found.append(Q(pk__in=rows.order_by().values("patent")))
