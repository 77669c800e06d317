"""The states of an invoice and of what two people decide about it, and the steps between them."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class InvoiceState(models.TextChoices):
    """How far an invoice has come; whether it is paid is told by what is open of it."""

    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"
    DISCARDED = "discarded", "Discarded"


INVOICE_LIFECYCLE: Final = Lifecycle(
    {
        "issue": ({InvoiceState.DRAFT}, InvoiceState.ISSUED),
        "discard": ({InvoiceState.DRAFT}, InvoiceState.DISCARDED),
        # One that was carried over from elsewhere and has to be carried over anew.
        "take back": ({InvoiceState.ISSUED}, InvoiceState.DISCARDED),
    }
)


class TaxInvoiceState(models.TextChoices):
    """Where the tax invoice (发票) stands, which is issued outside the platform."""

    NOT_NEEDED = "not_needed", "Not needed"
    AWAITED = "awaited", "To be issued"
    ISSUED = "issued", "Issued"
    CANCELLED = "cancelled", "Cancelled by a red one"


TAX_INVOICE_LIFECYCLE: Final = Lifecycle(
    {
        "record": ({TaxInvoiceState.AWAITED}, TaxInvoiceState.ISSUED),
        "cancel": ({TaxInvoiceState.ISSUED}, TaxInvoiceState.CANCELLED),
        "await": ({TaxInvoiceState.CANCELLED, TaxInvoiceState.NOT_NEEDED}, TaxInvoiceState.AWAITED),
    }
)


class WriteOffState(models.TextChoices):
    """Where a proposal to give up an amount stands."""

    PROPOSED = "proposed", "Waiting for a second person"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


WRITE_OFF_LIFECYCLE: Final = Lifecycle(
    {
        "approve": ({WriteOffState.PROPOSED}, WriteOffState.APPROVED),
        "refuse": ({WriteOffState.PROPOSED}, WriteOffState.REFUSED),
        "withdraw": ({WriteOffState.PROPOSED}, WriteOffState.WITHDRAWN),
    }
)


class PlanState(models.TextChoices):
    """Where an agreement to pay in parts stands."""

    ASKED = "asked", "Asked for by the licensee"
    PROPOSED = "proposed", "Waiting for a second person"
    AGREED = "agreed", "In force"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REPLACED = "replaced", "Another one took its place"


PLAN_LIFECYCLE: Final = Lifecycle(
    {
        # What a licensee asks for becomes finance's own proposal, which a second person confirms as any other.
        "accept": ({PlanState.ASKED}, PlanState.PROPOSED),
        "approve": ({PlanState.PROPOSED}, PlanState.AGREED),
        "refuse": ({PlanState.ASKED, PlanState.PROPOSED}, PlanState.REFUSED),
        "withdraw": ({PlanState.ASKED, PlanState.PROPOSED}, PlanState.WITHDRAWN),
        "replace": ({PlanState.AGREED}, PlanState.REPLACED),
    }
)


class SettlementKind(models.TextChoices):
    """By what an invoice was settled in part or whole."""

    PAYMENT = "payment", "Payment"
    CREDIT = "credit", "Set off against a credit note"
    CERTIFICATE = "certificate", "Certificate of tax withheld"
    BANK_CHARGE = "bank_charge", "Charge of a bank on the way"
    WRITE_OFF = "write_off", "Written off"


CASH: Final = (SettlementKind.PAYMENT, SettlementKind.CREDIT)
"""Settlements by money that arrived."""
GIVEN_UP: Final = (SettlementKind.BANK_CHARGE, SettlementKind.WRITE_OFF)
"""Settlements by which money is given up."""

REDUCING: Final = (SettlementKind.CREDIT, SettlementKind.WRITE_OFF)
"""Settlements for which nothing arrives: of an invoice that is paid in parts, they make parts smaller."""
