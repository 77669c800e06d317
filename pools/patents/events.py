"""News about patents that upper rooms must hear in the same transaction."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q

from platform_core.access.actors import Actor
from platform_core.events import Hook
from pools.patents.models import Ownership, Patent

ownership_ended: Hook[[Actor, Ownership, date]] = Hook("ownership ended")
"""An owner's part ends: who ends it, the ownership as it now is, and the first day it is one no longer."""

patents_changed: Hook[[Actor, UUID, Collection[UUID] | None]] = Hook("patents changed")
"""Days or owners of an alliance's patents changed: who did it, the alliance, and which patents (None: many)."""
patent_ended: Hook[[Actor, Patent, date | None]] = Hook("patent ended")
"""The day on which a patent is no longer in force was recorded: who recorded it, the patent, and the day before."""

standard_asked: Hook[[Actor, str, list[Q]]] = Hook("patents on a standard asked")
"""Whoever knows what patents read on adds a condition for those on a standard, as far as who asks may know."""
