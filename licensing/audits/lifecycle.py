"""The states of an audit, and what leads from one to another."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class AuditState(models.TextChoices):
    """How far an audit has come."""

    PROPOSED = "proposed", "Proposed"
    NOTICED = "noticed", "Notice given"
    FIELDWORK = "fieldwork", "With the auditor"
    REPORTED = "reported", "Findings handed in"
    ANSWERED = "answered", "Answered by the licensee"
    CALCULATED = "calculated", "Worked out"
    SETTLED = "settled", "Settled"
    CANCELLED = "cancelled", "Cancelled"


AUDIT_LIFECYCLE: Final[Lifecycle[AuditState]] = Lifecycle(
    {
        "give notice": ({AuditState.PROPOSED}, AuditState.NOTICED),
        "open access": ({AuditState.NOTICED}, AuditState.FIELDWORK),
        "extend access": ({AuditState.FIELDWORK}, AuditState.FIELDWORK),
        "hand in": ({AuditState.FIELDWORK}, AuditState.REPORTED),
        "send back": ({AuditState.REPORTED, AuditState.ANSWERED, AuditState.CALCULATED}, AuditState.FIELDWORK),
        "answer": ({AuditState.REPORTED}, AuditState.ANSWERED),
        "work out": ({AuditState.REPORTED, AuditState.ANSWERED, AuditState.CALCULATED}, AuditState.CALCULATED),
        "settle": ({AuditState.CALCULATED}, AuditState.SETTLED),
        "cancel": (
            {
                AuditState.PROPOSED,
                AuditState.NOTICED,
                AuditState.FIELDWORK,
                AuditState.REPORTED,
                AuditState.ANSWERED,
                AuditState.CALCULATED,
            },
            AuditState.CANCELLED,
        ),
    }
)

HANDED_IN: Final = (AuditState.REPORTED, AuditState.ANSWERED, AuditState.CALCULATED, AuditState.SETTLED)
"""States in which findings are known to finance and to the licensee; before, they are the auditor's own."""

TOLD: Final = tuple(state for state in AuditState if state != AuditState.PROPOSED)
"""States of audits that were announced; one that was cancelled is told only if notice had been given."""
