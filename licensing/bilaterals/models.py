"""What is claimed of licences between a licensee and a member, and what came of it."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.models import BilateralLicence, Licence
from platform_core.identity.models import User
from platform_core.models import Record


class ClaimState(models.TextChoices):
    """How far a claim has come."""

    CLAIMED = "claimed", "Claimed"
    ASKED = "asked", "The member is asked"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused by the member"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_STATES = (ClaimState.CLAIMED, ClaimState.ASKED)
"""States of claims that nothing is credited for yet."""


class BilateralClaim(Record):
    """A claim that a licensee holds a licence from a member of the pool, which lowers what that member is given.

    So the member has its say: nothing is credited before it confirms, or is silent for long and two people of finance
    find it shown.
    """

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="bilateral_claims")
    member = models.ForeignKey("composition.PoolMember", on_delete=models.PROTECT, related_name="bilateral_claims")
    starts_on = models.DateField(null=True, blank=True)
    """First day; blank: open."""
    ends_on = models.DateField(null=True, blank=True)
    """Last day, as contracts write it; blank: open."""
    stands_in = models.CharField(max_length=500)
    """What it stands on, such as the contract between the two, its date and clause."""
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.CLAIMED)
    claimed_at = models.DateTimeField()
    claimed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    """When the member answered, or finance found it shown without."""
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    without_answer = models.BooleanField(default=False)
    """Whether finance found it shown because the member did not answer."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    """Why the member refuses, finance finds it shown without an answer, or it was withdrawn."""
    bilateral = models.OneToOneField(
        BilateralLicence, on_delete=models.PROTECT, null=True, blank=True, related_name="claim"
    )
    """What is credited since it was confirmed."""

    class Meta:
        ordering = ("-claimed_at", "id")
        verbose_name = "claim of a bilateral licence"
        verbose_name_plural = "claims of bilateral licences"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="bilateralclaim_state_is_known"),
            models.CheckConstraint(condition=~Q(stands_in=""), name="bilateralclaim_says_what_it_stands_on"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="bilateralclaim_ends_no_earlier_than_it_starts",
            ),
            models.UniqueConstraint(
                fields=("licence", "member", "starts_on", "ends_on"),
                condition=Q(state__in=[state.value for state in OPEN_STATES]),
                nulls_distinct=False,
                name="bilateralclaim_open_once",
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=False)
                | Q(state__in=[ClaimState.CLAIMED.value, ClaimState.WITHDRAWN.value]),
                name="bilateralclaim_asked_before_it_is_answered",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=False, state__in=[ClaimState.CONFIRMED.value, ClaimState.REFUSED.value])
                | (Q(answered_at__isnull=True) & ~Q(state__in=[ClaimState.CONFIRMED.value, ClaimState.REFUSED.value])),
                name="bilateralclaim_answered_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=False, answered_by__isnull=False)
                | ~Q(state__in=[ClaimState.CONFIRMED.value, ClaimState.REFUSED.value]),
                name="bilateralclaim_answered_by_people",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True)
                | (
                    (Q(asked_by__isnull=True) | ~Q(answered_by=F("asked_by")))
                    & (Q(claimed_by__isnull=True) | ~Q(answered_by=F("claimed_by")))
                ),
                name="bilateralclaim_answered_by_another",
            ),
            models.CheckConstraint(
                condition=Q(bilateral__isnull=False, state=ClaimState.CONFIRMED)
                | (Q(bilateral__isnull=True) & ~Q(state=ClaimState.CONFIRMED)),
                name="bilateralclaim_confirmed_is_credited",
            ),
            models.CheckConstraint(
                condition=~Q(without_answer=True) | (Q(state=ClaimState.CONFIRMED) & ~Q(reason="")),
                name="bilateralclaim_without_answer_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | ~Q(state__in=[ClaimState.REFUSED.value, ClaimState.WITHDRAWN.value]),
                name="bilateralclaim_ended_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False, state=ClaimState.WITHDRAWN)
                | (Q(withdrawn_at__isnull=True) & ~Q(state=ClaimState.WITHDRAWN)),
                name="bilateralclaim_withdrawn_has_its_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.member_id} to {self.licence_id}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme; the alliance's office is not to hear of it."""
        return self.licence.programme.operating_entity_id
