"""What seats were told."""

from collections.abc import Sequence
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from platform_core.identity.models import Seat, User
from platform_core.models import Record

INBOX = "notices.inbox"
"""The topic on which a seat, and nobody else, hears that it was told something."""


class Notice(Record):
    """Something a seat was told about a thing: a key with values, from which its words are made in any language.

    It is shown for as long as the seat may see the thing.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=100, help_text="a key for the words, such as close_run.approved")
    values = models.JSONField(default=dict, blank=True)
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"), name="notice_kind_form"
            ),
            models.CheckConstraint(condition=Q(read_at=None) | Q(read_at__gte=F("at")), name="notice_read_after_told"),
        ]
        indexes = [
            models.Index(fields=["seat", "-id"], name="notice_by_seat"),
            models.Index(fields=["seat"], condition=Q(read_at=None), name="notice_unread"),
            # Whether a seat was told of a thing already is asked under the locks of what happens to it.
            models.Index(fields=["subject_id", "kind"], name="notice_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"


class Reminder(Record):
    """That those concerned were reminded of what they have still to do: when, by whom, and how many people."""

    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    people = models.PositiveSmallIntegerField(help_text="how many seats were told")

    class Meta:
        abstract = True
        ordering: ClassVar[Sequence[str]] = ("-sent_at", "-id")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(condition=Q(people__gt=0), name="%(class)s_reached_somebody"),
        )
