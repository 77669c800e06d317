"""What billing goes by, invoices, and what settled them."""

from licensing.billing.models.instalments import InstalmentPlan
from licensing.billing.models.invoices import InterestNote, Invoice, InvoiceLine, Settlement, WriteOff
from licensing.billing.models.setting import (
    SERIES_FORM,
    BillingTerms,
    InvoiceSeries,
    TaxIdentity,
    TaxKind,
    TaxRule,
)

__all__ = [
    "SERIES_FORM",
    "BillingTerms",
    "InstalmentPlan",
    "InterestNote",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "Settlement",
    "TaxIdentity",
    "TaxKind",
    "TaxRule",
    "WriteOff",
]
