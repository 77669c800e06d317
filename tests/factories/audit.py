"""Seals of the record for tests that hold for every model."""

from typing import TYPE_CHECKING

from platform_core.audit.models import AuditSeal
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def populate(world: "World") -> None:
    """Two seals, as if so many events had been sealed."""
    for number in (1, 2):
        AuditSeal.objects.create(
            number=number,
            form=1,
            first_row=number,
            last_row=number,
            previous_head=f"{number - 1}" * 64,
            head=f"{number}" * 64,
            key_id="k" * 32,
            signature="-",
            sealed_at=NOON,
        )
