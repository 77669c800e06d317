"""Patents, their families, and who owned which part of them when."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.access.grants.models import GrantedAction
from platform_core.models import Record
from platform_core.spans import no_overlap


class PatentFamily(Record):
    """Patents for one invention in several countries."""

    alliance = models.ForeignKey("identity.Alliance", on_delete=models.PROTECT, related_name="patent_families")
    code = models.CharField(max_length=200)
    """The family's name in lists; where none is given, the publication number of its only patent."""

    class Meta:
        ordering = ("alliance", "code")
        verbose_name = "patent family"
        verbose_name_plural = "patent families"
        constraints = (
            models.UniqueConstraint(fields=("alliance", "code"), name="family_code_once_in_alliance"),
            models.UniqueConstraint(fields=("id", "alliance"), name="family_with_its_alliance"),
            models.CheckConstraint(condition=~Q(code=""), name="family_code_is_given"),
        )

    def __str__(self) -> str:
        return self.code


class Patent(Record):
    """One right in one country, as an alliance keeps it: from the first day in force until the first day no longer."""

    alliance = models.ForeignKey("identity.Alliance", on_delete=models.PROTECT, related_name="patents")
    family = models.ForeignKey(PatentFamily, on_delete=models.PROTECT, related_name="patents")
    publication = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    """ISO 3166-1 alpha-2, where the right is in force; a European patent is one right in each of its countries."""
    application = models.CharField(max_length=40, blank=True)
    """The application number as its office writes it, check digit included; blank: not known."""
    filed_on = models.DateField(null=True, blank=True)
    """The filing date at that office, from which its term runs; blank: not known."""
    title = models.CharField(max_length=1000, blank=True)
    granted_on = models.DateField(null=True, blank=True)
    """First day in force; blank: not granted, so that it never counts."""
    ends_on = models.DateField(null=True, blank=True)
    """First day no longer in force (expired, lapsed, invalidated); blank: open."""

    class Meta:
        ordering = ("alliance", "publication", "country")
        indexes = (
            # The orders of long lists, along which pages are looked for.
            models.Index(fields=("publication", "id"), name="patent_by_publication"),
            models.Index(fields=("country", "publication", "id"), name="patent_by_country"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("alliance", "publication", "country"), name="patent_publication_once_in_country"
            ),
            models.UniqueConstraint(fields=("id", "alliance"), name="patent_with_its_alliance"),
            models.CheckConstraint(condition=~Q(publication=""), name="patent_publication_is_given"),
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="patent_country_is_two_letters"),
            models.CheckConstraint(
                condition=Q(filed_on__isnull=True) | Q(granted_on__isnull=True) | Q(granted_on__gte=F("filed_on")),
                name="patent_granted_no_earlier_than_filed",
            ),
            # A right that is declared invalid counts as never granted: it may end on the day it began.
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(granted_on__isnull=True) | Q(ends_on__gte=F("granted_on")),
                name="patent_ends_no_earlier_than_granted",
            ),
        )

    def __str__(self) -> str:
        return f"{self.publication} ({self.country})"


class Ownership(Record):
    """An owner's part of a patent, from its first day as owner until the first day it is one no longer."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="ownerships")
    # Held true by a key over both columns, in the database.
    alliance = models.ForeignKey(
        "identity.Alliance", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    """The alliance of the patent, by which an owner is tied to it."""
    # The first column of an index, it needs none of its own.
    owner = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="ownerships", db_index=False
    )
    share = models.DecimalField(max_digits=13, decimal_places=12, null=True, blank=True)
    """The agreed part, above 0 and at most 1; blank: owned jointly without agreed parts."""
    from_on = models.DateField(null=True, blank=True)
    """First day as owner; blank: from the beginning."""
    to_on = models.DateField(null=True, blank=True)
    """First day no longer owner; blank: open."""

    class Meta:
        ordering = ("patent", "from_on", "id")
        indexes = (models.Index(fields=("owner", "alliance"), name="ownership_by_owner"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(share__isnull=True) | (Q(share__gt=0) & Q(share__lte=1)), name="ownership_share_is_a_part"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(from_on__isnull=True) | Q(to_on__gt=F("from_on")),
                name="ownership_ends_after_it_begins",
            ),
            no_overlap("ownership_once_at_a_time", keys=("patent", "owner"), first="from_on", end="to_on"),
        )

    def __str__(self) -> str:
        return f"{self.owner_id} in {self.patent_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.alliance_id


class PatentGrant(GrantedAction):
    """An action granted on one patent."""

    # Among the columns of two indexes it needs none of its own.
    content_object = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="granted_actions", db_index=False)
