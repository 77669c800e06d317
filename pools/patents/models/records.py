"""What is on record about a patent besides its right: what was published of it, and its bibliography."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from platform_core.exchange.models import Import
from platform_core.models import Record
from pools.patents.models.rights import Patent


class Publication(Record):
    """A document an office published of a patent: the application, the grant, a correction."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="publications")
    number = models.CharField(max_length=64)
    """In its canonical form, kind code included."""
    key = models.CharField(max_length=64)
    """The same without its kind code."""
    published_on = models.DateField(null=True, blank=True)
    """The day it was published; blank: not known."""
    # Asked for among the publications of given patents alone.
    source = models.ForeignKey(
        "patents.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    """The file that told of it; blank: it came with the patent, or by hand."""

    class Meta:
        ordering = ("patent", "published_on", "number")
        verbose_name = "published document"
        indexes = (models.Index(fields=("key",), name="publication_by_number"),)
        constraints = (
            models.UniqueConstraint(fields=("patent", "number"), name="publication_once_of_patent"),
            models.CheckConstraint(condition=~Q(number=""), name="publication_number_is_given"),
        )

    def __str__(self) -> str:
        return self.number

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.patent.alliance_id


class Source(Record):
    """Where values on record are from: an import, an office that was asked, somebody's hand."""

    class Kind(models.TextChoices):
        """Who says so."""

        OWN = "own", "own records 自有记录"
        OFFICE = "office", "patent office 专利局"
        DOCKET = "docket", "agent's docket 代理机构案卷"

    alliance = models.ForeignKey("identity.Alliance", on_delete=models.PROTECT, related_name="patent_sources")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    """Who brought it in."""
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200)
    """The file, the database that was asked, or who wrote it."""
    read_at = models.DateTimeField()
    of_import = models.OneToOneField(
        Import, on_delete=models.PROTECT, null=True, blank=True, related_name="patent_source"
    )
    """The import that brought the values; blank: none did."""

    class Meta:
        ordering = ("alliance", "-read_at", "id")
        verbose_name = "source of values"
        indexes = (models.Index(fields=("alliance", "read_at"), name="patent_source_by_day"),)

    def __str__(self) -> str:
        return self.name


class Bibliography(Record):
    """What is said of a patent on its documents, and of each field, where that is from."""

    patent = models.OneToOneField(Patent, on_delete=models.PROTECT, related_name="bibliography")
    title_en = models.CharField(max_length=1000, blank=True)
    abstract = models.TextField(blank=True)
    first_claim = models.TextField(blank=True)
    applicants = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    """As named on the documents; who owns the patent stands in its ownerships."""
    inventors = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    address = models.CharField(max_length=500, blank=True)
    agency = models.CharField(max_length=300, blank=True)
    agents = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    ipc = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    cpc = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    priorities = models.JSONField(default=list, blank=True)
    """Number and day (or null) of each priority, as a list of pairs."""
    priority_on = models.DateField(null=True, blank=True)
    """The earliest priority."""
    claims_count = models.PositiveIntegerField(null=True, blank=True)
    standards = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    office_status = models.CharField(max_length=200, blank=True)
    """What the source calls its legal status."""
    sources = models.JSONField(default=dict, blank=True)
    """The id of the source of each field of the patent and of this row, by the field's name."""

    class Meta:
        verbose_name_plural = "bibliographies"

    def __str__(self) -> str:
        return str(self.patent_id)

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.patent.alliance_id
