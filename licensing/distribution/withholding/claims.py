"""Remittances of tax on the statements of banks: only the bank's own line says that the tax office was paid."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, Q

from licensing.distribution.withholding.lifecycle import REMITTANCE_LIFECYCLE, RemittanceState
from licensing.distribution.withholding.models import RemittanceUndoing, TaxRemittance
from licensing.distribution.withholding.policies import NOTE_TAX_RECEIPT
from licensing.distribution.withholding.selectors import CLAIMANT, get_tax_remittance
from licensing.distribution.withholding.services import take_payment_back, withheld_tax_account
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.clock import today
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Line
from platform_core.ledger.services import NewEntry, post_entry
from platform_core.problems import Conflict
from platform_core.realtime.services import announce
from platform_core.treasury.claims import Claimant, Proposal
from platform_core.treasury.models import StatementLine
from platform_core.treasury.services.statements import suspense_of


def propose_remittances(lines: Sequence[StatementLine], actor: Actor) -> Mapping[UUID, Sequence[Proposal]]:
    """Propose for what left an account the confirmed remittances of its amount, and for what came those it paid.

    Of what came back a colleague has asked first to take it back.
    """
    ours = [line for line in lines if line.bank_account.purpose == Purpose.ROYALTIES]
    rows = TaxRemittance.objects.visible_to(actor).filter(
        operating_entity__in={line.bank_account.operating_entity_id for line in ours},
        amount_minor__in={abs(line.amount_minor) for line in ours},
        state__in=(RemittanceState.CONFIRMED, RemittanceState.PAID),
    )
    is_asked = Exists(RemittanceUndoing.objects.filter(remittance=OuterRef("pk"), is_agreed=None))
    candidates = list(rows.filter(Q(state=RemittanceState.CONFIRMED) | Q(is_asked)))
    found: dict[UUID, list[Proposal]] = {}
    for line in ours:
        account = line.bank_account
        state = RemittanceState.CONFIRMED if line.amount_minor < 0 else RemittanceState.PAID
        expected = account.operating_entity_id, account.currency, abs(line.amount_minor), state
        for row in candidates:
            if (row.operating_entity_id, row.currency, row.amount_minor, row.state) == expected:
                reasons = ("amount", "reference") if row.reference in line.text else ("amount",)
                told = Proposal(TaxRemittance._meta.label_lower, row.pk, row.reference, line.amount_minor, reasons)
                found.setdefault(line.pk, []).append(told)
    return found


def take_remittance_line(actor: Actor, line: StatementLine, remittance_id: UUID) -> None:
    """Note by a bank's line that the tax office was paid, or that the payment came back, and book it."""
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, NOTE_TAX_RECEIPT, remittance)
    account = line.bank_account
    if (account.operating_entity_id, account.purpose, account.currency, abs(line.amount_minor)) != (
        remittance.operating_entity_id,
        Purpose.ROYALTIES,
        remittance.currency,
        remittance.amount_minor,
    ):
        raise Conflict("The remittance is of another account or amount than the bank's line.")
    if line.amount_minor > 0:
        take_payment_back(actor=actor, remittance_id=remittance_id, on=line.booked_on)
        return
    remittance.state = REMITTANCE_LIFECYCLE.after("note as paid", current=RemittanceState(remittance.state))
    remittance.paid_on, remittance.line = line.booked_on, line
    owed = withheld_tax_account(actor=actor, entity=remittance.operating_entity, currency=remittance.currency)
    suspense = suspense_of(actor=actor, account=account)
    before = remittance.undoings.filter(undoes=RemittanceState.PAID, is_agreed=True).count()
    remittance.entry = post_entry(
        actor=actor,
        operating_entity_id=remittance.operating_entity_id,
        entry=NewEntry(
            key=uuid5(remittance.pk, f"paid {before}" if before else "paid"),
            name="tax_remittance.paid",
            effective_on=line.booked_on,
            subject=remittance,
            lines=[Line(owed.pk, remittance.amount_minor), Line(suspense.pk, -remittance.amount_minor)],
            memo=remittance.reference,
        ),
    )
    remittance.save(update_fields=["state", "paid_on", "line", "entry"])
    announce(remittance)


def give_remittance_line_back(actor: Actor, line: StatementLine, remittance_id: UUID, reason: str) -> None:
    """Free a line that was taken for the payment of a remittance: two people take back that it was paid.

    It was wrong from the start and is booked on the day that is found out, as for every line that was.
    """
    remittance = get_tax_remittance(remittance_id, actor=actor)
    # Those paid before remittances kept their line have one alone.
    if remittance.state != RemittanceState.PAID or remittance.line_id not in (None, line.pk):
        raise Conflict("This payment came back already, and both lines tell so: they stay as they are.")
    on = today(actor.clock, remittance.operating_entity.alliance.zone)
    take_payment_back(actor=actor, remittance_id=remittance_id, on=max(on, line.booked_on), freed=line)


REMITTANCES: Final = Claimant(
    CLAIMANT,
    TaxRemittance._meta.label_lower,
    propose_remittances,
    take_remittance_line,
    give_back=give_remittance_line_back,
)
