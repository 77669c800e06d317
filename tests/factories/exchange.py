"""Files of other systems that are being taken in."""

from datetime import date
from typing import TYPE_CHECKING

from platform_core.exchange.models import Import, ImportState, SavedMapping
from platform_core.exchange.storage import file_of
from platform_core.identity.models import Alliance, Organisation
from platform_core.ids import new_id
from pools.patents.models import ImportedEvent, ImportedPatent, Outcome
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def make_import(alliance: Alliance, organisation: Organisation, name: str = "list.csv") -> Import:
    """A file of one row that was read and not taken in; the file itself is there only if it is written."""
    found = Import.objects.create(
        alliance=alliance,
        organisation=organisation,
        subject="patents.patent",
        state=ImportState.CHECKED,
        file_name=name,
        file_size=100,
        file_sha256="0" * 64,
        told={
            "kind": "csv",
            "encoding": "utf-8",
            "delimiter": ",",
            "sheet": "",
            "mapping": {"publication": "publication", "title": "title"},
        },
        counts={"new": 1},
        created_at=NOON,
    )
    ImportedPatent.objects.create(of_import=found, line=2, outcome=Outcome.NEW, new_id=new_id())
    ImportedEvent.objects.create(of_import=found, line=2, office="CN", code="TR01", announced_on=date(2024, 5, 7))
    return found


def write_file(found: Import) -> None:
    """Write the file of an import where it is kept."""
    file = file_of(found.pk)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"publication,title\nCN103294796B,display\n")


def make_saved_mapping(alliance: Alliance, name: str = "monthly list") -> SavedMapping:
    """What two columns mean."""
    return SavedMapping.objects.create(
        alliance=alliance,
        subject="patents.patent",
        name=name,
        mapping={"publication": "publication", "title": "title"},
        saved_at=NOON,
    )


def populate(world: "World") -> None:
    for alliance, organisation in zip(world.alliances, world.organisations[::2], strict=False):
        make_import(alliance, organisation)
        make_saved_mapping(alliance)
