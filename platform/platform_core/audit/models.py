"""The record of who did what, which nobody can change."""

from django.db import models
from django.db.models import Q

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
