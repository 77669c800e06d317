"""What payments answer for in rooms below."""

from collections.abc import Sequence
from datetime import date

from licensing.billing.models import Invoice, Settlement
from licensing.payments.selectors import terms_on
from licensing.payments.services.limiting import check_carried, check_returning, return_to_prepaid
from platform_core.access.actors import Actor
from platform_core.problems import NotAllowed, invalid


def refuse_untolerated_charge(actor: Actor, invoice: Invoice, on: date, amount_minor: int) -> None:
    """Refuse a bank's charge above what the operating entity tolerates: giving up more takes two people.

    What is tolerated takes two as well: whoever set it lets nothing be kept by it.
    """
    terms = terms_on(invoice.licence.programme.operating_entity_id, invoice.currency, on)
    if terms is None or abs(amount_minor) > terms.charge_tolerance_minor:
        raise invalid(
            "/amount_minor",
            "too_much",
            "Banks on the way are not taken to keep more than agreed. Propose to write the rest off.",
        )
    if terms.set_by_id is not None and terms.set_by_id == actor.user_id:
        raise NotAllowed("You set how much banks may keep: somebody else lets them keep it.")


def refuse_return_by_hand(actor: Actor, settlement: Settlement) -> None:
    """Refuse to take back by hand what is taken back by releasing a line or by a refund."""
    check_returning(actor=actor, settlement=settlement)


def refuse_return_while_paid(actor: Actor, invoices: Sequence[Invoice]) -> None:
    """Refuse to take invoices back while somebody is paying one of them online."""
    check_carried(invoices)


def put_back_paid_ahead(actor: Actor, settlement: Settlement, on: date) -> None:
    """Put what was settled with money paid ahead back among what its licensee has paid ahead."""
    return_to_prepaid(actor=actor, settlement=settlement, on=on)
