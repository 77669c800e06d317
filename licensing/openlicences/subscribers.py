"""What open licences answer, and do, when rooms below ask or tell something."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from licensing.openlicences.models import STANDING_STATES, OpenDeclaration
from licensing.openlicences.selectors import openly_licensed_on, patents_with_open_licence
from licensing.openlicences.services.duties import catch_up_with_sums
from licensing.openlicences.services.telling import tell_declarant
from platform_core.access.actors import Actor
from pools.patents.models import Ownership, Patent


def name_patents_open_to_all(patent_ids: Collection[UUID], found: set[UUID]) -> None:
    """Name the patents of which a declaration stands, so that nobody is licensed alone."""
    found |= patents_with_open_licence(patent_ids)


def name_patents_licensed_openly(patent_ids: Collection[UUID], day: date, found: set[UUID]) -> None:
    """Name the patents of which an open licence is practised, whose annuities are reduced meanwhile."""
    found.update(openly_licensed_on(patent_ids, day))


def catch_up_before_each_day(actor: Actor, alliance_id: UUID) -> None:
    """Set the deadlines of sums that have none before a day's deadlines are looked at."""
    catch_up_with_sums(actor=actor, alliance_id=alliance_id)


def tell_of_end(actor: Actor, patent: Patent, before: date | None) -> None:
    """Tell whoever declared an open licence that the patent ends: what was declared comes to its end with it."""
    _tell(actor, patent.pk)


def tell_of_new_owner(actor: Actor, ownership: Ownership, day: date) -> None:
    """Tell whoever declared an open licence that an owner changed: whoever owns it now has to consent."""
    _tell(actor, ownership.patent_id)


def _tell(actor: Actor, patent_id: UUID) -> None:
    standing = OpenDeclaration.objects.filter(patent=patent_id, state__in=STANDING_STATES).select_related("patent")
    for declaration in standing.order_by("pk"):
        tell_declarant(actor=actor, declaration=declaration, kind="open_declaration.look")
