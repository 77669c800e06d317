"""Calls for patents of pools, what members submit to them, and the panels that evaluate it."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from members.memberships.models import Membership
from platform_core.access.grants.models import GrantedAction
from platform_core.documents.models import Document
from platform_core.identity.models import Seat, User
from platform_core.models import Record
from pools.charts.models import ClaimChart
from pools.composition.models import Pool, PoolEntry
from pools.patents.models import Patent


class CallState(models.TextChoices):
    """How far a call has come."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    CLOSED = "closed", "Closed"


class CallAudience(models.TextChoices):
    """Who may read a call; members of the alliance answer it."""

    PUBLIC = "public", "Anybody"
    MEMBERS = "members", "Members of the alliance"


class Call(Record):
    """A call for patents of a pool: for which standard or field, from when to when, and by which time limits."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="calls")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=CallState, default=CallState.DRAFT)
    audience = models.CharField(max_length=20, choices=CallAudience, default=CallAudience.MEMBERS)
    title_zh = models.CharField(max_length=200, blank=True, default="")
    title_en = models.CharField(max_length=200, blank=True, default="")
    standard = models.CharField(max_length=200, help_text="the standard, with its version, or the field called for")
    text_zh = models.TextField(blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    opens_on = models.DateField(null=True, blank=True, help_text="first day on which patents are taken")
    submit_by_on = models.DateField(null=True, blank=True, help_text="last day on which they are; null: open")
    evaluation_days = models.PositiveSmallIntegerField(default=60, help_text="a panel's time for an opinion")
    reevaluation_days = models.PositiveSmallIntegerField(default=30, help_text="an owner's time to ask once more")
    appeal_days = models.PositiveSmallIntegerField(default=30, help_text="an owner's time to appeal")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pool", "number")
        constraints = (
            models.UniqueConstraint(fields=("pool", "number"), name="call_numbered_in_pool"),
            models.UniqueConstraint(fields=("id", "pool"), name="call_with_its_pool"),
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="call_state_known"),
            models.CheckConstraint(condition=Q(audience__in=CallAudience.values), name="call_audience_known"),
            models.CheckConstraint(condition=~Q(title_zh="", title_en=""), name="call_is_titled"),
            models.CheckConstraint(condition=~Q(standard=""), name="call_says_for_what"),
            models.CheckConstraint(
                condition=Q(state=CallState.DRAFT, published_at=None)
                | Q(~Q(state=CallState.DRAFT), published_at__isnull=False, opens_on__isnull=False),
                name="call_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(submit_by_on=None) | Q(submit_by_on__gte=F("opens_on")), name="call_ends_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(evaluation_days__gt=0, reevaluation_days__gt=0, appeal_days__gt=0),
                name="call_limits_leave_time",
            ),
        )

    def __str__(self) -> str:
        return self.title_zh or self.title_en

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.pool.alliance_id


class SubmissionState(models.TextChoices):
    """How far a submission has come."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned to be completed"
    COMPLETE = "complete", "Complete"
    IN_EVALUATION = "in_evaluation", "In evaluation"
    NOT_ESSENTIAL = "not_essential", "Found not essential"
    IN_REEVALUATION = "in_reevaluation", "In re-evaluation"
    CONFIRMED = "confirmed", "Found not essential again"
    APPEALED = "appealed", "Appealed"
    IN_APPEAL = "in_appeal", "In evaluation on appeal"
    ESSENTIAL = "essential", "Found essential"
    LISTED = "listed", "Listed"
    REFUSED = "refused", "Finally not essential"
    WITHDRAWN = "withdrawn", "Withdrawn"


OVER = (SubmissionState.REFUSED.value, SubmissionState.WITHDRAWN.value)
"""States of submissions that came to nothing; the patent may be submitted again."""


class Submission(Record):
    """A member's patent submitted to a call, with the claims alleged essential; it stays free to license it itself."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="submissions")
    # Held true by a key over both columns, in the database.
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="submissions", db_constraint=False)
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="submissions")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="submissions")
    state = models.CharField(max_length=20, choices=SubmissionState, default=SubmissionState.DRAFT)
    exclusive = models.BooleanField(default=False)
    """Never: what is contributed to a pool can be licensed by its owner too."""
    statement = models.TextField(blank=True, default="")
    panel = models.ForeignKey(
        "submissions.Panel", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    """The panel whose turn it is, or was last."""
    entry = models.OneToOneField(PoolEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="submission")
    due_on = models.DateField(null=True, blank=True, help_text="last day of the time limit that runs")
    note = models.CharField(max_length=500, blank=True, default="", help_text="why it was returned, or withdrawn")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pool", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("pool", "patent", "membership"), condition=~Q(state__in=OVER), name="submission_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(state__in=SubmissionState.values), name="submission_state_known"),
            models.CheckConstraint(condition=Q(exclusive=False), name="submission_never_exclusive"),
            models.CheckConstraint(
                condition=Q(state__in=[SubmissionState.DRAFT, SubmissionState.WITHDRAWN])
                | Q(submitted_at__isnull=False),
                name="submission_submitted_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(entry=None) | Q(state=SubmissionState.LISTED), name="submission_listed_by_an_entry"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[SubmissionState.IN_EVALUATION, SubmissionState.IN_APPEAL])
                | Q(panel__isnull=False),
                name="submission_evaluated_by_a_panel",
            ),
        )

    def __str__(self) -> str:
        return str(self.patent)

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.pool.alliance_id


class SubmissionClaim(Record):
    """A claim of a submitted patent that is alleged to read on a clause of a standard, with its chart."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="claims")
    number = models.PositiveSmallIntegerField(help_text="of the claim in the patent")
    standard = models.CharField(max_length=200)
    clause = models.CharField(max_length=200)
    explanation = models.TextField(blank=True, default="")
    claim_chart = models.ForeignKey(
        ClaimChart,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submission_claims",
        help_text="a reviewed version of a chart of the patent, which whoever reads the submission reads too",
    )
    chart = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("submission", "number", "standard", "clause")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "number", "standard", "clause"), name="submissionclaim_once_on_a_clause"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="submissionclaim_numbered"),
            models.CheckConstraint(condition=~Q(standard="") & ~Q(clause=""), name="submissionclaim_on_a_clause"),
        )

    def __str__(self) -> str:
        return f"{self.number} on {self.standard} {self.clause}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.submission.audit_alliance_id()


class PanelKind(models.TextChoices):
    """What a panel is appointed for."""

    FIRST = "first", "Evaluation and re-evaluation"
    APPEAL = "appeal", "Appeal"


class Panel(Record):
    """Those who evaluate a submission: one lead and two assistants, none of them tied to its owner."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="panels")
    kind = models.CharField(max_length=10, choices=PanelKind)
    lead = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    first_assistant = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    second_assistant = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    until_on = models.DateField(help_text="last day of the assignments")
    appointed_at = models.DateTimeField()
    appointed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("submission", "id")
        constraints = (
            models.UniqueConstraint(fields=("submission", "kind"), name="panel_once_for_each"),
            models.UniqueConstraint(fields=("id", "submission"), name="panel_with_its_submission"),
            models.CheckConstraint(condition=Q(kind__in=PanelKind.values), name="panel_kind_known"),
            models.CheckConstraint(
                condition=~Q(lead=F("first_assistant"))
                & ~Q(lead=F("second_assistant"))
                & ~Q(first_assistant=F("second_assistant")),
                name="panel_of_three",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} panel of {self.submission_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.submission.audit_alliance_id()


class PanelGrant(GrantedAction):
    """An assignment to one panel."""

    # Among the columns of two indexes it needs none of its own.
    content_object = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="granted_actions", db_index=False)


class OpinionState(models.TextChoices):
    """How far an opinion has come."""

    DRAFT = "draft", "Draft"
    GIVEN = "given", "Given"


class OpinionResult(models.TextChoices):
    """What an opinion comes to."""

    ESSENTIAL = "essential", "Essential"
    NOT_ESSENTIAL = "not_essential", "Not essential"


class Voice(models.TextChoices):
    """What an assistant says of the lead's draft."""

    AGREES = "agrees", "Agrees"
    DISSENTS = "dissents", "Dissents"


class Opinion(Record):
    """What a panel finds, and why: written by its lead, with the voices of both assistants, and fixed once given."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="opinions")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="opinions", db_constraint=False)
    round = models.PositiveSmallIntegerField(help_text="1, and 2 for a panel's re-evaluation")
    state = models.CharField(max_length=10, choices=OpinionState, default=OpinionState.DRAFT)
    result = models.CharField(max_length=20, choices=OpinionResult, blank=True, default="")
    reasons = models.TextField(blank=True, default="")
    first_voice = models.CharField(max_length=10, choices=Voice, blank=True, default="")
    first_note = models.CharField(max_length=2000, blank=True, default="")
    second_voice = models.CharField(max_length=10, choices=Voice, blank=True, default="")
    second_note = models.CharField(max_length=2000, blank=True, default="")
    created_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    final_on = models.DateField(null=True, blank=True, help_text="from which day nothing can change it any more")

    class Meta:
        ordering = ("submission", "id")
        constraints = (
            models.UniqueConstraint(fields=("panel", "round"), name="opinion_once_in_a_round"),
            models.CheckConstraint(condition=Q(state__in=OpinionState.values), name="opinion_state_known"),
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="opinion_round_known"),
            models.CheckConstraint(
                condition=Q(state=OpinionState.DRAFT, result="", given_at=None, final_on=None)
                | (
                    Q(state=OpinionState.GIVEN, result__in=OpinionResult.values, given_at__isnull=False)
                    & ~Q(reasons="")
                    & Q(first_voice__in=Voice.values, second_voice__in=Voice.values)
                    & (Q(first_voice=Voice.AGREES) | Q(second_voice=Voice.AGREES))
                ),
                name="opinion_given_by_its_panel",
            ),
        )

    def __str__(self) -> str:
        return f"opinion {self.round} on {self.submission_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.submission.audit_alliance_id()


class Finding(Record):
    """What an opinion says of one claim on one clause."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="findings")
    claim = models.ForeignKey(SubmissionClaim, on_delete=models.PROTECT, related_name="findings")
    essential = models.BooleanField()
    reasons = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("opinion", "claim")
        constraints = (models.UniqueConstraint(fields=("opinion", "claim"), name="finding_once_of_a_claim"),)

    def __str__(self) -> str:
        return f"{self.claim_id} in {self.opinion_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.opinion.audit_alliance_id()
