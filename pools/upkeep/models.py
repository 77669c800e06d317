"""What the fees of a patent depend on, what was paid, and orders to pay."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from platform_core.documents.models import Document
from platform_core.identity.models import Alliance, Organisation, User
from platform_core.models import Record
from pools.patents.models import Patent
from pools.upkeep.lifecycle import OrderState


class AnnuityTerms(Record):
    """What the fees of a patent depend on besides its days; without a row, nothing is reduced."""

    patent = models.OneToOneField(Patent, on_delete=models.PROTECT, related_name="annuity_terms")
    reduction_percent = models.PositiveSmallIntegerField(default=0)
    """By how much fees are reduced for who the owner is; checked anew when the patent passes to another."""
    is_open_licence = models.BooleanField(default=False)
    """Whether an open licence is in force."""
    grant_year = models.PositiveSmallIntegerField(null=True, blank=True)
    """The fee year named in the notice of grant; blank: the one the grant falls into."""
    claims = models.PositiveSmallIntegerField(null=True, blank=True)
    """Number of claims, where they are paid for; blank: as on record."""

    class Meta:
        verbose_name_plural = "annuity terms"
        constraints: ClassVar = (
            models.CheckConstraint(condition=Q(reduction_percent__lte=100), name="annuity_terms_reduced_by_a_part"),
            models.CheckConstraint(
                condition=Q(grant_year=None) | (Q(grant_year__gte=1) & Q(grant_year__lte=30)),
                name="annuity_terms_grant_year_is_one",
            ),
        )

    def __str__(self) -> str:
        return str(self.patent_id)

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.patent.alliance_id


class OfficeCalendar(Record):
    """On which days a patent office is closed or works otherwise than by the week, as one file told; it stays as it is.

    It is for one year: of several for a year the last one counts. What it names of the years beside that one is added
    to what they have. Days are public, and the same for everybody here.
    """

    office = models.CharField(max_length=2)
    """ISO 3166-1 alpha-2, as of patents."""
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    """The year it is for; null where it came in before that was asked, and its days have to tell."""
    off = ArrayField(models.DateField())
    """Days from Monday to Friday on which the office is closed."""
    worked = ArrayField(models.DateField())
    """Saturdays and Sundays on which it works in place of others."""
    source = models.CharField(max_length=255)
    """The file, by its name."""
    imported_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ("office", "-imported_at", "-id")
        constraints: ClassVar = (
            models.CheckConstraint(condition=Q(office__regex="^[A-Z]{2}$"), name="office_calendar_of_an_office"),
        )

    def __str__(self) -> str:
        return f"{self.office} {self.source}"

    @property
    def strays(self) -> list[date]:
        """Days that it names of other years than its own."""
        return sorted(day for day in (*self.off, *self.worked) if day.year != self.year)


class AnnuityPayment(Record):
    """A yearly fee of a patent that was paid: when, how much, by whom; a wrong one is cancelled, and stays."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="annuity_payments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """Whose cost it is."""
    year = models.PositiveSmallIntegerField()
    paid_on = models.DateField()
    fee_minor = models.BigIntegerField()
    surcharge_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    receipt = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    """The office's receipt; one may cover many fees."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancel_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering: ClassVar = ("-paid_on", "-id")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("patent", "year"), condition=Q(cancelled_at=None), name="annuity_payment_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0) & Q(surcharge_minor__gte=0), name="annuity_payment_is_an_amount"
            ),
            models.CheckConstraint(condition=Q(year__gte=1) & Q(year__lte=30), name="annuity_payment_year_is_one"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="annuity_payment_cancelled_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.patent_id} {self.year}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.patent.alliance_id

    def concerned_organisation_id(self) -> UUID | None:
        """Return the organisation whose cost it is."""
        return self.organisation_id


class PaymentOrder(Record):
    """Fees of many patents that are to be paid together at one office, in the name of one payer."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    office = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    pay_on = models.DateField()
    """The day on which it is to be paid, by which its amounts are worked out."""
    payer_name = models.CharField(max_length=200)
    """The name on the receipt."""
    payer_code = models.CharField(max_length=40, blank=True, default="")
    """The payer's unified social credit code."""
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.DRAFT)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField(null=True)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ("-created_at", "-id")
        constraints: ClassVar = (
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="payment_order_state_known"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(payer_name=""), name="payment_order_is_named"),
            models.CheckConstraint(
                condition=Q(state__in=(OrderState.DRAFT, OrderState.CANCELLED)) | Q(ordered_at__isnull=False),
                name="payment_order_ordered_before_paid",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def concerned_organisation_id(self) -> UUID | None:
        """Return the organisation that pays."""
        return self.organisation_id


class PaymentOrderLine(Record):
    """One patent's fee of one year in an order to pay, and its payment once there is one."""

    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    fee_minor = models.BigIntegerField()
    surcharge_minor = models.BigIntegerField()
    payment = models.OneToOneField(AnnuityPayment, on_delete=models.PROTECT, null=True, related_name="line")

    class Meta:
        ordering: ClassVar = ("order", "position")
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("order", "position"), name="payment_order_line_place"),
            models.UniqueConstraint(fields=("order", "patent", "year"), name="payment_order_line_once"),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0) & Q(surcharge_minor__gte=0), name="payment_order_line_is_an_amount"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.position}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the order."""
        return self.order.alliance_id

    @property
    def total_minor(self) -> int:
        """Return fee and surcharge together."""
        return self.fee_minor + self.surcharge_minor
