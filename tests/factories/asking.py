"""Requests for bilateral licences."""

from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any

from platform_core.identity.models import Language, Organisation
from pools.asking.models import LicenceRequest, RequestedPatent, RequestState
from pools.composition.models import Pool, PoolEntry
from pools.patents.models import Patent
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World

_numbers = count(1)


def make_licence_request(pool: Pool, addressee: Organisation, *patents: Patent, **columns: Any) -> LicenceRequest:
    """A request for these patents of an owner, or for all it has, by default confirmed and not looked at yet."""
    number = next(_numbers)
    request = LicenceRequest.objects.create(
        **{
            "pool": pool,
            "addressee": addressee,
            "is_whole": not patents,
            "asker_name": f"Asker {number}",
            "asker_organisation": f"Asking {number} Ltd",
            "asker_email": f"asker{number}@example.net",
            "asker_country": "DE",
            "language": Language.ENGLISH,
            "products": "display modules",
            "key_hash": sha256(f"key {number}".encode()).hexdigest(),
            "intention_hash": sha256(f"intention {number}".encode()).hexdigest(),
            "asked_at": NOON,
            "moved_at": NOON,
            **{name: value for name, value in columns.items() if name != "state"},
        }
    )
    for patent in patents:
        RequestedPatent.objects.create(request=request, patent=patent)
    # What it is for is fixed from here on.
    request.state = columns.get("state", RequestState.RECEIVED)
    if request.state != RequestState.UNCONFIRMED:
        request.confirmed_at = NOON
        request.save(update_fields=["state", "confirmed_at"])
    return request


def populate(world: "World") -> None:
    for alliance in world.alliances:
        pool = Pool.objects.get(alliance=alliance, code="open")
        for entry in PoolEntry.objects.filter(member__pool=pool).select_related("member__membership__organisation"):
            owner = entry.member.membership.organisation
            make_licence_request(pool, owner, entry.patent)
            make_licence_request(pool, owner, state=RequestState.UNCONFIRMED)
