"""Rows of files that are taken in, as they were understood, until they are taken in or dropped."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from platform_core.access.querysets import VisibleManager
from platform_core.exchange.models import Import
from pools.patents.models.rights import Patent, RightKind


class Outcome(models.TextChoices):
    """What a row would do."""

    NEW = "new", "new"
    CHANGED = "changed", "changed"
    SAME = "same", "same"
    DOUBTFUL = "doubtful", "doubtful"
    REFUSED = "refused", "refused"
    PART = "part", "part of another row"


class ImportedPatent(models.Model):
    """What one row of a file says of a patent, and what it would do; written and read in bulk."""

    objects: ClassVar[VisibleManager[Self]] = VisibleManager()

    # One index serves all: whatever is asked is asked of one import, along its lines.
    of_import = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    new_id = models.UUIDField()
    """The id of the patent, if it becomes one."""
    # Matched by what the importer finds, within one transaction.
    patent = models.ForeignKey(
        Patent, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    publication = models.CharField(max_length=64, blank=True)
    publication_key = models.CharField(max_length=64, blank=True)
    application = models.CharField(max_length=64, blank=True)
    application_key = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    right = models.CharField(max_length=16, choices=RightKind, blank=True)
    title = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    abstract = models.TextField(blank=True)
    first_claim = models.TextField(blank=True)
    filed_on = models.DateField(null=True)
    published_on = models.DateField(null=True)
    granted_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    priority_on = models.DateField(null=True)
    applicants = ArrayField(models.TextField(), default=list)
    owners = ArrayField(models.TextField(), default=list)
    inventors = ArrayField(models.TextField(), default=list)
    agency = models.TextField(blank=True)
    agents = ArrayField(models.TextField(), default=list)
    address = models.TextField(blank=True)
    ipc = ArrayField(models.TextField(), default=list)
    cpc = ArrayField(models.TextField(), default=list)
    priorities = models.JSONField(default=list)
    claims_count = models.PositiveIntegerField(null=True)
    family = models.TextField(blank=True)
    standards = ArrayField(models.TextField(), default=list)
    office_status = models.TextField(blank=True)
    problems = models.JSONField(default=list)
    """Field, code and sentence of each doubt, or of why the row is refused."""
    changes = models.JSONField(null=True)
    """What the patent had before, by field, where this row changed it."""

    class Meta:
        verbose_name = "row of an import"
        indexes = (models.Index(fields=("of_import", "line", "id"), name="imported_patent_by_line"),)
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="imported_patent_outcome_known"),
        )

    def __str__(self) -> str:
        return f"{self.of_import_id} {self.line}"
