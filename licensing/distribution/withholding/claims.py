"""Remittances of tax on the statements of banks: only the bank's own line says that the tax office was paid."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

from licensing.distribution.withholding.lifecycle import REMITTANCE_LIFECYCLE, RemittanceState
from licensing.distribution.withholding.models import TaxRemittance
from licensing.distribution.withholding.policies import NOTE_TAX_RECEIPT
from licensing.distribution.withholding.selectors import get_tax_remittance
from licensing.distribution.withholding.services import withheld_tax_account
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Line
from platform_core.ledger.services import NewEntry, post_entry
from platform_core.problems import Conflict
from platform_core.realtime.services import announce
from platform_core.treasury.claims import Claimant, Proposal
from platform_core.treasury.models import StatementLine
from platform_core.treasury.services.statements import suspense_of

CLAIMANT: Final = "tax_remittance"


def propose_remittances(lines: Sequence[StatementLine], actor: Actor) -> Mapping[UUID, Sequence[Proposal]]:
    """Propose for what left an account the confirmed remittances of its amount."""
    leaving = [line for line in lines if line.amount_minor < 0 and line.bank_account.purpose == Purpose.ROYALTIES]
    rows = list(
        TaxRemittance.objects.visible_to(actor).filter(
            operating_entity__in={line.bank_account.operating_entity_id for line in leaving},
            amount_minor__in={-line.amount_minor for line in leaving},
            state=RemittanceState.CONFIRMED,
        )
    )
    found: dict[UUID, list[Proposal]] = {}
    for line in leaving:
        for row in rows:
            account = line.bank_account
            if (row.operating_entity_id, row.currency, row.amount_minor) == (
                account.operating_entity_id,
                account.currency,
                -line.amount_minor,
            ):
                reasons = ("amount", "reference") if row.reference in line.text else ("amount",)
                told = Proposal(TaxRemittance._meta.label_lower, row.pk, row.reference, line.amount_minor, reasons)
                found.setdefault(line.pk, []).append(told)
    return found


def take_remittance_line(actor: Actor, line: StatementLine, remittance_id: UUID) -> None:
    """Note by a bank's line that the tax office was paid, and book it."""
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, NOTE_TAX_RECEIPT, remittance)
    account = line.bank_account
    if (account.operating_entity_id, account.purpose, account.currency, line.amount_minor) != (
        remittance.operating_entity_id,
        Purpose.ROYALTIES,
        remittance.currency,
        -remittance.amount_minor,
    ):
        raise Conflict("The remittance is of another account or amount than the bank's line.")
    remittance.state = REMITTANCE_LIFECYCLE.after("note as paid", current=RemittanceState(remittance.state))
    remittance.paid_on = line.booked_on
    owed = withheld_tax_account(actor=actor, entity=remittance.operating_entity, currency=remittance.currency)
    suspense = suspense_of(actor=actor, account=account)
    remittance.entry = post_entry(
        actor=actor,
        operating_entity_id=remittance.operating_entity_id,
        entry=NewEntry(
            key=uuid5(remittance.pk, "paid"),
            name="tax_remittance.paid",
            effective_on=line.booked_on,
            subject=remittance,
            lines=[Line(owed.pk, remittance.amount_minor), Line(suspense.pk, -remittance.amount_minor)],
            memo=remittance.reference,
        ),
    )
    remittance.save(update_fields=["state", "paid_on", "entry"])
    announce(remittance)


REMITTANCES: Final = Claimant(CLAIMANT, TaxRemittance._meta.label_lower, propose_remittances, take_remittance_line)
