"""Audits of licensees: what the contract says of them, who audits what, what was found, and what it comes to."""

from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Charge, Licence
from licensing.audits.calculation import Measure, Reaches
from licensing.audits.lifecycle import AuditState
from platform_core.access.grants.models import Grant
from platform_core.identity.models import Seat, User
from platform_core.models import Part, Record
from platform_core.spans import no_overlap

PERIOD_FORM: Final = r"^[0-9]{4}(-(0[1-9]|1[0-2])|Q[1-4]|H[12])?$"

_ENDED: Final = Q(state__in=[AuditState.SETTLED, AuditState.CANCELLED])


class AuditClause(Record):
    """What a licence says of audits from a day on: notice, years, interest, and who bears the cost. Two people.

    One that was recorded wrongly is withdrawn before it is confirmed; after that another takes its place.
    """

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="audit_clauses")
    from_on = models.DateField(help_text="first day of the notices it holds for")
    stands_in = models.CharField(max_length=200, help_text="where in the contract it stands")
    notice_days = models.PositiveSmallIntegerField(help_text="days from the notice to the first day of access")
    look_back_years = models.PositiveSmallIntegerField(help_text="so many years before the notice are audited at most")
    months_between = models.PositiveSmallIntegerField(help_text="months from one notice to the next at least")
    threshold_percent = models.DecimalField(max_digits=9, decimal_places=6)
    threshold_reaches = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Reaches])
    threshold_measure = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Measure])
    nets = models.BooleanField(default=True, help_text="whether too much in one period is taken off too little in one")
    interest_kind = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in InterestKind], blank=True
    )
    interest_percent = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    interest_year_days = models.PositiveSmallIntegerField(default=365)
    payment_days = models.PositiveSmallIntegerField(help_text="days from the report's due day to that of payment")
    answer_days = models.PositiveSmallIntegerField(
        default=30, help_text="days the licensee has to answer findings before they are worked out without it"
    )
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replacements", help_text="the one recorded wrongly"
    )
    reason = models.CharField(max_length=500, blank=True, help_text="why it takes the place of another")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, help_text="when another was confirmed in its place")
    withdrawn_at = models.DateTimeField(null=True, help_text="when it was taken back, before it was confirmed")
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("licence", "-from_on")
        constraints = (
            models.UniqueConstraint(
                fields=("licence", "from_on"),
                condition=Q(confirmed_at__isnull=False, replaced_at=None),
                name="auditclause_once_from_a_day",
            ),
            models.UniqueConstraint(
                fields=("licence", "from_on"),
                condition=Q(confirmed_at=None, withdrawn_at=None),
                name="auditclause_recorded_once",
            ),
            models.UniqueConstraint(
                fields=("replaces",), condition=Q(withdrawn_at=None), name="auditclause_replaced_once"
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, reason="") | (Q(replaces__isnull=False) & ~Q(reason="")),
                name="auditclause_replaces_with_reason",
            ),
            models.CheckConstraint(condition=~Q(replaces=F("id")), name="auditclause_replaces_another"),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(confirmed_at__isnull=False),
                name="auditclause_replaced_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, confirmed_at=None) & ~Q(withdrawn_reason="")),
                name="auditclause_withdrawn_unconfirmed",
            ),
            models.CheckConstraint(condition=~Q(stands_in=""), name="auditclause_has_its_source"),
            models.CheckConstraint(
                condition=Q(look_back_years__gte=1, look_back_years__lte=20, months_between__lte=120)
                & Q(notice_days__lte=366, payment_days__lte=366, answer_days__lte=366),
                name="auditclause_spans_are_spans",
            ),
            models.CheckConstraint(
                condition=Q(threshold_percent__gte=0, threshold_percent__lte=100), name="auditclause_percent_is_one"
            ),
            models.CheckConstraint(
                condition=Q(
                    threshold_reaches__in=[each.value for each in Reaches],
                    threshold_measure__in=[each.value for each in Measure],
                ),
                name="auditclause_threshold_is_known",
            ),
            models.CheckConstraint(
                condition=Q(interest_kind="", interest_percent=0)
                | Q(
                    interest_kind__in=[each.value for each in InterestKind],
                    interest_percent__gt=0,
                    interest_percent__lt=100,
                ),
                name="auditclause_interest_is_whole",
            ),
            models.CheckConstraint(condition=Q(interest_year_days__in=(360, 365)), name="auditclause_year_is_one"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("recorded_by"))),
                name="auditclause_confirmed_by_another",
            ),
        )
        indexes = (models.Index(fields=("recorded_at", "id"), name="auditclause_by_time"),)

    def __str__(self) -> str:
        return f"{self.licence} from {self.from_on}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee, with whom it was agreed."""
        return self.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id


class Audit(Record):
    """One audit of what a licensee reported under a licence: one auditor, some months, and what it comes to."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="audits")
    clause = models.ForeignKey(AuditClause, on_delete=models.PROTECT, related_name="audits")
    number = models.PositiveIntegerField(help_text="of the licence's audits")
    first_month = models.DateField(help_text="first day of the first month that is audited")
    last_month = models.DateField(help_text="first day of the last month that is audited")
    reason = models.CharField(max_length=500, help_text="why it is audited; the licensee reads it in the notice")
    auditor = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=AuditState, default=AuditState.PROPOSED)

    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    noticed_on = models.DateField(null=True)
    noticed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    access_from_on = models.DateField(null=True, help_text="first day on which the auditor may have access")
    undertaken_at = models.DateTimeField(null=True, help_text="when the auditor gave its confidentiality undertaking")
    undertaking = models.CharField(max_length=1000, blank=True, help_text="its words, as they were read")
    access_ends_on = models.DateField(null=True, help_text="first day without access")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="+")
    handed_in_at = models.DateTimeField(null=True)
    answer_until_on = models.DateField(null=True, help_text="last day on which the licensee may answer")
    sent_back_reason = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=2000, blank=True, help_text="what the licensee says of the findings")
    is_accepted = models.BooleanField(null=True, help_text="whether the licensee accepts the findings")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    currency = models.CharField(max_length=3)
    cost_minor = models.BigIntegerField(null=True, help_text="what the audit cost")
    interest_until_on = models.DateField(null=True, help_text="day up to which interest is counted")
    charge_month = models.DateField(null=True, help_text="first day of the month whose close bills it")
    paid_minor = models.BigIntegerField(null=True)
    due_minor = models.BigIntegerField(null=True)
    shortfall_minor = models.BigIntegerField(null=True, help_text="when the auditor was let in; the cost goes by it")
    minimum_minor = models.BigIntegerField(null=True, help_text="what minimums that were billed have paid of it")
    billed_minor = models.BigIntegerField(null=True, help_text="what closes have billed of it since")
    charged_minor = models.BigIntegerField(null=True, help_text="what is left of it to be charged")
    interest_minor = models.BigIntegerField(null=True)
    is_cost_shifted = models.BooleanField(null=True, help_text="whether the licensee bears the cost")
    calculated_at = models.DateTimeField(null=True)
    calculated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    shortfall_charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    interest_charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    cost_charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    reversed_at = models.DateTimeField(null=True, help_text="when two people took back what it charged")
    cancel_asked_at = models.DateTimeField(null=True, help_text="when one person asked to end it; another decides")
    cancel_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_reason = models.CharField(max_length=500, blank=True, help_text="of a cancellation that is asked for too")

    class Meta:
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("licence", "number"), name="audit_number_once"),
            models.UniqueConstraint(fields=("licence",), condition=~_ENDED, name="audit_open_once"),
            models.CheckConstraint(condition=Q(state__in=AuditState.values), name="audit_state_is_known"),
            models.CheckConstraint(condition=Q(first_month__lte=F("last_month")), name="audit_months_in_order"),
            models.CheckConstraint(
                condition=Q(first_month__day=1, last_month__day=1) & (Q(charge_month=None) | Q(charge_month__day=1)),
                name="audit_whole_months",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="audit_has_a_reason"),
            models.CheckConstraint(
                condition=Q(noticed_by=None) | ~Q(noticed_by=F("proposed_by")), name="audit_noticed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | ~Q(settled_by=F("calculated_by")), name="audit_settled_by_another"
            ),
            models.CheckConstraint(
                condition=Q(noticed_on=None, access_from_on=None)
                | Q(noticed_on__isnull=False, access_from_on__gte=F("noticed_on")),
                name="audit_notice_comes_first",
            ),
            models.CheckConstraint(
                condition=Q(grant=None)
                | (Q(undertaken_at__isnull=False, access_ends_on__gt=F("access_from_on")) & ~Q(undertaking="")),
                name="audit_access_is_undertaken_and_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[AuditState.CALCULATED, AuditState.SETTLED])
                | Q(
                    cost_minor__gte=0,
                    shortfall_minor__gte=0,
                    interest_minor__gte=0,
                    minimum_minor__gte=0,
                    billed_minor__gte=0,
                    charged_minor__gte=0,
                    minimum_minor__isnull=False,
                    billed_minor__isnull=False,
                    charged_minor__isnull=False,
                    paid_minor__isnull=False,
                    due_minor__isnull=False,
                    is_cost_shifted__isnull=False,
                    charge_month__isnull=False,
                    interest_until_on__isnull=False,
                ),
                name="audit_worked_out_wholly",
            ),
            models.CheckConstraint(
                condition=~Q(state=AuditState.SETTLED) | Q(settled_at__isnull=False), name="audit_settled_at_an_instant"
            ),
            models.CheckConstraint(
                condition=~Q(state=AuditState.CANCELLED) | (Q(cancelled_at__isnull=False) & ~Q(cancelled_reason="")),
                name="audit_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(cancel_asked_at=None)
                | (Q(cancel_asked_by__isnull=False, noticed_on__isnull=False) & ~Q(cancelled_reason="")),
                name="audit_cancellation_asked_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state=AuditState.CANCELLED)
                | Q(noticed_on=None)
                | (
                    Q(cancel_asked_by__isnull=False, cancelled_by__isnull=False) & ~Q(cancelled_by=F("cancel_asked_by"))
                ),
                name="audit_cancelled_by_two",
            ),
            models.CheckConstraint(
                condition=Q(handed_in_at=None) | Q(answer_until_on__isnull=False), name="audit_answer_has_its_days"
            ),
            # What was audited once is not audited again: its shortfall would be charged once more. Those settled before
            # this was a rule do not say what they charged, and are left out; those reversed charge nothing.
            no_overlap(
                "audit_each_month_once",
                keys=["licence"],
                first="first_month",
                end="last_month",
                end_included=True,
                condition=~Q(state=AuditState.CANCELLED)
                & ~Q(state=AuditState.SETTLED, charged_minor=None)
                & Q(reversed_at=None),
            ),
            models.CheckConstraint(
                condition=Q(reversed_at=None) | Q(state=AuditState.SETTLED), name="audit_reversed_once_settled"
            ),
        )
        indexes = (models.Index(fields=("proposed_at", "id"), name="audit_by_time"),)

    def __str__(self) -> str:
        return f"audit {self.number} of {self.licence}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee that is audited."""
        return self.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id


class AuditReversal(Part):
    """Taking back what a settled audit charged: one person proposes it with a reason, another of finance decides.

    What was settled stays on record as it was.
    """

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="reversals")
    reason = models.CharField(max_length=500, help_text="the licensee reads it once it is confirmed")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_confirmed = models.BooleanField(null=True, help_text="whether it was confirmed or refused; blank: it waits")

    class Meta:
        ordering = ("audit", "proposed_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("audit",),
                condition=Q(is_confirmed=None) | Q(is_confirmed=True),
                name="auditreversal_once_or_waiting",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="auditreversal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(is_confirmed=None, decided_at=None, decided_by=None)
                | Q(is_confirmed__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="auditreversal_decided_wholly",
            ),
            models.CheckConstraint(
                condition=~Q(is_confirmed=True) | ~Q(decided_by=F("proposed_by")),
                name="auditreversal_confirmed_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"reversal of {self.audit}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee that was audited."""
        return self.audit.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.audit.audit_operating_entity_id()


class AuditFinding(Record):
    """What was reported and what was found of one period and product."""

    # The first column of a unique key, it needs no index of its own.
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="findings", db_index=False)
    period = models.CharField(max_length=7)
    product = models.CharField(max_length=200)
    due_on = models.DateField(help_text="day by which its royalty was to be paid: interest runs from then")
    reported_units = models.BigIntegerField()
    found_units = models.BigIntegerField()
    reported_minor = models.BigIntegerField(help_text="what the posted close came to when the auditor was let in")
    found_minor = models.BigIntegerField(help_text="what is due by what was found")
    cause = models.CharField(max_length=500, blank=True, help_text="why they differ")
    billed_minor = models.BigIntegerField(null=True, help_text="what closes came to when it was worked out")
    billed_on = models.DateField(null=True, help_text="day of the close that came to another amount than was reported")

    class Meta:
        ordering = ("audit", "period", "product")
        constraints = (
            models.UniqueConstraint(fields=("audit", "period", "product"), name="auditfinding_once"),
            models.CheckConstraint(condition=Q(period__regex=PERIOD_FORM), name="auditfinding_period_is_one"),
            models.CheckConstraint(condition=~Q(product=""), name="auditfinding_product_is_given"),
            models.CheckConstraint(
                condition=Q(reported_units__gte=0, found_units__gte=0, reported_minor__gte=0, found_minor__gte=0),
                name="auditfinding_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(billed_minor=None, billed_on=None) | Q(billed_minor__gte=0),
                name="auditfinding_billed_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(reported_units=F("found_units"), reported_minor=F("found_minor")) | ~Q(cause=""),
                name="auditfinding_difference_has_a_cause",
            ),
        )

    def __str__(self) -> str:
        return f"{self.audit} {self.period} {self.product}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee that is audited."""
        return self.audit.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.audit.audit_operating_entity_id()
