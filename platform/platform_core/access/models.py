"""The log of who read what others keep confidential."""

from django.db import models
from django.db.models import Q

from platform_core.access.actors import ActorKind
from platform_core.access.grants.models import Grant, GrantedAction
from platform_core.access.staff.models import StaffSession
from platform_core.identity.models import Organisation, Seat, User
from platform_core.models import Record

__all__ = ["AccessLogEntry", "Grant", "GrantedAction", "StaffSession"]

LONGEST_REQUEST_LINE = 1000


class AccessLogEntry(Record):
    """One reading of confidential data, such as a licensee's sales: when, by whom, of what, and in which form.

    It stands outside the audit record, which tells of changes and is read by others.
    """

    at = models.DateTimeField()
    action = models.CharField(max_length=100, help_text="what was read, and how: sales_report.file_downloaded")
    actor_kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind])
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    work = models.CharField(max_length=100, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    concerns = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="whose confidential figures were read",
    )
    staff_session = models.ForeignKey(StaffSession, on_delete=models.PROTECT, null=True, related_name="+")
    request_line = models.CharField(
        max_length=LONGEST_REQUEST_LINE, blank=True, default="", help_text="under a staff session: what was asked for"
    )

    class Meta:
        verbose_name_plural = "access log entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind__in=[kind.value for kind in ActorKind]), name="accesslogentry_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(action__regex=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"), name="accesslogentry_action_form"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="accesslogentry_by_subject"),
            models.Index(fields=["user", "id"], name="accesslogentry_by_user"),
            models.Index(fields=["concerns", "id"], name="accesslogentry_by_concerned"),
            models.Index(fields=["staff_session", "id"], name="accesslogentry_by_session"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"
