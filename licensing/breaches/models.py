"""Breaches of licences with what was noticed, and proposals of one person to end a licence that another decides."""

from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.models import Licence
from licensing.breaches.lifecycle import OPEN_STATES, BreachState, TerminationState
from platform_core.documents.models import Document
from platform_core.identity.models import User
from platform_core.models import Record

_OPEN: Final = Q(state__in=[state.value for state in OPEN_STATES])


class BreachKind(models.TextChoices):
    """What a licensee did not keep."""

    UNPAID = "unpaid", "Did not pay"
    UNREPORTED = "unreported", "Did not report"
    FALSE_REPORT = "false_report", "Reported too little"


class Breach(Record):
    """That a licensee broke its licence, as it was noticed by a rule, until when it may be put right, and what came."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="breaches")
    number = models.PositiveIntegerField(help_text="of the licence's breaches")
    kind = models.CharField(max_length=20, choices=BreachKind)
    grounds: Any = models.JSONField(help_text="what is not kept: key, label, and due day each; no figures")
    rule = models.CharField(max_length=500, help_text="by which rule it was noticed, with its source")
    text = models.CharField(max_length=2000, blank=True, help_text="what the office says besides")
    state = models.CharField(max_length=12, choices=BreachState, default=BreachState.NOTICED)
    noticed_on = models.DateField()
    noticed_at = models.DateTimeField()
    noticed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cure_by = models.DateField(help_text="last day to put it right")
    run_off_days = models.PositiveIntegerField(default=0, help_text="days to sell off, if the licence ends for it")
    letter_zh = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    letter_en = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suspended_on = models.DateField(null=True, blank=True)
    suspended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_on = models.DateField(null=True, blank=True, help_text="day it was put right, withdrawn, or ended for")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Blank: nobody, since what was missing came in."""
    close_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-noticed_at", "-id")
        verbose_name = "breach of a licence"
        verbose_name_plural = "breaches of licences"
        constraints = (
            models.UniqueConstraint(fields=("licence", "number"), name="breach_numbered_in_licence"),
            models.UniqueConstraint(
                fields=("licence",),
                condition=Q(state__in=[state.value for state in OPEN_STATES]),
                name="breach_one_open",
            ),
            models.CheckConstraint(condition=Q(kind__in=BreachKind.values), name="breach_kind_known"),
            models.CheckConstraint(condition=Q(state__in=BreachState.values), name="breach_state_known"),
            models.CheckConstraint(condition=~Q(grounds=[]), name="breach_has_grounds"),
            models.CheckConstraint(condition=Q(cure_by__gt=F("noticed_on")), name="breach_may_be_put_right"),
            models.CheckConstraint(condition=Q(run_off_days__lte=366), name="breach_sells_off_a_year_at_most"),
            models.CheckConstraint(
                condition=Q(suspended_on=None) | Q(suspended_on__gt=F("cure_by")),
                name="breach_suspended_after_its_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(BreachState.SUSPENDED, BreachState.TERMINATED)) | Q(suspended_on__isnull=False),
                name="breach_suspended_on_a_day",
            ),
            models.CheckConstraint(
                condition=(_OPEN & Q(closed_on=None, closed_by=None)) | (~_OPEN & Q(closed_on__isnull=False)),
                name="breach_closed_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=BreachState.WITHDRAWN) | ~Q(close_note=""), name="breach_withdrawn_for_a_reason"
            ),
        )
        indexes = (models.Index(fields=("noticed_at", "id"), name="breach_by_time"),)

    def __str__(self) -> str:
        return f"breach {self.number} of {self.licence_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.licence.licensee_id

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the licence's programme."""
        return self.licence.audit_alliance_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.audit_operating_entity_id()


class TerminationGround(models.TextChoices):
    """For what a licence is ended before its time."""

    BREACH = "breach", "A breach that was not put right"
    AGREED = "agreed", "Agreed by both sides"


class Termination(Record):
    """A proposal to end a licence before its time: made by one person, decided by another."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="terminations")
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, null=True, blank=True, related_name="terminations")
    ground = models.CharField(max_length=10, choices=TerminationGround)
    last_day = models.DateField(help_text="last day in force")
    run_off_days = models.PositiveIntegerField(default=0, help_text="days after it in which stock may be sold")
    reason = models.CharField(max_length=500, help_text="the licensee reads it")
    state = models.CharField(max_length=10, choices=TerminationState, default=TerminationState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    letter_zh = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    letter_en = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-proposed_at", "-id")
        verbose_name = "end of a licence"
        verbose_name_plural = "ends of licences"
        constraints = (
            models.UniqueConstraint(
                fields=("licence",), condition=Q(state=TerminationState.PROPOSED), name="termination_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=("licence",), condition=Q(state=TerminationState.APPROVED), name="termination_once_of_licence"
            ),
            models.CheckConstraint(condition=Q(ground__in=TerminationGround.values), name="termination_ground_known"),
            models.CheckConstraint(condition=Q(state__in=TerminationState.values), name="termination_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="termination_has_a_reason"),
            models.CheckConstraint(condition=Q(run_off_days__lte=366), name="termination_sells_off_a_year_at_most"),
            models.CheckConstraint(
                condition=Q(ground=TerminationGround.BREACH, breach__isnull=False)
                | Q(ground=TerminationGround.AGREED, breach=None),
                name="termination_has_its_ground",
            ),
            models.CheckConstraint(
                condition=Q(state=TerminationState.PROPOSED, decided_by=None, decided_at=None)
                | (~Q(state=TerminationState.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="termination_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state=TerminationState.WITHDRAWN) | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="termination_two_people",
            ),
        )
        indexes = (models.Index(fields=("proposed_at", "id"), name="termination_by_time"),)

    def __str__(self) -> str:
        return f"end of {self.licence_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.licence.licensee_id

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the licence's programme."""
        return self.licence.audit_alliance_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.audit_operating_entity_id()
