"""Connections to databases of others, and each time they were asked."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.exchange.models import Import
from platform_core.identity.models import Alliance, Organisation, Seat, User
from platform_core.jobs.models import Job
from platform_core.models import Record
from platform_core.secrets import EncryptedField


class ConnectionState(models.TextChoices):
    """Whether a connection is asked."""

    ON = "on", "asked by schedule"
    PAUSED = "paused", "paused"
    ENDED = "ended", "ended"


class Rhythm(models.TextChoices):
    """How often a connection is asked."""

    DAY = "day", "every day"
    WEEK = "week", "every week"
    MONTH = "month", "every month"


class RunState(models.TextChoices):
    """How a run stands."""

    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    STOPPED = "stopped", "stopped, to be continued"
    FAILED = "failed", "failed"


class RunCause(models.TextChoices):
    """Why a run began."""

    SCHEDULE = "schedule", "by schedule"
    PERSON = "person", "asked for"
    COMMAND = "command", "by the command line"


class Connection(Record):
    """A database of others that is asked for an alliance by schedule, or a folder in which it leaves its files."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """Whose seat opened it."""
    owner = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    """Who keeps it: it is asked for as long as this seat may keep it, and is told of failures."""
    kind = models.CharField(max_length=40, help_text="the connector, such as epo_ops")
    name = models.CharField(max_length=200)
    settings = models.JSONField(default=dict, blank=True)
    secret = EncryptedField(blank=True, default="")
    """What the other side knows us by, as JSON; never told to anybody again."""
    every = models.CharField(max_length=5, choices=Rhythm, default=Rhythm.WEEK)
    on_day = models.PositiveSmallIntegerField(
        default=1, help_text="of the week (Monday is 1) or of the month; without a meaning where it is every day"
    )
    at_hour = models.PositiveSmallIntegerField(default=3, help_text="of the alliance's own day")
    straight_in = models.BooleanField(
        default=False, help_text="whether what comes is taken in at once, rather than wait for somebody to look at it"
    )
    state = models.CharField(max_length=6, choices=ConnectionState, default=ConnectionState.ON)
    paused_reason = models.CharField(max_length=300, blank=True, default="")
    """Why it paused by itself; blank where a person paused it."""
    failures = models.PositiveIntegerField(default=0, help_text="runs in a row that failed")
    failing_since = models.DateTimeField(null=True)
    next_run_at = models.DateTimeField(null=True)
    position = models.JSONField(null=True)
    """Where the last run left off in what is to be asked; null: from the beginning."""
    told = models.JSONField(default=dict, blank=True)
    """What the other side last said of our quota and of how busy it is."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name", "id")
        indexes = [
            models.Index(fields=["next_run_at"], name="connection_due", condition=Q(state="on")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ConnectionState.values), name="connection_state_known"),
            models.CheckConstraint(condition=Q(every__in=Rhythm.values), name="connection_rhythm_known"),
            models.CheckConstraint(condition=Q(at_hour__lte=23), name="connection_hour_of_a_day"),
            models.CheckConstraint(
                condition=Q(every=Rhythm.DAY)
                | Q(every=Rhythm.WEEK, on_day__gte=1, on_day__lte=7)
                | Q(every=Rhythm.MONTH, on_day__gte=1, on_day__lte=28),
                name="connection_day_of_its_rhythm",
            ),
            models.CheckConstraint(
                condition=(Q(state=ConnectionState.ON) & Q(next_run_at__isnull=False))
                | (~Q(state=ConnectionState.ON) & Q(next_run_at=None)),
                name="connection_runs_while_on",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None) | Q(failures__gt=0, failing_since__isnull=False),
                name="connection_failing_since",
            ),
            models.CheckConstraint(
                condition=Q(state=ConnectionState.ENDED, ended_at__isnull=False)
                | (~Q(state=ConnectionState.ENDED) & Q(ended_at=None)),
                name="connection_ended_at",
            ),
            models.CheckConstraint(
                condition=Q(paused_reason="") | Q(state=ConnectionState.PAUSED), name="connection_paused_for_a_reason"
            ),
            models.UniqueConstraint(
                fields=("alliance", "name"),
                condition=~Q(state="ended"),
                name="connection_name_once_in_alliance",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_secret(self) -> bool:
        """Whether there are credentials, without opening them."""
        return bool(self.__dict__.get("secret"))


class ConnectionRun(Record):
    """One time a connection was asked: what was asked, what came, and the imports that came of it."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="runs")
    cause = models.CharField(max_length=8, choices=RunCause)
    state = models.CharField(max_length=8, choices=RunState, default=RunState.RUNNING)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    requests = models.PositiveIntegerField(default=0, help_text="calls to the other side")
    asked = models.PositiveIntegerField(default=0, help_text="things asked for, or files found")
    answered = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0, help_text="answers that were here already, to the byte")
    unknown = models.PositiveIntegerField(default=0, help_text="what the other side does not have")
    failed = models.PositiveIntegerField(default=0, help_text="answers or files that were refused")
    detail = models.CharField(max_length=1000, blank=True, default="")
    """Why it stopped or failed."""
    notes = models.JSONField(default=list, blank=True)
    """What was refused or unknown, each with its reason; the first so many."""
    imports = models.ManyToManyField(Import, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-begun_at", "-id")
        indexes = [models.Index(fields=["connection", "id"], name="connectionrun_by_connection")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="connectionrun_state_known"),
            models.CheckConstraint(condition=Q(cause__in=RunCause.values), name="connectionrun_cause_known"),
            models.CheckConstraint(
                condition=Q(state=RunState.RUNNING, ended_at=None)
                | (~Q(state=RunState.RUNNING) & Q(ended_at__gte=F("begun_at"))),
                name="connectionrun_ended_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(RunState.STOPPED, RunState.FAILED)) | ~Q(detail=""),
                name="connectionrun_says_why",
            ),
            models.UniqueConstraint(
                fields=("connection",), condition=Q(state="running"), name="connectionrun_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.begun_at:%Y-%m-%d %H:%M}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of its connection."""
        return self.connection.alliance_id
