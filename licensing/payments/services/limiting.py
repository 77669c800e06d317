"""What of settlements that payments made is not taken back by hand, and what follows where it is."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid5

from django.db.models import Q

from licensing.billing.models import Invoice, Settlement
from licensing.payments.kinds import PREPAID
from licensing.payments.lifecycle import UNDER_WAY
from licensing.payments.models import BankAllocation, OnlineMovement, OnlinePayment
from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import SUSPENSE
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.services import NewEntry, open_account, post_entry
from platform_core.problems import Conflict


def check_returning(*, actor: Actor, settlement: Settlement) -> None:
    """Refuse to take a settlement back by hand whose money would then be neither a line's nor a payment's.

    A line is released as a whole; what was paid online is refunded.
    """
    of_a_line = BankAllocation.objects.filter(
        Q(settlement=settlement) | Q(charge=settlement), receipt__taken_back_at=None
    )
    if of_a_line.exists():
        raise Conflict("This was settled by a line of a bank statement: release the line, and say anew what it is for.")
    if OnlineMovement.objects.filter(settlement=settlement).exists():
        raise Conflict("This was paid online: give it back by a refund.")


def check_carried(invoices: Sequence[Invoice]) -> None:
    """Refuse to take invoices back while an online payment of one is under way: its money would be for nothing."""
    paying = OnlinePayment.objects.filter(invoice__in=invoices, state__in=UNDER_WAY).select_related("invoice")
    if (payment := paying.order_by("pk").first()) is not None:
        raise Conflict(f"{payment.invoice.number_text}: an online payment of it is under way. Let that end first.")


def return_to_prepaid(*, actor: Actor, settlement: Settlement, on: date) -> None:
    """Put what was settled with money paid ahead back among what its licensee has paid ahead."""
    invoice = settlement.invoice
    entity = invoice.licence.programme.operating_entity
    if not Entry.objects.filter(operating_entity=entity, key=key_of_use(settlement.key)).exists():
        return
    waiting = waiting_account(actor=actor, entity=entity, currency=invoice.currency)
    prepaid = prepaid_account(
        actor=actor, entity=entity, holder_id=invoice.licence.licensee_id, currency=invoice.currency
    )
    post_entry(
        actor=actor,
        operating_entity_id=entity.pk,
        entry=NewEntry(
            key=uuid5(settlement.key, "prepaid returned"),
            name="prepaid.returned",
            effective_on=on,
            subject=invoice,
            lines=[Line(waiting.pk, settlement.amount_minor), Line(prepaid.pk, -settlement.amount_minor)],
            memo=invoice.number_text,
        ),
    )


def key_of_use(settlement_key: UUID) -> UUID:
    """Return the key under which money paid ahead is taken for a settlement."""
    return uuid5(settlement_key, "prepaid")


def waiting_account(*, actor: Actor, entity: OperatingEntity, currency: str) -> Account:
    """Return where the books keep what arrived at banks and is for nothing yet."""
    return _account(actor, entity, SUSPENSE.code, entity.organisation_id, currency)


def prepaid_account(*, actor: Actor, entity: OperatingEntity, holder_id: UUID, currency: str) -> Account:
    """Return where the books keep what a licensee paid ahead."""
    return _account(actor, entity, PREPAID.code, holder_id, currency)


def _account(actor: Actor, entity: OperatingEntity, kind: str, holder_id: UUID, currency: str) -> Account:
    return open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=holder_id,
        kind=kind,
        purpose=Purpose.ROYALTIES,
        currency=currency,
    )
