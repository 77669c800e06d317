"""The staff session: a timed opening of one alliance's data for reading."""

from datetime import timedelta
from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from platform_core.identity.models import Alliance, Seat, User
from platform_core.models import Record

LONGEST_SESSION: Final = timedelta(hours=4)
"""No staff session is open for longer; whoever needs more time says again why."""


class StaffSession(Record):
    """A time in which a site administrator's seat may read what one alliance keeps, and why that was needed."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="staff_sessions")
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="staff_sessions")
    reason = models.CharField(max_length=500)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="the instant at which it ends by itself")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when somebody ended it before")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="staffsession_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_SESSION),
                name="staffsession_is_short",
            ),
            # Work without a person may end one, so the person may be missing, but not the instant.
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_at__gte=F("starts_at"), ended_at__lte=F("ends_at")),
                name="staffsession_ends_once",
            ),
            ExclusionConstraint(
                name="staffsession_one_at_a_time",
                expressions=[
                    (Func(F("seat"), F("seat"), Value("[]"), function="uuidrange"), "&&"),
                    (
                        Func(F("starts_at"), Coalesce(F("ended_at"), F("ends_at")), Value("[)"), function="tstzrange"),
                        "&&",
                    ),
                ],
            ),
        ]
        indexes = [models.Index(fields=["alliance", "starts_at"], name="staffsession_by_alliance")]

    def __str__(self) -> str:
        return f"{self.seat} in {self.alliance} from {self.starts_at:%Y-%m-%d %H:%M}"
