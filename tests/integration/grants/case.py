"""An owner, a buyer, and giving in a word."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.grants.models import Grant
from platform_core.access.grants.services import grant_access
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.models import Alliance, Organisation
from pools.patents.models import Patent, PatentGrant
from tests.factories.core import (
    NOON,
)

DAY = timedelta(days=1)


@dataclass
class Case:
    """An owner with a patent, and a buyer in the same alliance who sees nothing of it."""

    alliance: Alliance
    owner_company: Organisation
    buyer_company: Organisation
    patent: Patent
    owner: Actor
    buyer: Actor
    clock: FixedClock


def give(case: Case, actor: Actor | None = None, **other: Any) -> Grant:
    given = {
        "subject_type": "patents.patent",
        "subject_id": case.patent.pk,
        "organisation_id": case.buyer_company.pk,
        "actions": ["patent.read"],
        "reason": "Due diligence of July.",
        "ends_at": NOON + DAY,
        **other,
    }
    return grant_access(actor=actor or case.owner, **given)


def refused(act: Callable[[], object], kind: type[Exception]) -> str:
    """Check that something is refused and leaves no trace; return what was said."""
    before = [Grant.objects.count(), PatentGrant.objects.count(), AuditEvent.objects.count()]
    with pytest.raises(kind) as refusal, transaction.atomic():
        act()
    assert [Grant.objects.count(), PatentGrant.objects.count(), AuditEvent.objects.count()] == before
    return str(refusal.value)
