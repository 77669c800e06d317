"""What payments answer for in rooms below."""

from datetime import date

from licensing.billing.models import Invoice
from licensing.payments.selectors import tolerance_on
from platform_core.access.actors import Actor
from platform_core.problems import invalid


def refuse_untolerated_charge(actor: Actor, invoice: Invoice, on: date, amount_minor: int) -> None:
    """Refuse a bank's charge above what the operating entity tolerates: giving up more takes two people."""
    entity_id = invoice.licence.programme.operating_entity_id
    if abs(amount_minor) > tolerance_on(entity_id, invoice.currency, on):
        raise invalid(
            "/amount_minor",
            "too_much",
            "Banks on the way are not taken to keep more than agreed. Propose to write the rest off.",
        )
