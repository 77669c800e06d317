"""The clauses of licences, and what licensees were told of better terms of others."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.models import Licence
from licensing.clauses.lifecycle import EndingState
from platform_core.identity.models import User
from platform_core.models import Record


class GrantBack(models.TextChoices):
    """What a licensee gives back of its own improvements."""

    NONE = "none", "Nothing"
    NON_EXCLUSIVE = "non_exclusive", "A non-exclusive licence"


class AgreedClauses(models.Model):
    """What a licence of whatever kind agrees besides its price, and within which bounds, as the database holds."""

    grant_back = models.CharField(max_length=20, choices=GrantBack, default=GrantBack.NONE)
    ends_on_challenge = models.BooleanField(default=False)
    """Whether it ends when the licensee contests a patent; never."""
    most_favoured = models.BooleanField(default=False)
    """Whether the licensee is told when a later licence has better rates."""

    class Meta:
        abstract = True


def clause_constraints(prefix: str) -> tuple[models.CheckConstraint, ...]:
    """Return what holds of the clauses of a kind of licence, by names that begin so."""
    return (
        models.CheckConstraint(condition=Q(grant_back__in=GrantBack.values), name=f"{prefix}_grant_back_non_exclusive"),
        models.CheckConstraint(condition=Q(ends_on_challenge=False), name=f"{prefix}_validity_may_be_challenged"),
    )


class LicenceClauses(AgreedClauses, Record):
    """What a licence agrees besides its price. A licence that ends for a challenge of validity cannot be recorded."""

    licence = models.OneToOneField(Licence, on_delete=models.PROTECT, related_name="clauses")
    note = models.CharField(max_length=1000, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("licence", "id")
        verbose_name = "clauses of a licence"
        verbose_name_plural = "clauses of licences"
        constraints = clause_constraints("clauses")

    def __str__(self) -> str:
        return f"clauses of {self.licence_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the licence's programme."""
        return self.licence.audit_alliance_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.audit_operating_entity_id()


class FavourNotice(Record):
    """What a licensee with a most-favoured clause was told: that a better rate exists from a day, and never whose."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="favour_notices")
    from_on = models.DateField()
    """From which day somebody has a better rate."""
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("licence", "-from_on", "id")
        verbose_name = "notice of better terms"
        verbose_name_plural = "notices of better terms"
        constraints = (models.UniqueConstraint(fields=("licence", "from_on"), name="favournotice_once_a_day"),)

    def __str__(self) -> str:
        return f"better terms than {self.licence_id} from {self.from_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the licence's programme."""
        return self.licence.audit_alliance_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.audit_operating_entity_id()


class FavourEnding(Record):
    """A proposal that a licence has its most-favoured clause no longer: made by one person, decided by another."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="favour_endings")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=EndingState, default=EndingState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-proposed_at", "-id")
        verbose_name = "end of a most-favoured clause"
        verbose_name_plural = "ends of most-favoured clauses"
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="favourending_has_a_reason"),
            models.CheckConstraint(condition=Q(state__in=EndingState.values), name="favourending_state_known"),
            models.UniqueConstraint(
                fields=("licence",), condition=Q(state=EndingState.PROPOSED), name="favourending_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state=EndingState.PROPOSED, decided_by=None, decided_at=None)
                | (~Q(state=EndingState.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="favourending_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state=EndingState.WITHDRAWN) | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="favourending_two_people",
            ),
        )

    def __str__(self) -> str:
        return f"end of the most-favoured clause of {self.licence_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the licence's programme."""
        return self.licence.audit_alliance_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.audit_operating_entity_id()
