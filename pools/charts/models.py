"""What patents are said to read on, and the charts that show it, claim by claim and version by version."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from platform_core.documents.models import Document
from platform_core.identity.models import Organisation, User
from platform_core.models import Record
from pools.charts.calculation import LONGEST_KEY
from pools.patents.models import Patent


class TargetKind(models.TextChoices):
    """What a patent can read on."""

    STANDARD = "standard", "Standard"
    PRODUCT = "product", "Product"


class ChartTarget(Record):
    """A standard or a product that an owner says its patent reads on; it is the owner's own finding."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="chart_targets")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="chart_targets", help_text="whose finding it is"
    )
    kind = models.CharField(max_length=10, choices=TargetKind)
    body = models.CharField(max_length=60, blank=True, help_text="who sets the standard, or makes the product")
    name = models.CharField(max_length=100, help_text="the standard's number, or what the product is called")
    version = models.CharField(max_length=30, blank=True, help_text="of the standard, or the product's model")
    clause = models.CharField(max_length=200, blank=True, help_text="the main clause or feature")
    key = models.CharField(max_length=LONGEST_KEY, help_text="what it is found by: its letters and digits")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("patent", "id")
        indexes = (models.Index(fields=("kind", "key"), name="charttarget_by_key"),)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=TargetKind.values), name="charttarget_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="charttarget_named"),
            models.CheckConstraint(
                condition=~Q(kind=TargetKind.STANDARD) | ~Q(body=""), name="charttarget_standard_is_somebodys"
            ),
        )

    def __str__(self) -> str:
        return " ".join(filter(None, (self.body, self.name, self.version)))

    def audit_alliance_id(self) -> UUID | None:
        """Return no alliance: what an owner works out is not the office's to follow."""
        return None


class ChartState(models.TextChoices):
    """How far a version of a chart has come."""

    DRAFT = "draft", "Draft"
    REVIEWED = "reviewed", "Reviewed"


class ClaimChart(Record):
    """A version of the chart of one claim on one standard or product; a draft until it is reviewed, then fixed.

    Its rows are written and read together, so they stand in one column: each has an element of the claim, the clause or
    feature it reads on, and the evidence.
    """

    target = models.ForeignKey(ChartTarget, on_delete=models.PROTECT, related_name="charts")
    claim = models.PositiveSmallIntegerField(help_text="number of the claim in the patent")
    number = models.PositiveSmallIntegerField(help_text="of the version")
    state = models.CharField(max_length=10, choices=ChartState, default=ChartState.DRAFT)
    rows = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("target", "claim", "number")
        constraints = (
            models.UniqueConstraint(fields=("target", "claim", "number"), name="claimchart_numbered"),
            models.UniqueConstraint(
                fields=("target", "claim"), condition=Q(state=ChartState.DRAFT), name="claimchart_one_draft"
            ),
            models.CheckConstraint(condition=Q(claim__gt=0, number__gt=0), name="claimchart_of_a_claim"),
            models.CheckConstraint(
                condition=Q(state=ChartState.DRAFT, reviewed_at=None)
                | (Q(state=ChartState.REVIEWED, reviewed_at__isnull=False) & ~Q(rows=[])),
                name="claimchart_reviewed_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.target} {self.claim}"

    def audit_alliance_id(self) -> UUID | None:
        """Return no alliance: what an owner works out is not the office's to follow."""
        return None
