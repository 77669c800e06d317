"""Comparisons of claimed deductions with what brands reported, as they were made, and what came of doubtful ones."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from licensing.deductions.calculation import Basis, Outcome
from licensing.reports.models import SalesReport
from platform_core.identity.models import Organisation, User
from platform_core.models import Record

_OUTCOMES = [(each.value, each.value) for each in Outcome]
_BASES = [(each.value, each.value) for each in Basis]
_HASH = "^[0-9a-f]{64}$"


class DeductionComparison(Record):
    """What one report claims to be of licensed brands, set beside what these reported; finance asked for it once.

    It stays as it was made: once one of the reports is superseded it is out of date, and another is made.
    """

    report = models.ForeignKey(SalesReport, on_delete=models.PROTECT, related_name="deduction_comparisons")
    codes = ArrayField(models.CharField(max_length=200))
    """Exclusion codes whose lines were compared."""
    reason = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    """Of all that it says, with the hashes of the reports it read."""

    class Meta:
        ordering = ("-made_at", "-id")
        indexes = (models.Index(fields=("made_at", "id"), name="deductioncomparison_by_time"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="deductioncomparison_has_a_reason"),
            models.CheckConstraint(condition=Q(codes__len__gt=0), name="deductioncomparison_of_codes"),
            models.CheckConstraint(condition=Q(sha256__regex=_HASH), name="deductioncomparison_hash_form"),
        )

    def __str__(self) -> str:
        return f"deductions of {self.report}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity, whose finance alone hears of it: neither maker nor brand does."""
        return self.report.licence.programme.operating_entity_id


class ComparedReport(Record):
    """A report that a comparison read, with the hashes of what it found there. Written once."""

    comparison = models.ForeignKey(DeductionComparison, on_delete=models.PROTECT, related_name="compared_reports")
    report = models.ForeignKey(SalesReport, on_delete=models.PROTECT, related_name="+")
    lines_sha256 = models.CharField(max_length=64)
    details_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("comparison", "id")
        constraints = (
            models.UniqueConstraint(fields=("comparison", "report"), name="comparedreport_once"),
            models.CheckConstraint(condition=Q(lines_sha256__regex=_HASH), name="comparedreport_hash_form"),
        )

    def __str__(self) -> str:
        return f"{self.report_id} in {self.comparison_id}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity."""
        return self.comparison.audit_operating_entity_id()


class ComparedDeduction(Record):
    """What a maker claims for one brand and product, beside the brand's own figure. Written once."""

    comparison = models.ForeignKey(DeductionComparison, on_delete=models.PROTECT, related_name="deductions")
    place = models.PositiveIntegerField()
    brand_name = models.CharField(max_length=200)
    """As the maker's lines write it."""
    brand = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    """Whom that is; blank: nobody is known by it."""
    product = models.CharField(max_length=200)
    evidence = ArrayField(models.CharField(max_length=200))
    """What the lines name as evidence, the first few."""
    claimed_units = models.BigIntegerField()
    claimed_by_all_units = models.BigIntegerField(null=True)
    """What all makers claim for it in the same months; blank, where there was nothing to compare."""
    reported_units = models.BigIntegerField(null=True)
    """What the brand bears royalties for; blank likewise."""
    reported_of_maker_units = models.BigIntegerField(null=True)
    """What of that its lines say was made by this maker; blank, where they name no makers."""
    outcome = models.CharField(max_length=12, choices=_OUTCOMES)
    basis = models.CharField(max_length=7, choices=_BASES)

    class Meta:
        ordering = ("comparison", "place")
        constraints = (
            models.UniqueConstraint(fields=("comparison", "place"), name="compareddeduction_place_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=[each.value for each in Outcome]), name="compareddeduction_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=[each.value for each in Basis]), name="compareddeduction_basis_known"
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.NOTHING.value, reported_units=None, claimed_by_all_units=None)
                | (
                    ~Q(basis=Basis.NOTHING.value)
                    & Q(brand__isnull=False, reported_units__isnull=False, claimed_by_all_units__isnull=False)
                ),
                name="compareddeduction_judged_by_figures",
            ),
        )

    def __str__(self) -> str:
        return f"{self.brand_name} {self.product}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity."""
        return self.comparison.audit_operating_entity_id()


class DoubtState(models.TextChoices):
    """How far a doubtful deduction has come."""

    ASKED = "asked", "The licensee is asked"
    ANSWERED = "answered", "Answered by the licensee"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    CORRECTED = "corrected", "Corrected by another report"


DOUBT_OPEN = (DoubtState.ASKED, DoubtState.ANSWERED)
"""States in which it is not dealt with yet."""


class DoubtfulDeduction(Record):
    """A deduction about which finance asked its licensee: it holds what is the licensee's own, and nothing of a brand.

    It is told that there is a doubt and what to do, and neither why nor how much.
    """

    compared = models.OneToOneField(ComparedDeduction, on_delete=models.PROTECT, related_name="doubt")
    report = models.ForeignKey(SalesReport, on_delete=models.PROTECT, related_name="doubtful_deductions")
    brand_name = models.CharField(max_length=200)
    product = models.CharField(max_length=200)
    claimed_units = models.BigIntegerField()
    request = models.CharField(max_length=1000)
    """What the licensee is asked for."""
    state = models.CharField(max_length=10, choices=DoubtState, default=DoubtState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=1000, blank=True)
    """Why it was accepted or rejected, or what was corrected; the licensee reads it."""
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("asked_at", "id"), name="doubtfuldeduction_by_time"),)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=DoubtState.values), name="doubtfuldeduction_state_known"),
            models.CheckConstraint(condition=~Q(request=""), name="doubtfuldeduction_asks_for_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="doubtfuldeduction_answered_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[DoubtState.ASKED, DoubtState.ANSWERED], decision="", decided_at=None)
                | (
                    ~Q(state__in=[DoubtState.ASKED, DoubtState.ANSWERED])
                    & ~Q(decision="")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="doubtfuldeduction_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state=DoubtState.ACCEPTED) | (~Q(answer="") & ~Q(decided_by=F("asked_by"))),
                name="doubtfuldeduction_accepted_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.report} {self.brand_name}"

    @property
    def corrected_by(self) -> SalesReport | None:
        """The report that took the place of the one with the doubtful lines, once it corrects these."""
        return self.report.superseded_by if self.state == DoubtState.CORRECTED else None

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee that claims it."""
        return self.report.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.report.licence.programme.operating_entity_id
