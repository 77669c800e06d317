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
from platform_core.models import Record

PERIOD_FORM: Final = r"^[0-9]{4}(-(0[1-9]|1[0-2])|Q[1-4]|H[12])?$"

_ENDED: Final = Q(state__in=[AuditState.SETTLED, AuditState.CANCELLED])


class AuditClause(Record):
    """What a licence says of audits from a day on: notice, years, interest, and who bears the cost. Two people."""

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
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("licence", "-from_on")
        constraints = (
            models.UniqueConstraint(fields=("licence", "from_on"), name="auditclause_once_from_a_day"),
            models.CheckConstraint(condition=~Q(stands_in=""), name="auditclause_has_its_source"),
            models.CheckConstraint(
                condition=Q(look_back_years__gte=1, look_back_years__lte=20, months_between__lte=120)
                & Q(notice_days__lte=366, payment_days__lte=366),
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
    shortfall_minor = models.BigIntegerField(null=True)
    interest_minor = models.BigIntegerField(null=True)
    is_cost_shifted = models.BooleanField(null=True, help_text="whether the licensee bears the cost")
    calculated_at = models.DateTimeField(null=True)
    calculated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    shortfall_charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    interest_charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    cost_charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=500, blank=True)

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


class AuditFinding(Record):
    """What was reported and what was found of one period and product."""

    # The first column of a unique key, it needs no index of its own.
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="findings", db_index=False)
    period = models.CharField(max_length=7)
    product = models.CharField(max_length=200)
    due_on = models.DateField(help_text="day by which its royalty was to be paid: interest runs from then")
    reported_units = models.BigIntegerField()
    found_units = models.BigIntegerField()
    reported_minor = models.BigIntegerField(help_text="what the posted close came to")
    found_minor = models.BigIntegerField(help_text="what is due by what was found")
    cause = models.CharField(max_length=500, blank=True, help_text="why they differ")

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
