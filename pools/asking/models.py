"""What anybody asks one owner in a pool for: a licence from that owner alone."""

from django.db import models
from django.db.models import Q

from platform_core.identity.models import Language, Organisation, User
from platform_core.models import Record
from pools.composition.models import Pool
from pools.patents.models import Patent

LONGEST_TEXT = 5000
"""Characters of what somebody asks for, and of the answer to it."""


class RequestState(models.TextChoices):
    """How far a request has come."""

    UNCONFIRMED = "unconfirmed", "Not confirmed yet"
    RECEIVED = "received", "Received"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"


_STEPS = {
    "confirmed_at": ~Q(state=RequestState.UNCONFIRMED),
    "closed_at": Q(state=RequestState.CLOSED),
}
"""Instants that are there exactly in some states."""


class LicenceRequest(Record):
    """What somebody outside asks one owner for: a bilateral licence; it is between these two and nobody else's.

    Nobody sees it before whoever asks has confirmed by a link that the address is theirs. Who asked, for what, and what
    was answered is removed some time after the last step, and what remains is that somebody asked.
    """

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="licence_requests")
    addressee = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="licence_requests", db_index=False
    )
    state = models.CharField(max_length=20, choices=RequestState, default=RequestState.UNCONFIRMED)
    is_whole = models.BooleanField(help_text="for all that the owner has in the pool")

    asker_name = models.CharField(max_length=120, blank=True)
    asker_organisation = models.CharField(max_length=200, blank=True)
    asker_email = models.CharField(max_length=254, blank=True)
    asker_country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=10, choices=Language)
    products = models.TextField(blank=True)
    fields_of_use = models.TextField(blank=True)
    territory = models.TextField(blank=True)
    message = models.TextField(blank=True)

    key_hash = models.CharField(max_length=64, blank=True)
    """Of the key in the link that confirms it."""
    intention_hash = models.CharField(max_length=64, blank=True)
    """Of the name its sender gave it, by which a repeated sending is known."""
    contents_hash = models.CharField(max_length=64, blank=True)
    address_hash = models.CharField(max_length=64, blank=True)
    """Of the place it came from, by which it is counted for a day; the address itself is not kept."""

    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(help_text="when its last step was taken")
    erased_at = models.DateTimeField(null=True, blank=True, help_text="since when nothing is kept of who asked")

    answer = models.TextField(blank=True)
    answer_contact = models.CharField(max_length=200, blank=True, help_text="where whoever asked goes on from there")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True, help_text="the addressee's own, why it was closed")

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (
            models.Index(fields=("addressee", "state"), name="licencerequest_by_addressee"),
            models.Index(fields=("asker_email", "asked_at"), condition=~Q(asker_email=""), name="licencerequest_email"),
            models.Index(
                fields=("address_hash", "asked_at"), condition=~Q(address_hash=""), name="licencerequest_address"
            ),
            models.Index(fields=("moved_at",), condition=Q(erased_at=None), name="licencerequest_to_erase"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="licencerequest_state_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="licencerequest_language_known"),
            models.UniqueConstraint(
                fields=("intention_hash",), condition=~Q(intention_hash=""), name="licencerequest_sent_once"
            ),
            models.UniqueConstraint(fields=("key_hash",), condition=~Q(key_hash=""), name="licencerequest_one_key"),
            *(
                models.CheckConstraint(
                    condition=(states & Q(**{f"{column}__isnull": False})) | (~states & Q(**{column: None})),
                    name=f"licencerequest_{column.removesuffix('_at')}",
                )
                for column, states in _STEPS.items()
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False)
                | (
                    ~Q(asker_name="")
                    & ~Q(asker_organisation="")
                    & ~Q(asker_email="")
                    & ~Q(asker_country="")
                    & ~Q(key_hash="")
                ),
                name="licencerequest_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    state=RequestState.CLOSED,
                    asker_name="",
                    asker_organisation="",
                    asker_email="",
                    asker_country="",
                    products="",
                    fields_of_use="",
                    territory="",
                    message="",
                    key_hash="",
                    intention_hash="",
                    contents_hash="",
                    address_hash="",
                    answer="",
                    answer_contact="",
                    note="",
                ),
                name="licencerequest_erased_whole",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False)
                | Q(answered_at=None, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="licencerequest_answered_in_words",
            ),
        )

    def __str__(self) -> str:
        # What it is about is public, who asks is not.
        return self.pool.code


class RequestedPatent(Record):
    """A patent of the owner that a request is for; a request for all the owner has in the pool names none."""

    request = models.ForeignKey(LicenceRequest, on_delete=models.PROTECT, related_name="patents")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("request", "id")
        constraints = (models.UniqueConstraint(fields=("request", "patent"), name="requestedpatent_once"),)

    def __str__(self) -> str:
        return f"{self.patent_id} in {self.request_id}"
