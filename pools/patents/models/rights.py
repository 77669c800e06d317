"""Patents and their families: one right in one country each."""

from django.db import models
from django.db.models import F, Q

from platform_core.access.grants.models import GrantedAction
from platform_core.models import Record


class RightKind(models.TextChoices):
    """What kind of right a patent is, in the wide sense in which the law uses the word."""

    INVENTION = "invention", "invention 发明"
    UTILITY_MODEL = "utility_model", "utility model 实用新型"
    DESIGN = "design", "design 外观设计"
    PLANT = "plant", "plant 植物"


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
    publication_key = models.CharField(max_length=64, blank=True)
    """The publication's number in its canonical form without kind code, the same for what was published of one
    application and granted on it; blank: no number of an office."""
    application_key = models.CharField(max_length=64, blank=True)
    """The application's number in its canonical form; blank: not known, or no number of an office."""
    right = models.CharField(max_length=16, choices=RightKind, blank=True)
    """Invention, utility model or design, as its numbers or its record say; blank: they do not."""
    numbers_read = models.PositiveSmallIntegerField(default=0)
    """Which reading of numbers made the keys; 0: none yet."""
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
            models.Index(fields=("numbers_read",), condition=Q(numbers_read=0), name="patent_numbers_not_read"),
            # By these a row of a file finds the right it speaks of.
            models.Index(fields=("publication_key", "alliance"), name="patent_by_canonical_number"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("alliance", "publication", "country"), name="patent_publication_once_in_country"
            ),
            models.UniqueConstraint(
                fields=("alliance", "application_key", "country"),
                condition=~Q(application_key=""),
                name="patent_application_once_in_country",
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


class PatentGrant(GrantedAction):
    """An action granted on one patent."""

    # Among the columns of two indexes it needs none of its own.
    content_object = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="granted_actions", db_index=False)
