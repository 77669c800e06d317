"""What offices announced of patents, code by code, and what a file tells of it before it is taken in."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from platform_core.access.querysets import VisibleManager
from platform_core.exchange.models import Import
from platform_core.models import Record
from pools.patents.models.records import Source
from pools.patents.models.rights import Patent


class LegalEvent(Record):
    """A step in the legal life of a patent, as an office announced it; what it does follows from office and code."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="legal_events", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    """Which file told of it first."""
    office = models.CharField(max_length=2)
    code = models.CharField(max_length=10)
    """By which the office, or INPADOC for it, names what happened."""
    announced_on = models.DateField()
    effective_on = models.DateField(null=True, blank=True)
    """From when it counts; blank: it does not say, so that the day of the announcement counts."""
    at_office = models.CharField(max_length=2, blank=True)
    """The country it concerns, where an office announces for others; blank: its own."""
    at_code = models.CharField(max_length=20, blank=True)
    """The code of that country's office for it."""
    text = models.TextField(blank=True)
    """What the source says it means."""
    document = models.CharField(max_length=64, blank=True)
    """The publication of which it was told, in its canonical form."""
    told = models.JSONField(default=dict, blank=True)
    """What else it says, each under its name: owner, states, fee_year, paid_on, expires, text."""

    class Meta:
        ordering = ("patent", "announced_on", "id")
        constraints = (
            # The same event told again, in another file or in other words, is the same event.
            models.UniqueConstraint(
                fields=("patent", "announced_on", "office", "code", "at_office", "at_code"),
                name="legal_event_once_of_patent",
            ),
            models.CheckConstraint(condition=Q(office__regex="^[A-Z]{2}$"), name="legal_event_office_is_two_letters"),
            models.CheckConstraint(condition=~Q(code=""), name="legal_event_code_is_given"),
        )

    def __str__(self) -> str:
        return f"{self.office} {self.code} {self.announced_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.patent.alliance_id


class ImportedEvent(models.Model):
    """A legal event of a file that is being taken in; written and read in bulk."""

    objects: ClassVar[VisibleManager[Self]] = VisibleManager()

    of_import = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField()
    publication_key = models.CharField(max_length=64, blank=True)
    application_key = models.CharField(max_length=64, blank=True)
    office = models.CharField(max_length=2)
    code = models.CharField(max_length=10)
    announced_on = models.DateField()
    effective_on = models.DateField(null=True)
    at_office = models.CharField(max_length=2, blank=True)
    at_code = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    document = models.CharField(max_length=64, blank=True)
    told = models.JSONField(default=dict)

    class Meta:
        verbose_name = "legal event of an import"

    def __str__(self) -> str:
        return f"{self.of_import_id} {self.line}"
