"""Deadlines, the reminders that were sent of them, what each day's work did, and calendars of seats."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.deadlines.calculation import Days
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.identity.models import Alliance, Organisation, Seat, User
from platform_core.models import Record


class Deadline(Record):
    """A day by which something has to be done about a thing: whose duty it is, by which rule, and what became of it."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    """Whose duty it is; blank: nobody is known, and the alliance's office is told."""
    responsible = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    """Who looks after it; blank: the organisation's people of the kind's roles."""
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    title = models.CharField(max_length=300)
    """What the thing is called."""
    kind = models.CharField(max_length=60)
    part = models.CharField(max_length=40, blank=True, default="")
    """Which of several of its kind, such as the year of a fee."""
    values = models.JSONField(default=dict, blank=True)
    """What goes into the words of the kind."""
    due_on = models.DateField()
    last_day = models.DateField()
    """The last day on which it can still be done, perhaps at a price; often the due day itself."""
    rule = models.CharField(max_length=500, blank=True, default="")
    """By which rule the day was worked out, with its source."""
    state = models.CharField(max_length=10, choices=DeadlineState, default=DeadlineState.OPEN)
    next_told_on = models.DateField(null=True)
    """The day of its next reminder."""
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True, default="")
    """How it was settled or why it was waived, as people wrote it."""

    class Meta:
        ordering: ClassVar = ("due_on", "id")
        constraints: ClassVar = (
            models.CheckConstraint(condition=Q(state__in=DeadlineState.values), name="deadline_state_known"),
            models.CheckConstraint(condition=Q(last_day__gte=F("due_on")), name="deadline_lasts_to_its_day"),
            models.CheckConstraint(
                condition=Q(state=DeadlineState.OPEN, settled_at=None, next_told_on__isnull=False)
                | (~Q(state=DeadlineState.OPEN) & Q(settled_at__isnull=False, next_told_on=None)),
                name="deadline_is_told_of_while_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=DeadlineState.WAIVED) | ~Q(note=""), name="deadline_is_waived_for_a_reason"
            ),
            models.UniqueConstraint(
                fields=("subject_id", "subject_type", "kind", "part"),
                condition=Q(state=DeadlineState.OPEN),
                name="deadline_open_once",
            ),
        )
        indexes: ClassVar = (
            models.Index(fields=("due_on", "id"), name="deadline_by_day"),
            models.Index(fields=("subject_id", "kind"), name="deadline_by_subject"),
            models.Index(
                fields=("alliance", "next_told_on"), condition=Q(state=DeadlineState.OPEN), name="deadline_to_be_told"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.kind} {self.due_on}"

    @property
    def days(self) -> Days:
        """The two days that reminders are counted from."""
        return Days(self.due_on, self.last_day)

    def days_left(self, today: date) -> int:
        """Return how many days are left until it is due; below zero: so many days late."""
        return (self.due_on - today).days

    def concerned_organisation_id(self) -> UUID | None:
        """Return the organisation whose duty it is."""
        return self.organisation_id


class DeadlineRun(Record):
    """One day of an alliance on which deadlines were looked at: what was told, missed, and told to nobody.

    A day on which no worker ran has a row as well, made by the next one that did.
    """

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    ran_at = models.DateTimeField()
    caught_up = models.BooleanField(default=False)
    """Whether the day passed without a worker; what fell on it was told on the day it ran."""
    open = models.PositiveIntegerField(default=0)
    """Deadlines that were open."""
    reminders = models.PositiveIntegerField(default=0)
    """Reminders that fell on this day and were told."""
    taken_together = models.PositiveIntegerField(default=0)
    """Reminders that fell on this day, in whose place a later one was told."""
    people = models.PositiveIntegerField(default=0)
    """Seats that were told something."""
    missed = models.PositiveIntegerField(default=0)
    unreached = models.PositiveIntegerField(default=0)
    """Reminders for which there was nobody at the organisation; the office was told instead."""

    class Meta:
        ordering: ClassVar = ("-day", "-id")
        constraints: ClassVar = (models.UniqueConstraint(fields=("alliance", "day"), name="deadline_run_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.alliance_id} {self.day}"


class DeadlineReminder(Record):
    """A reminder of a deadline: which rung of its ladder, counted from which day, and how many seats heard it."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="reminders")
    run = models.ForeignKey(DeadlineRun, on_delete=models.PROTECT, related_name="+")
    rung = models.CharField(max_length=30)
    counted_from = models.DateField()
    fell_on = models.DateField()
    sent_on = models.DateField()
    instead = models.BooleanField(default=False)
    """Whether a later reminder was told in its place."""
    people = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ("fell_on", "id")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("deadline", "rung", "counted_from"), name="deadline_reminder_sent_once"),
            models.CheckConstraint(condition=Q(sent_on__gte=F("fell_on")), name="deadline_reminder_not_early"),
        )

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.rung}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the deadline."""
        return self.deadline.alliance_id


class CalendarFeed(Record):
    """A secret address at which a calendar program reads the deadlines that a seat sees; its key is not kept."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    start = models.CharField(max_length=16)
    """How the key begins, to tell several apart."""
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ("-created_at", "-id")
        verbose_name = "calendar feed"
        constraints: ClassVar = (
            models.CheckConstraint(condition=~Q(name=""), name="calendar_feed_is_named"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("created_at")), name="calendar_feed_revoked_later"
            ),
        )

    def __str__(self) -> str:
        return self.name
