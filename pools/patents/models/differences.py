"""What offices and dockets say of patents beside our own record, and where these contradict each other."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from platform_core.models import Record
from pools.patents.models.records import Source
from pools.patents.models.rights import Patent


class OutsideRecord(Record):
    """What an office or a docket says of a patent, field by field, at the time its source was read."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="outside_records", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField()
    """Texts by the name of the field: one, or those of a list."""

    class Meta:
        ordering = ("patent", "id")
        verbose_name = "outside record"
        constraints = (models.UniqueConstraint(fields=("patent", "source"), name="outside_record_once_of_source"),)

    def __str__(self) -> str:
        return f"{self.source_id} of {self.patent_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.patent.alliance_id


class DifferenceState(models.TextChoices):
    """What became of a difference."""

    OPEN = "open", "open 待处理"
    ACCEPTED = "accepted", "accepted 已采纳"
    KEPT = "kept", "kept ours 保留本方"
    SETTLED = "settled", "settled 已一致"


class Difference(Record):
    """A field of a patent of which our record, the office and the docket do not all say the same."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="differences", db_index=False)
    field = models.CharField(max_length=20)
    own = models.JSONField(default=list)
    """What our record says: one text, or those of a list; empty: nothing."""
    office = models.JSONField(default=list, blank=True)
    docket = models.JSONField(default=list, blank=True)
    office_source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    docket_source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    risk = models.PositiveSmallIntegerField()
    """How much may be lost if ours is wrong, from 0 to 100; the largest is looked at first."""
    state = models.CharField(max_length=8, choices=DifferenceState, default=DifferenceState.OPEN)
    side = models.CharField(max_length=10, choices=Source.Kind, blank=True)
    """Whose word was taken; blank: not decided."""
    reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    """Counts up whenever one of the three says something else, so that nobody decides on what they did not see."""
    noted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "identity.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("-risk", "-id")
        indexes = (models.Index(fields=("state", "risk", "id"), name="difference_by_risk"),)
        constraints = (
            models.UniqueConstraint(fields=("patent", "field"), name="difference_once_of_field"),
            models.CheckConstraint(condition=Q(state__in=DifferenceState.values), name="difference_state_known"),
            models.CheckConstraint(
                condition=~Q(state=DifferenceState.KEPT) | ~Q(reason=""), name="difference_kept_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(DifferenceState.OPEN, DifferenceState.SETTLED), side="", decided_at__isnull=True)
                | (
                    Q(state__in=(DifferenceState.ACCEPTED, DifferenceState.KEPT), decided_at__isnull=False)
                    & ~Q(side="")
                ),
                name="difference_is_decided_or_not",
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.patent_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.patent.alliance_id
