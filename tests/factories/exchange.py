"""Files of other systems that are being taken in."""

from typing import TYPE_CHECKING

from platform_core.exchange.models import Import, ImportState
from platform_core.ids import new_id
from pools.patents.models import ImportedPatent, Outcome
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def populate(world: "World") -> None:
    for alliance, organisation in zip(world.alliances, world.organisations[::2], strict=False):
        found = Import.objects.create(
            alliance=alliance,
            organisation=organisation,
            subject="patents.patent",
            state=ImportState.CHECKED,
            file_name="list.csv",
            file_size=100,
            file_sha256="0" * 64,
            created_at=NOON,
        )
        ImportedPatent.objects.create(of_import=found, line=2, outcome=Outcome.NEW, new_id=new_id())
