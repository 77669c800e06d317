"""What a pool offers to licensees: programmes, and their terms in dated versions."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from platform_core.models import Record


class ProgrammeState(models.TextChoices):
    """How far a programme has come."""

    DRAFT = "draft", "Draft"
    LAUNCHED = "launched", "Launched"
    CLOSING = "closing", "Closing"
    CLOSED = "closed", "Closed"


class Programme(Record):
    """What a pool offers to licensees, contracted and billed by one operating entity in one currency."""

    alliance = models.ForeignKey("identity.Alliance", on_delete=models.PROTECT, related_name="programmes")
    pool = models.ForeignKey("composition.Pool", on_delete=models.PROTECT, related_name="programmes")
    operating_entity = models.ForeignKey(
        "identity.OperatingEntity", on_delete=models.PROTECT, related_name="programmes"
    )
    code = models.CharField(max_length=200)
    """The id that bundles and statements name the programme by."""
    name = models.CharField(max_length=500)
    currency = models.CharField(max_length=3)
    """ISO 4217 code of the currency royalties are settled in."""
    state = models.CharField(max_length=20, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    report_days = models.PositiveSmallIntegerField(default=30)
    """Days after the end of a quarter by which its sales are to be reported."""

    class Meta:
        ordering = ("alliance", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(report_days__gte=1, report_days__lte=180), name="programme_report_days_are_few"
            ),
            models.UniqueConstraint(fields=("alliance", "code"), name="programme_code_once_in_alliance"),
            models.CheckConstraint(condition=~Q(code=""), name="programme_code_is_given"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="programme_currency_is_a_code"),
            models.CheckConstraint(condition=Q(state__in=ProgrammeState.values), name="programme_state_is_known"),
        )

    def __str__(self) -> str:
        return self.code


class ProgrammeTerms(Record):
    """What holds for a programme, or one licence of it, from a day on, until what holds from a later day."""

    programme: models.ForeignKey[Programme, Programme]
    programme_id: UUID
    from_on = models.DateField()
    """First day of what is made by them."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.programme_id} from {self.from_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the programme."""
        return self.programme.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id


class TermsState(models.TextChoices):
    """Whether a version of the terms binds."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class TermsVersion(Record):
    """A programme's terms as one document; once published it never changes, and binds from a day on until the next."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="terms_versions")
    number = models.PositiveIntegerField()
    in_force_from = models.DateField()
    """First day it is in force; a close uses the version in force on the period's last day."""
    document = models.TextField()
    """The terms in TOML, as the close specification describes them; the period is filled in for each close."""
    content = models.JSONField()
    """The same document as plain tables and lists."""
    state = models.CharField(max_length=20, choices=TermsState, default=TermsState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("programme", "number")
        constraints = (
            models.UniqueConstraint(fields=("programme", "number"), name="terms_number_once_in_programme"),
            models.UniqueConstraint(fields=("id", "programme"), name="terms_with_their_programme"),
            models.UniqueConstraint(
                fields=("programme", "in_force_from"),
                condition=Q(state=TermsState.PUBLISHED),
                name="terms_one_published_from_a_day",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="terms_number_from_one"),
            models.CheckConstraint(condition=Q(state__in=TermsState.values), name="terms_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=TermsState.PUBLISHED) ^ Q(published_at__isnull=True),
                name="terms_published_has_its_instant",
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme_id} version {self.number}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the programme."""
        return self.programme.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id
