"""What billing goes by: tax identities, taxes, terms and series of numbers, each from a day on."""

from typing import Final

from django.db import models
from django.db.models import Q

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Licence
from licensing.billing.calculation import Bearer, Rounded
from licensing.terms.models import Programme, ProgrammeTerms
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.models import Record

SERIES_FORM: Final = r"^[A-Z][A-Z0-9]{0,9}-?$"


class TaxIdentity(Record):
    """Who an organisation is to the tax office, as an operating entity writes it on papers from a day on."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="tax_identities")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    """First day it is written so."""
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    tax_number = models.CharField(max_length=40, blank=True)
    """The taxpayer's number (纳税人识别号); abroad the tax or registration number there."""
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    bank_name = models.CharField(max_length=200, blank=True)
    bank_account = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("operating_entity", "organisation", "-from_on")
        verbose_name = "tax identity"
        verbose_name_plural = "tax identities"
        constraints = (
            models.UniqueConstraint(
                fields=("operating_entity", "organisation", "from_on"), name="taxidentity_once_from_a_day"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="taxidentity_name_is_given"),
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="taxidentity_country_is_a_code"),
        )

    def __str__(self) -> str:
        return f"{self.name} from {self.from_on}"


class TaxKind(models.TextChoices):
    """What kind of tax a rule is about."""

    VAT = "vat", "Value added tax"
    WITHHOLDING = "withholding", "Tax withheld at the source"


class TaxRule(Record):
    """A tax at a rate from a day on, which figure of it is rounded, and who bears it."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="tax_rules")
    code = models.CharField(max_length=20)
    """What billing terms name it by, such as `vat6` or `wht-kr`."""
    kind = models.CharField(max_length=12, choices=TaxKind)
    from_on = models.DateField()
    """First day of the invoices it holds for; until the next rule of the same code."""
    percent = models.DecimalField(max_digits=9, decimal_places=6)
    rounded = models.CharField(max_length=3, choices=[(each.value, each.value) for each in Rounded], default="tax")
    """Which figure is rounded where prices include the tax; the other is the difference."""
    bearer = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Bearer], blank=True)
    """Who bears a tax withheld; blank for value added tax."""
    basis = models.CharField(max_length=300, blank=True)
    """What law or treaty the rate is from."""

    class Meta:
        ordering = ("operating_entity", "code", "-from_on")
        constraints = (
            models.UniqueConstraint(fields=("operating_entity", "code", "from_on"), name="taxrule_once_from_a_day"),
            models.CheckConstraint(condition=~Q(code=""), name="taxrule_code_is_given"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lt=100), name="taxrule_percent_is_one"),
            models.CheckConstraint(condition=Q(rounded__in=[each.value for each in Rounded]), name="taxrule_rounds"),
            models.CheckConstraint(
                condition=Q(kind=TaxKind.VAT, bearer="")
                | Q(kind=TaxKind.WITHHOLDING, bearer__in=[each.value for each in Bearer]),
                name="taxrule_is_borne_if_withheld",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.percent}%"


class BillingTerms(ProgrammeTerms):
    """How a programme is billed from a day on, or one licence of it: due days, prices, taxes, interest."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="billing_terms")
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="billing_terms", null=True, blank=True)
    """The licence they are for; blank: all of the programme without terms of their own."""
    payment_days = models.PositiveIntegerField()
    """Days after issue within which an invoice is to be paid."""
    prices_include_tax = models.BooleanField(default=False)
    vat_code = models.CharField(max_length=20, blank=True)
    withholding_code = models.CharField(max_length=20, blank=True)
    interest_kind = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in InterestKind], blank=True
    )
    """How interest on late payment is written; blank: none."""
    interest_percent = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    interest_year_days = models.PositiveIntegerField(default=365)

    class Meta:
        ordering = ("programme", "licence", "-from_on")
        verbose_name = "billing terms"
        verbose_name_plural = "billing terms"
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "licence", "from_on"), nulls_distinct=False, name="billingterms_once_from_a_day"
            ),
            models.CheckConstraint(condition=Q(payment_days__lte=366), name="billingterms_days_are_days"),
            models.CheckConstraint(
                condition=Q(interest_kind="", interest_percent=0)
                | Q(
                    interest_kind__in=[each.value for each in InterestKind],
                    interest_percent__gt=0,
                    interest_percent__lt=100,
                ),
                name="billingterms_interest_is_whole",
            ),
            models.CheckConstraint(condition=Q(interest_year_days__in=(360, 365)), name="billingterms_year_is_one"),
        )


class InvoiceSeries(Record):
    """A row of invoice numbers of an operating entity, without gaps within each year."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="invoice_series")
    code = models.CharField(max_length=11)
    """What numbers begin with."""
    name = models.CharField(max_length=100, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    """Since when no invoice gets a number of it."""

    class Meta:
        ordering = ("operating_entity", "code")
        verbose_name = "invoice series"
        verbose_name_plural = "invoice series"
        constraints = (
            models.UniqueConstraint(fields=("operating_entity", "code"), name="invoiceseries_once"),
            models.CheckConstraint(condition=Q(code__regex=SERIES_FORM), name="invoiceseries_code_form"),
        )

    def __str__(self) -> str:
        return self.code
