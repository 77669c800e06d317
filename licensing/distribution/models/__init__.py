"""Distributions of what was received, what each payee gets, and the tax invoices that members give for it."""

from licensing.distribution.earlier.models import EarlierShare
from licensing.distribution.exchange.models import Conversion, RateSheet, ReferenceRate
from licensing.distribution.models.member_invoices import MemberInvoice, MemberInvoiceTerms
from licensing.distribution.models.runs import (
    DistributionItem,
    DistributionPart,
    DistributionReceipt,
    DistributionRun,
    DistributionShare,
    Objection,
    PayoutTerms,
)
from licensing.distribution.withholding.models import (
    RemittanceUndoing,
    TaxRemittance,
    TreatyRelief,
    Withholding,
    WithholdingRule,
)

__all__ = [
    "Conversion",
    "DistributionItem",
    "DistributionPart",
    "DistributionReceipt",
    "DistributionRun",
    "DistributionShare",
    "EarlierShare",
    "MemberInvoice",
    "MemberInvoiceTerms",
    "Objection",
    "PayoutTerms",
    "RateSheet",
    "ReferenceRate",
    "RemittanceUndoing",
    "TaxRemittance",
    "TreatyRelief",
    "Withholding",
    "WithholdingRule",
]
