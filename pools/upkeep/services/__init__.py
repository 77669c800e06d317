"""Keeping deadlines of patents, recording payments, and ordering them."""

from pools.upkeep.services.calendars import import_office_calendar
from pools.upkeep.services.following import (
    FOLLOWING,
    follow_alliance,
    follow_patents,
)
from pools.upkeep.services.orders import (
    MOST,
    cancel_payment_order,
    edit_payment_order,
    file_receipt,
    open_payment_order,
    order_payment,
    pay_order_lines,
    workbook_of,
)
from pools.upkeep.services.payments import cancel_payment, record_payment, set_annuity_terms

__all__ = [
    "FOLLOWING",
    "MOST",
    "cancel_payment",
    "cancel_payment_order",
    "edit_payment_order",
    "file_receipt",
    "follow_alliance",
    "follow_patents",
    "import_office_calendar",
    "open_payment_order",
    "order_payment",
    "pay_order_lines",
    "record_payment",
    "set_annuity_terms",
    "workbook_of",
]
