"""Ties of people and organisations to those whom an alliance's office must stand apart from, and undertakings."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from platform_core.identity.models import Alliance, Organisation, User
from platform_core.models import Record
from platform_core.spans import no_overlap


class AffiliationKind(models.TextChoices):
    """How two organisations belong together."""

    CONTROL = "control", "One controls the other"
    COMMON_CONTROL = "common_control", "Both are under common control"
    OTHER = "other", "Otherwise affiliated"


class Affiliation(Record):
    """Two organisations that belong together from a day on; whoever is tied to the one is tied to the other."""

    first = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AffiliationKind)
    source = models.CharField(max_length=500, help_text="where it is known from")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="first day without it")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(first=F("second")), name="affiliation_of_two"),
            models.CheckConstraint(condition=Q(kind__in=AffiliationKind.values), name="affiliation_kind_known"),
            models.CheckConstraint(condition=~Q(source=""), name="affiliation_from_a_source"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="affiliation_ends_after_start"
            ),
            no_overlap("affiliation_once_at_a_time", keys=("first", "second"), first="starts_on", end="ends_on"),
        )
        indexes = (
            models.Index(fields=["first"], name="affiliation_by_first"),
            models.Index(fields=["second"], name="affiliation_by_second"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class TieKind(models.TextChoices):
    """How a person is tied to an organisation without a seat there."""

    EMPLOYMENT = "employment", "Employed by it"
    SECONDMENT = "secondment", "Seconded from it"
    INTEREST = "interest", "Other interest in it"


class DeclaredTie(Record):
    """A tie of a person to an organisation, declared by the person or put on record by an office."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="declared_ties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=TieKind)
    source = models.CharField(max_length=500, help_text="who said so, or on which paper")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="first day without it")
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=TieKind.values), name="declaredtie_kind_known"),
            models.CheckConstraint(condition=~Q(source=""), name="declaredtie_from_a_source"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="declaredtie_ends_after_start"
            ),
        )
        indexes = (models.Index(fields=["user"], name="declaredtie_by_user"),)

    def __str__(self) -> str:
        return f"{self.user_id} and {self.organisation_id}"


class Undertaking(Record):
    """A clean-team undertaking: for a time, a person with a conflict works in an alliance without seeing named things.

    It holds once a second person has confirmed that the signed paper is on file.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="undertakings")
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="undertakings")
    text = models.CharField(max_length=2000, help_text="what the person undertakes")
    hidden_organisations = ArrayField(models.UUIDField(), default=list, blank=True)
    """Organisations whose data the person may not see."""
    hidden_kinds = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    """Kinds of things, such as reports.salesreport, of which the person may not see any."""
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="first day without it")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="undertaking_worded"),
            models.CheckConstraint(
                condition=Q(hidden_organisations__len__gt=0) | Q(hidden_kinds__len__gt=0),
                name="undertaking_names_what_is_hidden",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="undertaking_ends_after_start"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None)
                | (
                    Q(confirmed_by__isnull=False)
                    & ~Q(confirmed_by=F("user"))
                    & (Q(recorded_by=None) | ~Q(confirmed_by=F("recorded_by")))
                ),
                name="undertaking_confirmed_by_another",
            ),
            models.CheckConstraint(condition=~Q(recorded_by=F("user")), name="undertaking_recorded_by_another"),
        )
        indexes = (models.Index(fields=["user", "alliance"], name="undertaking_by_user"),)

    def __str__(self) -> str:
        return f"undertaking of {self.user_id}"
