"""What licences ask the rooms that hold powers over patents of others: custody and acquisition answer here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from licensing.direct.models import DirectKind
from platform_core.events import Hook


@dataclass(frozen=True, slots=True)
class PowerAsked:
    """Whether an organisation has the power to grant a kind of licence on patents, on every day of a term."""

    organisation_id: UUID
    kind: DirectKind
    patent_ids: Collection[UUID]
    first: date
    last: date | None
    """The last day; None: as long as the patents last."""


power_asked: Hook[[PowerAsked, set[UUID]]] = Hook("power to license asked")
"""Whoever keeps such powers adds the patents for which there is one; what nobody adds may not be licensed."""

open_licences_asked: Hook[[Collection[UUID], set[UUID]]] = Hook("open licences asked")
"""Whoever keeps declarations of open licences adds those of the patents of which one stands: of these nobody is
licensed alone."""
