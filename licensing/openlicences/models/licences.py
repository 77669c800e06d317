"""Licences taken by notice under a declaration, what their holders state they used, and what they pay."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.dealings.models import RecordalResult
from licensing.openlicences.models.declarations import OpenDeclaration
from platform_core.documents.models import Document
from platform_core.identity.models import Organisation, User
from platform_core.models import Record


class OpenLicenceState(models.TextChoices):
    """How far a licence under a declaration has come."""

    PREPARED = "prepared", "Notice prepared"
    NOTICED = "noticed", "Notice given, sum not paid yet"
    IN_FORCE = "in_force", "In force"
    ENDED = "ended", "Given up by the licensee"
    LAPSED = "lapsed", "Lapsed unpaid"
    CONTESTED = "contested", "Entry contested by the licensee"
    WITHDRAWN = "withdrawn", "Entry withdrawn by the owner"
    VOID = "void", "Came too late"
    CANCELLED = "cancelled", "Notice not given"


GIVEN_STATES = (
    OpenLicenceState.NOTICED,
    OpenLicenceState.IN_FORCE,
    OpenLicenceState.ENDED,
    OpenLicenceState.LAPSED,
    OpenLicenceState.CONTESTED,
    OpenLicenceState.WITHDRAWN,
    OpenLicenceState.VOID,
)
"""States after the notice, which both sides see."""


class OpenLicence(Record):
    """An ordinary licence that a firm takes at a declaration's price by written notice and payment (专利法 art. 51).

    It is between the two sides: no rival, no co-owner and no office learns who took one.
    """

    declaration = models.ForeignKey(OpenDeclaration, on_delete=models.PROTECT, related_name="licences")
    licensee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="open_licences")
    number = models.CharField(max_length=30, blank=True)
    """What both sides call it; it tells nothing of how many there are."""
    from_paper = models.BooleanField(default=False)
    """Whether the owner recorded a notice that came to it on paper."""
    state = models.CharField(max_length=10, choices=OpenLicenceState, default=OpenLicenceState.PREPARED)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    noticed_on = models.DateField(null=True, blank=True)
    noticed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    letter = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    letter_sha256 = models.CharField(max_length=64, blank=True)
    sum_minor = models.BigIntegerField(null=True, blank=True)
    """What is due after the notice, in minor units of the declaration's currency."""
    sum_due_on = models.DateField(null=True, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    """Last day in force; blank: as long as the patent lasts."""
    end_reason = models.CharField(max_length=500, blank=True)
    lapsed_on = models.DateField(null=True, blank=True)
    """When the owner had the notice lapse, for its sum was not paid within the days that were announced."""
    contested_on = models.DateField(null=True, blank=True)
    """When the licensee said that the notice on paper is not its own."""
    contest_reason = models.CharField(max_length=500, blank=True)
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """What the owner put beside a contested entry: that the letter is the licensee's."""
    evidence_note = models.CharField(max_length=500, blank=True)
    evidence_on = models.DateField(null=True, blank=True)
    acknowledged_on = models.DateField(null=True, blank=True)
    """When the licensee said, having contested it, that the notice is its own after all."""
    entry_withdrawn_on = models.DateField(null=True, blank=True)
    recordal_due_on = models.DateField(null=True, blank=True)
    recordal_rule = models.CharField(max_length=300, blank=True)
    recordal_filed_on = models.DateField(null=True, blank=True)
    recordal_result = models.CharField(max_length=10, choices=RecordalResult, blank=True)
    recordal_result_on = models.DateField(null=True, blank=True)
    recordal_number = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "licence under an open declaration"
        verbose_name_plural = "licences under open declarations"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=OpenLicenceState.values), name="openlicence_state_known"),
            models.UniqueConstraint(fields=("number",), condition=~Q(number=""), name="openlicence_number_once"),
            models.UniqueConstraint(
                fields=("declaration", "licensee"),
                condition=Q(state__in=("noticed", "in_force")),
                name="openlicence_one_at_a_time",
            ),
            # Each side for itself: whoever prepares a notice does not learn that the other side prepares one.
            models.UniqueConstraint(
                fields=("declaration", "licensee", "from_paper"),
                condition=Q(state="prepared"),
                name="openlicence_prepared_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("prepared", "cancelled"))
                | (
                    Q(noticed_on__isnull=False, letter__isnull=False, letter_sha256__regex="^[0-9a-f]{64}$")
                    & ~Q(number="")
                ),
                name="openlicence_noticed_by_letter",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("in_force", "ended")) | Q(in_force_from__gte=F("noticed_on")),
                name="openlicence_in_force_after_notice",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | (Q(ends_on__isnull=False) & ~Q(end_reason="")),
                name="openlicence_ended_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="lapsed")
                | Q(lapsed_on__gt=F("sum_due_on"), sum_due_on__isnull=False, in_force_from=None),
                name="openlicence_lapsed_after_its_days",
            ),
            # What a firm gave here itself it gives up; it contests what somebody else says that it gave.
            models.CheckConstraint(
                condition=Q(contested_on=None) | (Q(from_paper=True) & ~Q(contest_reason="")),
                name="openlicence_contested_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("contested", "withdrawn"))
                | Q(contested_on__isnull=False, acknowledged_on=None),
                name="openlicence_contested_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(entry_withdrawn_on__isnull=False),
                name="openlicence_withdrawn_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(evidence=None, evidence_on=None)
                | Q(evidence__isnull=False, evidence_on__isnull=False, contested_on__isnull=False),
                name="openlicence_evidence_beside_a_contest",
            ),
            models.CheckConstraint(
                condition=Q(sum_minor=None, sum_due_on=None) | Q(sum_minor__gt=0, sum_due_on__isnull=False),
                name="openlicence_sum_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(recordal_result="")
                | Q(
                    recordal_result__in=RecordalResult.values,
                    recordal_filed_on__isnull=False,
                    recordal_result_on__gte=F("recordal_filed_on"),
                ),
                name="openlicence_recordal_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.number or f"notice on {self.declaration_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return no alliance: it is between the two sides."""
        return None


class OpenStatement(Record):
    """What a licensee states it used in a period, and the royalty on it; a mistake is corrected by another one."""

    licence = models.ForeignKey(OpenLicence, on_delete=models.PROTECT, related_name="statements")
    period_from = models.DateField()
    period_to = models.DateField()
    """Last day of the period."""
    base_minor = models.BigIntegerField()
    """Net sales or profit, in minor units."""
    rate_percent = models.DecimalField(max_digits=7, decimal_places=4)
    royalty_minor = models.BigIntegerField()
    due_on = models.DateField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("licence", "period_from", "id")
        verbose_name = "statement under an open licence"
        verbose_name_plural = "statements under open licences"
        constraints = (
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="openstatement_period_in_order"),
            models.CheckConstraint(
                condition=Q(base_minor__gte=0, royalty_minor__gte=0), name="openstatement_amounts_not_below_zero"
            ),
            models.UniqueConstraint(
                fields=("licence", "period_from"), condition=Q(replaces=None), name="openstatement_first_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.period_from} to {self.period_to}"

    def audit_alliance_id(self) -> UUID | None:
        """Return no alliance: it is between the two sides."""
        return None


class OpenPayment(Record):
    """A payment that a licensee advises with its proof, and what the owner says to it."""

    licence = models.ForeignKey(OpenLicence, on_delete=models.PROTECT, related_name="payments")
    period_from = models.DateField(null=True, blank=True)
    """The period whose royalty is paid; blank: the sum that is due after the notice."""
    amount_minor = models.BigIntegerField()
    paid_on = models.DateField()
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    advised_at = models.DateTimeField()
    advised_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    received_on = models.DateField(null=True, blank=True)
    receipt = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contested_on = models.DateField(null=True, blank=True)
    """When the owner said that it did not come; a later receipt settles that."""
    contest_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("licence", "paid_on", "id")
        verbose_name = "payment under an open licence"
        verbose_name_plural = "payments under open licences"
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="openpayment_above_zero"),
            models.CheckConstraint(
                condition=Q(received_on=None) | Q(received_on__gte=F("paid_on"), receipt__isnull=False),
                name="openpayment_received_with_a_receipt",
            ),
            models.CheckConstraint(
                condition=Q(contested_on=None) | ~Q(contest_reason=""), name="openpayment_contested_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.paid_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return no alliance: it is between the two sides."""
        return None
