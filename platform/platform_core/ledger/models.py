"""Accounts and entries: money in minor units, written once, balanced and in order; the database holds all three."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.access.querysets import VisibleManager
from platform_core.identity.models import OperatingEntity, Organisation, User
from platform_core.identity.roles import Purpose
from platform_core.models import Record


class Account(Record):
    """What an organisation owns, owes or is owed in the books of an operating entity, by purpose and currency."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="accounts")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """Whose balance it is; the entity's own organisation for what is its own, such as a bank account."""
    kind = models.CharField(max_length=40)
    purpose = models.CharField(max_length=20, choices=Purpose)
    currency = models.CharField(max_length=3)
    label = models.CharField(max_length=100, blank=True)
    """Which of several, such as a bank account's last digits; blank: there is no other."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    """Since when nothing is posted to it any more; its balance was zero then."""

    class Meta:
        ordering = ("operating_entity", "purpose", "kind", "currency", "id")
        verbose_name = "ledger account"
        indexes = (models.Index(fields=("holder", "id"), name="ledgeraccount_by_holder"),)
        constraints = (
            models.UniqueConstraint(
                fields=("operating_entity", "holder", "kind", "purpose", "currency", "label"),
                condition=Q(closed_at=None),
                name="ledgeraccount_once",
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="ledgeraccount_purpose_known"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="ledgeraccount_currency_is_a_code"),
            models.CheckConstraint(condition=~Q(kind=""), name="ledgeraccount_kind_is_given"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.currency} of {self.holder_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the holder, whose money it tells of."""
        return self.holder_id


class Entry(Record):
    """One thing that happened to money: at least two lines that balance, tied to the entry before it."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveBigIntegerField()
    """Its place in the books, without gaps."""
    purpose = models.CharField(max_length=20, choices=Purpose)
    """Whose kind of money it moves: all its accounts are of one purpose, so that none pays for another."""
    key = models.UUIDField()
    """The id by which whoever caused it knows it: the same thing is never booked twice."""
    name = models.CharField(max_length=100)
    """What happened, as `thing.done`."""
    effective_on = models.DateField()
    """The day it counts from."""
    booked_at = models.DateTimeField()
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    """What it is about."""
    memo = models.CharField(max_length=500, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """Who booked it; blank: work of the platform itself."""
    work = models.CharField(max_length=100, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("operating_entity", "number")
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        indexes = (models.Index(fields=("subject_type", "subject_id"), name="ledgerentry_by_subject"),)
        constraints = (
            models.UniqueConstraint(fields=("operating_entity", "number"), name="ledgerentry_numbered"),
            models.UniqueConstraint(fields=("operating_entity", "key"), name="ledgerentry_booked_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="ledgerentry_counts_from_one"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="ledgerentry_purpose_known"),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="ledgerentry_reverses_another"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Posting(models.Model):
    """A line of an entry: what it does to one account, in minor units; above zero is a debit."""

    objects: ClassVar[VisibleManager[Self]] = VisibleManager()

    # The first column of a unique key, it needs no index of its own.
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings", db_index=False)
    place = models.PositiveIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    amount_minor = models.BigIntegerField()
    effective_on = models.DateField()
    """The day of the entry, by which balances are asked for."""

    class Meta:
        ordering = ("entry", "place")
        verbose_name = "ledger posting"
        indexes = (
            models.Index(
                fields=("account", "effective_on", "id"), include=("amount_minor",), name="posting_by_account"
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("entry", "place"), name="posting_numbered"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="posting_moves_something"),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.account_id}"


class ReopeningState(models.TextChoices):
    """What became of the question whether closed days are opened again."""

    ASKED = "asked", "Asked"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class BookReopening(Record):
    """Somebody asks to open closed days again, and somebody else decides."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="book_reopenings")
    through = models.DateField(null=True, blank=True)
    """The last day that stays closed; blank: none does."""
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=20, choices=ReopeningState, default=ReopeningState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    """Why it is refused."""

    class Meta:
        ordering = ("operating_entity", "id")
        verbose_name = "reopening of the books"
        verbose_name_plural = "reopenings of the books"
        constraints = (
            models.UniqueConstraint(
                fields=("operating_entity",),
                condition=Q(state=ReopeningState.ASKED),
                name="bookreopening_one_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="bookreopening_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state=ReopeningState.ASKED, decided_by=None, decided_at=None, answer="")
                | Q(state=ReopeningState.GRANTED, decided_by__isnull=False, decided_at__isnull=False, answer="")
                | (Q(state=ReopeningState.REFUSED, decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer=""))
                | Q(state=ReopeningState.WITHDRAWN, decided_by=F("asked_by"), decided_at__isnull=False, answer=""),
                name="bookreopening_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(ReopeningState.GRANTED, ReopeningState.REFUSED)) | ~Q(decided_by=F("asked_by")),
                name="bookreopening_decided_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.operating_entity_id} after {self.through}"


class BookClosing(Record):
    """The books of an operating entity were closed through a day, or opened again: nothing counts from a closed day."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="book_closings")
    number = models.PositiveIntegerField()
    closed_through = models.DateField(null=True, blank=True)
    """The last closed day from then on; blank: all days are open again."""
    reason = models.CharField(max_length=500, blank=True)
    """Why closed days are opened again."""
    reopening = models.OneToOneField(
        BookReopening, on_delete=models.PROTECT, null=True, blank=True, related_name="closing"
    )
    """The decision of two people by which they are."""
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("operating_entity", "number")
        verbose_name = "closing of the books"
        verbose_name_plural = "closings of the books"
        constraints = (
            models.UniqueConstraint(fields=("operating_entity", "number"), name="bookclosing_numbered"),
            models.CheckConstraint(condition=Q(number__gte=1), name="bookclosing_counts_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.operating_entity_id} through {self.closed_through}"
