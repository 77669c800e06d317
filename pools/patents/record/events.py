"""Legal events on record as those by which a status is worked out."""

from pools.patents.models import LegalEvent
from pools.patents.status import Event


def event_of(row: LegalEvent) -> Event:
    """Return an event on record as what a status is worked out from."""
    return Event(
        office=row.office,
        code=row.code,
        on=row.announced_on,
        effective_on=row.effective_on,
        at_office=row.at_office,
    )
