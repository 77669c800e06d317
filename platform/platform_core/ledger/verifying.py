"""Reading books again from the first entry: whether each one is whole and follows the one before."""

from collections.abc import Iterator
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.identity.models import OperatingEntity
from platform_core.ledger.calculation import BEFORE_THE_FIRST, entry_hash, imbalances
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.selectors import content_of

_CHUNK = 2_000


def flaws(operating_entity_id: UUID, *, actor: Actor) -> Iterator[str]:
    """Yield what is wrong with the books of an operating entity, in the order of their entries; nothing if all is well.

    The database refuses to write any of it; this finds what was done to the database itself.
    """
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    currencies = dict(Account.objects.filter(operating_entity=entity).values_list("pk", "currency"))
    head, number = BEFORE_THE_FIRST, 0
    rows = Entry.objects.filter(operating_entity=entity).order_by("number").prefetch_related("postings")
    for entry in rows.iterator(chunk_size=_CHUNK):
        if entry.number != number + 1:
            yield f"entries {number + 1} to {entry.number - 1} are missing"
        if entry.previous_hash != head:
            yield f"entry {entry.number} does not follow the one before it"
        content = content_of(entry)
        found = entry_hash(
            entity_id=entity.pk,
            number=entry.number,
            previous=entry.previous_hash,
            booked_at=entry.booked_at,
            content=content,
        )
        if found != entry.hash:
            yield f"entry {entry.number} does not say what it said when it was booked"
        for currency, left in imbalances(content.lines, currencies).items():
            yield f"entry {entry.number} does not balance: {left} {currency}"
        head, number = entry.hash, entry.number
