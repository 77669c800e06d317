"""Who takes part in an alliance, and how they came to."""

from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.documents.models import Document
from platform_core.identity.models import Organisation, Seat, User
from platform_core.models import Record
from platform_core.spans import no_overlap


class Segment(models.TextChoices):
    """Where in the industry a member stands; an alliance may use further words of its own."""

    UPSTREAM = "upstream", "Upstream"
    MIDSTREAM = "midstream", "Midstream"
    DOWNSTREAM = "downstream", "Downstream"
    RESEARCH = "research", "Research"
    FINANCE = "finance", "Finance"
    SERVICE = "service", "Service"


class MembershipState(models.TextChoices):
    """How far a membership has come, by its last step, which may take effect on a later day."""

    APPLIED = "applied", "Applied"
    UNDER_REVIEW = "under_review", "Under review"
    ADMITTED = "admitted", "Admitted"
    SUSPENDED = "suspended", "Suspended"
    LEFT = "left", "Left"
    EXPELLED = "expelled", "Expelled"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Application withdrawn"


class StepKind(models.TextChoices):
    """What may happen to a membership."""

    APPLICATION = "application", "Application"
    REVIEW = "review", "Review"
    ADMISSION = "admission", "Admission"
    REFUSAL = "refusal", "Refusal"
    WITHDRAWAL = "withdrawal", "Withdrawal of the application"
    SUSPENSION = "suspension", "Suspension"
    RESUMPTION = "resumption", "Resumption"
    DEPARTURE = "departure", "Departure"
    EXPULSION = "expulsion", "Expulsion"


APPLYING: Final = (MembershipState.APPLIED.value, MembershipState.UNDER_REVIEW.value)
"""States of an application that is not decided."""

MEMBER_STATES: Final = (
    MembershipState.ADMITTED.value,
    MembershipState.SUSPENDED.value,
    MembershipState.LEFT.value,
    MembershipState.EXPELLED.value,
)
"""States of those who are members between their days, or were."""

ENDED_STATES: Final = (MembershipState.LEFT.value, MembershipState.EXPELLED.value)


class Membership(Record):
    """An organisation's part in an alliance, under a member code, from its first day in until its first day out."""

    alliance = models.ForeignKey("identity.Alliance", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="memberships")
    code = models.CharField(max_length=200, blank=True, default="")
    """The member code by which lists, bundles and statements name the member; given at admission."""
    segment = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=MembershipState, default=MembershipState.ADMITTED)
    enters_on = models.DateField(null=True, blank=True)
    """First day in; blank: since the alliance began."""
    leaves_on = models.DateField(null=True, blank=True)
    """First day out; blank: open."""
    on_behalf = models.BooleanField(default=False, help_text="the office filed the application, on a letter")
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    admitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    admitted_alone = models.BooleanField(default=False, help_text="one person was enough by the alliance's rules")

    class Meta:
        ordering = ("alliance", "code")
        constraints = (
            models.UniqueConstraint(
                fields=("alliance", "code"), condition=~Q(code=""), name="membership_code_once_in_alliance"
            ),
            models.CheckConstraint(
                condition=(~Q(code="") | ~Q(state__in=MEMBER_STATES)) & ~Q(code__startswith="~"),
                name="membership_code_is_a_name",
            ),
            models.CheckConstraint(condition=Q(state__in=MembershipState.values), name="membership_state_is_known"),
            models.CheckConstraint(
                condition=Q(leaves_on__isnull=True) | Q(enters_on__isnull=True) | Q(leaves_on__gt=F("enters_on")),
                name="membership_leaves_after_it_enters",
            ),
            # Who was not admitted has no days in, and who left or was expelled has a first day out.
            models.CheckConstraint(
                condition=Q(state__in=MEMBER_STATES) | Q(enters_on=None, leaves_on=None),
                name="membership_days_once_admitted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ENDED_STATES) | Q(leaves_on__isnull=False), name="membership_ended_on_a_day"
            ),
            models.CheckConstraint(
                condition=(
                    Q(admitted_by=None)
                    | Q(reviewed_by=None)
                    | ~Q(admitted_by=F("reviewed_by"))
                    | Q(admitted_alone=True)
                ),
                name="membership_admitted_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=("alliance", "organisation"), condition=Q(state__in=APPLYING), name="membership_applied_for_once"
            ),
            no_overlap(
                "membership_once_at_a_time",
                keys=("alliance", "organisation"),
                first="enters_on",
                end="leaves_on",
                condition=Q(state__in=MEMBER_STATES),
            ),
        )

    def __str__(self) -> str:
        return self.code or str(self.organisation)


class MembershipStep(Record):
    """One step of a membership's history: what happened, from which day, why, on which paper, and who recorded it."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=StepKind)
    state_after = models.CharField(max_length=20, choices=MembershipState)
    effective_on = models.DateField(null=True, help_text="first day it holds; null: from the beginning")
    shares_from_on = models.DateField(null=True, help_text="first day the shares in royalties follow it")
    reason = models.CharField(max_length=500, blank=True, default="")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    taken_over = models.BooleanField(default=False, help_text="happened before the platform kept such steps")

    at = models.DateTimeField(null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("membership", "number")
        constraints = (
            models.UniqueConstraint(fields=("membership", "number"), name="membershipstep_numbered"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="membershipstep_kind_known"),
            models.CheckConstraint(
                condition=Q(state_after__in=MembershipState.values), name="membershipstep_state_known"
            ),
            models.CheckConstraint(
                condition=Q(taken_over=True)
                | (Q(at__isnull=False) & (Q(effective_on__isnull=False) | Q(kind=StepKind.ADMISSION))),
                name="membershipstep_dated",
            ),
            models.CheckConstraint(
                condition=Q(taken_over=True)
                | ~Q(reason="")
                | ~Q(
                    kind__in=(
                        StepKind.REFUSAL.value,
                        StepKind.SUSPENSION.value,
                        StepKind.RESUMPTION.value,
                        StepKind.EXPULSION.value,
                    )
                ),
                name="membershipstep_reasoned",
            ),
            models.CheckConstraint(
                condition=Q(taken_over=True) | ~Q(kind=StepKind.EXPULSION) | Q(document__isnull=False),
                name="membershipstep_expulsion_decided_on_paper",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.membership_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the membership."""
        return self.membership.alliance_id


USUAL_NOTICE: Final = 366
"""How many days ahead a member itself may leave where the alliance's rules say nothing: a year."""

NOTICE_AT_MOST: Final = 3660
"""The most that an alliance's rules may say: ten years."""


class MembershipRules(Record):
    """What an alliance's rules say of admitting members and of leaving; without a row, the strict ones hold."""

    alliance = models.OneToOneField("identity.Alliance", on_delete=models.PROTECT, related_name="membership_rules")
    admission_needs_second_person = models.BooleanField(default=True)
    longest_notice_days = models.PositiveSmallIntegerField(default=USUAL_NOTICE)
    """How far ahead a member itself may leave; a day beyond is agreed with the office, on a letter."""
    reason = models.CharField(max_length=500, help_text="where the rules say so, such as an article of the charter")

    class Meta:
        verbose_name = "membership rules"
        verbose_name_plural = "membership rules"
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="membershiprules_reasoned"),
            models.CheckConstraint(
                condition=Q(longest_notice_days__gte=1, longest_notice_days__lte=NOTICE_AT_MOST),
                name="membershiprules_notice_of_some_length",
            ),
        )

    def __str__(self) -> str:
        return f"membership rules of {self.alliance_id}"
