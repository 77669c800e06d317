"""A dealing with a prospect, and the dated record of how both sides conducted it."""

from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import Q

from licensing.agreements.models import Licence
from licensing.dealings.lifecycle import OPEN_STATES, DealingState
from licensing.terms.models import Programme
from platform_core.documents.models import Document
from platform_core.identity.models import Organisation, User
from platform_core.models import Record

LONGEST_TEXT: Final = 5000
"""Characters of what is applied for, offered, and answered."""


class Side(models.TextChoices):
    """The two sides of a dealing."""

    OFFICE = "office", "The office, for the operating entity"
    PROSPECT = "prospect", "The prospect"


_ACKNOWLEDGED_STATES: Final = Q(state__in=(DealingState.ACKNOWLEDGED, DealingState.IN_TALKS, DealingState.AGREED))


class Dealing(Record):
    """What a prospect applies for under a programme, and what comes of it: between it and the office, nobody else's."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="dealings")
    prospect = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="dealings", db_index=False)
    state = models.CharField(max_length=20, choices=DealingState, default=DealingState.APPLIED)

    products = models.TextField(help_text="what it makes or sells")
    volumes = models.TextField(blank=True, help_text="how much of it is expected, by year")
    territory = models.TextField(blank=True, help_text="where it is made and sold")
    message = models.TextField(blank=True)
    contact = models.CharField(max_length=200, help_text="whom to speak to, and how")

    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_side = models.CharField(max_length=10, choices=Side, blank=True)
    close_reason = models.TextField(blank=True)
    moved_at = models.DateTimeField(help_text="when its last step was taken")
    turn = models.CharField(max_length=10, choices=Side, blank=True, help_text="whose step is next")
    next_by = models.DateField(help_text="until when the next step is to be taken; once it has ended: the day it did")
    licence = models.OneToOneField(
        Licence, on_delete=models.PROTECT, null=True, blank=True, related_name="dealing", help_text="what came of it"
    )

    class Meta:
        ordering = ("-moved_at", "-id")
        indexes = (
            models.Index(fields=("programme", "state"), name="dealing_by_programme"),
            models.Index(fields=("next_by", "id"), name="dealing_by_next_day"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=DealingState.values), name="dealing_state_known"),
            models.CheckConstraint(condition=~Q(products="") & ~Q(contact=""), name="dealing_says_what_for"),
            models.CheckConstraint(condition=Q(turn__in=("", *Side.values)), name="dealing_turn_known"),
            models.CheckConstraint(
                condition=~Q(state=DealingState.CLOSED) | Q(turn=""),
                name="dealing_closed_waits_for_nobody",
            ),
            models.UniqueConstraint(
                fields=("prospect", "programme"),
                condition=Q(state__in=[state.value for state in OPEN_STATES]),
                name="dealing_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=False) | Q(state__in=(DealingState.APPLIED, DealingState.CLOSED)),
                name="dealing_acknowledged_first",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=False) | ~Q(state=DealingState.AGREED), name="dealing_agreed_has_its_day"
            ),
            models.CheckConstraint(
                condition=Q(licence=None) | Q(agreed_at__isnull=False), name="dealing_licence_was_agreed"
            ),
            models.CheckConstraint(
                condition=Q(state=DealingState.CLOSED, closed_at__isnull=False, closed_by_side__in=Side.values)
                & ~Q(close_reason="")
                | (~Q(state=DealingState.CLOSED) & Q(closed_at=None, closed_by_side="", close_reason="")),
                name="dealing_closed_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        # Whose it is, is for those alone who see it.
        return str(self.programme_id)

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the programme: its office is the other side."""
        return self.programme.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return nothing: finance is not to learn that somebody applies."""
        return None


class ConductKind(models.TextChoices):
    """What one side did in a dealing."""

    APPLIED = "applied", "Applied for a licence"
    ACKNOWLEDGED = "acknowledged", "Said that the application is there"
    OFFERED = "offered", "Made an offer"
    COUNTERED = "countered", "Made an offer against the other side's"
    ACCEPTED = "accepted", "Accepted an offer"
    REFUSED = "refused", "Refused an offer"
    CLOSED = "closed", "Ended the dealing"
    DRAWN_UP = "drawn_up", "Drew up the contract"
    SIGNED = "signed", "Signed the contract"
    COUNTERSIGNED = "countersigned", "Countersigned the contract"
    INFORMED = "informed", "Sent information"
    ASKED = "asked", "Asked for information"
    MET = "met", "Met or telephoned"
    DECLARED_WILLING = "declared_willing", "Declared to be willing to take a licence on fair terms"
    SECURED = "secured", "Gave security for past use"


NOTED_KINDS: Final = (
    ConductKind.INFORMED,
    ConductKind.ASKED,
    ConductKind.MET,
    ConductKind.DECLARED_WILLING,
    ConductKind.SECURED,
)
"""What happens outside of the platform, and is noted by the side that did it."""


class ConductStep(Record):
    """One thing that one side did in a dealing, on its day: the record of who answered when, never rewritten."""

    dealing = models.ForeignKey(Dealing, on_delete=models.PROTECT, related_name="conduct")
    kind = models.CharField(max_length=20, choices=ConductKind)
    side = models.CharField(max_length=10, choices=Side)
    happened_on = models.DateField(help_text="the day it was done")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    offer_number = models.PositiveIntegerField(null=True, blank=True, help_text="the offer it is about")
    text = models.TextField(blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("dealing", "happened_on", "id")
        verbose_name = "conduct step"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ConductKind.values), name="conduct_kind_known"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="conduct_of_one_side"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the dealing."""
        return self.dealing.audit_alliance_id()
