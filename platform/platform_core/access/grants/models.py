"""Rights given by hand on single objects, and the tables that carry them next to each kind of object."""

from typing import ClassVar

from django.contrib.auth.models import Permission as NamedPermission
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from guardian.models.models import BaseObjectPermission

from platform_core.identity.models import Alliance, OperatingEntity, Organisation, Seat
from platform_core.identity.roles import Role
from platform_core.models import Record


class Grant(Record):
    """A right given by hand on one object, to a seat or an organisation, with a reason and an end.

    It names actions, or the role in which the seat is assigned to the object; what that role may do there stands in
    the policies. The rows the kernel reads, one for each action, stand next to the object and follow this one's dates.
    """

    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The alliance under which the object's changes are audited."""
    operating_entity = models.ForeignKey(
        OperatingEntity, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    holder = models.GeneratedField(
        expression=Coalesce("seat", "organisation"), output_field=models.UUIDField(), db_persist=True
    )
    """The seat or the organisation, whichever it is."""
    actions = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    role = models.CharField(max_length=20, choices=Role, blank=True, default="")
    """The role in which the seat is assigned to the object; blank: actions are granted."""
    reason = models.CharField(max_length=500)
    granted_by = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="grants_given")
    granted_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    """The first instant without the right; revoking moves it forward."""
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The seat that revoked it; blank although revoked: the platform did, in the wake of another change."""
    revocation_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seat__isnull=True, organisation__isnull=False)
                | Q(seat__isnull=False, organisation__isnull=True),
                name="grant_to_seat_or_organisation",
            ),
            models.CheckConstraint(
                condition=Q(role="", actions__len__gt=0)
                | Q(role__in=Role.values, actions__len=0, organisation__isnull=True),
                name="grant_of_actions_or_of_role_to_seat",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_reason_given"),
            # Equal instants are a grant revoked before it began.
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="grant_ends_after_start"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation_reason="", revoked_by__isnull=True)
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="grant_revocation_told_whole",
            ),
            models.CheckConstraint(
                condition=Q(subject_type__regex=r"^[a-z_]+\.[a-z_]+$"), name="grant_subject_type_form"
            ),
            # What the rows next to the object refer to, so that their holder and dates cannot be others.
            models.UniqueConstraint(fields=["id", "holder", "starts_at", "ends_at"], name="grant_with_its_terms"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="grant_by_subject"),
            models.Index(fields=["holder", "ends_at"], name="grant_by_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.role or ', '.join(self.actions)} on {self.subject_type} {self.subject_id}"


class GrantedAction(BaseObjectPermission):
    """One action of a grant on one object: guardian's table of object permissions, with a holder and dates of ours.

    Each kind of object that rights can be given on has a table of its own, made of this one by adding the foreign key
    `content_object`. A migration ties `grant`, `holder` and the dates to those of the grant (`CompositeKey`).
    """

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+", db_index=False)
    permission = models.ForeignKey(NamedPermission, on_delete=models.PROTECT, related_name="+", db_index=False)
    holder = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects: ClassVar[models.Manager["GrantedAction"]]

    class Meta:
        abstract = True
        constraints = (models.UniqueConstraint(fields=("grant", "permission"), name="%(class)s_once"),)
        indexes = (
            models.Index(fields=("holder", "permission", "content_object", "ends_at"), name="%(class)s_by_holder"),
            models.Index(fields=("content_object", "holder", "permission", "ends_at"), name="%(class)s_by_object"),
        )

    def __str__(self) -> str:
        return f"{self.permission_id} by {self.grant_id}"
