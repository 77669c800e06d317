"""What arrived at a bank, and what it was for."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.billing.models import Settlement
from platform_core.identity.models import OperatingEntity, Organisation, User
from platform_core.ledger.models import Entry
from platform_core.models import Record
from platform_core.treasury.models import StatementLine


class MatchingTerms(Record):
    """How far what arrives may fall short of an invoice because banks on the way kept some of it."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="matching_terms")
    currency = models.CharField(max_length=3)
    from_on = models.DateField()
    charge_tolerance_minor = models.BigIntegerField()
    set_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Who set them, and so lets nothing be kept by them."""

    class Meta:
        ordering = ("operating_entity", "currency", "-from_on")
        verbose_name = "matching terms"
        verbose_name_plural = "matching terms"
        constraints = (
            models.UniqueConstraint(
                fields=("operating_entity", "currency", "from_on"), name="matchingterms_once_from_a_day"
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="matchingterms_currency_is_a_code"),
            models.CheckConstraint(condition=Q(charge_tolerance_minor__gte=0), name="matchingterms_tolerate"),
        )

    def __str__(self) -> str:
        return f"{self.charge_tolerance_minor} {self.currency} from {self.from_on}"


class BankReceipt(Record):
    """What a line of a bank statement was for: one or more invoices, and what a licensee paid ahead."""

    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="bank_receipts")
    licensee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    """Whose money it is that is left over; blank: nothing is."""
    prepaid_minor = models.BigIntegerField(default=0)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """What was booked for what is left over."""
    is_automatic = models.BooleanField(default=False)
    """Whether it was recognised beyond doubt, and nobody looked."""
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = "bank receipt"
        indexes = (models.Index(fields=("at", "id"), name="bankreceipt_by_time"),)
        constraints = (
            models.UniqueConstraint(
                fields=("line",), condition=Q(taken_back_at=None), name="bankreceipt_one_of_a_line"
            ),
            models.CheckConstraint(
                condition=Q(prepaid_minor=0, licensee=None, entry=None)
                | Q(prepaid_minor__gt=0, licensee__isnull=False, entry__isnull=False),
                name="bankreceipt_left_over_is_somebodys",
            ),
        )

    def __str__(self) -> str:
        return f"receipt of {self.line_id}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity whose account it came to."""
        return self.line.bank_account.operating_entity_id


class BankAllocation(Record):
    """What of a receipt went to an invoice, and what banks on the way kept of it."""

    # The first column of a unique key, it needs no index of its own.
    receipt = models.ForeignKey(BankReceipt, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    settlement = models.OneToOneField(Settlement, on_delete=models.PROTECT, related_name="bank_allocation")
    charge = models.OneToOneField(Settlement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The settlement of what banks kept."""

    class Meta:
        ordering = ("receipt", "id")
        verbose_name = "bank allocation"
        constraints = (
            models.UniqueConstraint(fields=("receipt", "settlement"), name="bankallocation_once"),
            models.CheckConstraint(condition=~Q(charge=F("settlement")), name="bankallocation_charge_is_another"),
        )

    def __str__(self) -> str:
        return f"{self.settlement_id} of {self.receipt_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.settlement.concerned_organisation_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the invoice."""
        return self.settlement.audit_operating_entity_id()
