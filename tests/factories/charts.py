"""What patents are said to read on, and charts of it."""

from typing import TYPE_CHECKING, Any

from platform_core.identity.models import Organisation
from pools.charts.calculation import key_of
from pools.charts.models import ChartState, ChartTarget, ClaimChart, TargetKind
from pools.patents.models import Patent
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World

ROW = {"element": "a display", "place": "7.2.1", "evidence": "figure 3"}


def make_chart_target(patent: Patent, organisation: Organisation, **columns: Any) -> ChartTarget:
    """A standard that an organisation says a patent reads on."""
    said = {"body": "T/UWA", "name": "005", "version": "2025", **columns}
    key = key_of(" ".join((said["body"], said["name"], said["version"])))
    return ChartTarget.objects.create(
        **{
            "patent": patent,
            "organisation": organisation,
            "kind": TargetKind.STANDARD,
            "key": key,
            "added_at": NOON,
            **said,
        }
    )


def make_claim_chart(target: ChartTarget, *, reviewed: bool = False, **columns: Any) -> ClaimChart:
    """The chart of claim 1, a draft unless it was reviewed."""
    done = {"state": ChartState.REVIEWED, "reviewed_at": NOON} if reviewed else {}
    return ClaimChart.objects.create(
        **{
            "target": target,
            "claim": 1,
            "number": target.charts.count() + 1,
            "rows": [ROW],
            "written_at": NOON,
            **done,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for patent in Patent.objects.filter(alliance__in=world.alliances).order_by("pk"):
        for owner in Organisation.objects.filter(ownerships__patent=patent, ownerships__to_on=None).order_by("pk"):
            target = make_chart_target(patent, owner)
            make_claim_chart(target, reviewed=True)
            make_claim_chart(target)
