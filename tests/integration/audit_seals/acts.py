"""Recording, sealing and verifying in a word each."""

from django.db import transaction

from platform_core.audit.heads import Head, head_of_seal
from platform_core.audit.keys import known_keys, seal_key
from platform_core.audit.models import AuditEvent, AuditSeal
from platform_core.audit.sealing import seal_events
from platform_core.audit.services import record_event
from platform_core.audit.verifying import Fault, Verification, verify_record
from platform_core.identity.models import Alliance
from tests.factories.core import clock_at, command_line


def record(alliance: Alliance, count: int = 1) -> list[AuditEvent]:
    events = []
    for number in range(count):
        with transaction.atomic():
            events.append(
                record_event("alliance.edited", actor=command_line(), subject=alliance, changes={"zone": (number, "b")})
            )
    return events


def seal() -> list[AuditSeal]:
    return seal_events(clock=clock_at())


def verify(kept: Head | None = None) -> Verification:
    return verify_record(keys=known_keys(), kept=kept)


def faults(found: Verification) -> list[tuple[Fault, int | None]]:
    return [(finding.fault, finding.row) for finding in found.findings]


def kept_head() -> Head:
    last = AuditSeal.objects.order_by("-number")[0]
    return head_of_seal(last, seal_key().public)
