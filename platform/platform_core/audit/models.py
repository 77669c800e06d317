"""The record of who did what, which nobody can change."""

from django.db import models
from django.db.models import F, Q

from platform_core.access.actors import ActorKind
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, Seat, User
from platform_core.models import Record


class AuditEvent(Record):
    """One thing that was done: when, by whom, through which seat, to what, and what changed."""

    at = models.DateTimeField()
    name = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind])
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    work = models.CharField(max_length=100, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, null=True, related_name="+")
    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, null=True, related_name="+")
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="auditevent_by_subject"),
            models.Index(fields=["alliance", "id"], name="auditevent_by_alliance"),
            models.Index(fields=["organisation", "id"], name="auditevent_by_organisation"),
            models.Index(fields=["operating_entity", "id"], name="auditevent_by_entity"),
            models.Index(fields=["user", "id"], name="auditevent_by_user"),
            models.Index(fields=["at"], name="auditevent_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind__in=[kind.value for kind in ActorKind]), name="auditevent_actor_kind_known"
            ),
            # A person acts through a seat of an organisation, work has a name, the public has neither.
            models.CheckConstraint(
                condition=(
                    Q(actor_kind="user", user__isnull=False, work="")
                    | (Q(actor_kind="system") & ~Q(work=""))
                    | Q(actor_kind="public", user=None, seat=None, organisation=None, work="")
                ),
                name="auditevent_actor_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_type} {self.subject_id}"


class AuditSeal(Record):
    """The signed end of a batch of numbered events; each seal follows the one before it, so the record has no fork.

    What it states: its number, the numbers of its first and last row, the head before it, the hash of its last row,
    when it was made and with which key.
    """

    number = models.PositiveBigIntegerField(unique=True)
    form = models.PositiveSmallIntegerField(help_text="which columns of an event are hashed, and how")
    first_row = models.PositiveBigIntegerField()
    last_row = models.PositiveBigIntegerField()
    previous_head = models.CharField(max_length=64, unique=True)
    head = models.CharField(max_length=64, unique=True)
    key_id = models.CharField(max_length=32)
    signature = models.CharField(max_length=100)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1, first_row__gte=1), name="auditseal_counts_from_one"),
            models.CheckConstraint(condition=Q(last_row__gte=F("first_row")), name="auditseal_covers_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.first_row} to {self.last_row}"


class AuditSealedRow(models.Model):
    """The number an event got when it was sealed, and the hash that ties it to the row before."""

    number = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="sealed")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="auditsealedrow_counts_from_one")]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:8]}"
