"""Books with some accounts, and entries on them."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import BANK, SUSPENSE
from platform_core.ledger.models import Account, BookClosing, Entry
from platform_core.ledger.services import NewEntry, post_entry
from tests.factories.core import NOON, command_line

if TYPE_CHECKING:
    from tests.factories.world import World


def make_account(entity: OperatingEntity, holder: Organisation | None = None, **columns: object) -> Account:
    """An account of unassigned receipts, if nothing else is said."""
    return Account.objects.create(
        **{
            "operating_entity": entity,
            "holder": holder or entity.organisation,
            "kind": SUSPENSE.code,
            "purpose": Purpose.ROYALTIES,
            "currency": "CNY",
            "opened_at": NOON,
            **columns,
        }
    )


def make_bank(entity: OperatingEntity, **columns: object) -> Account:
    return make_account(entity, None, kind=BANK.code, **columns)


def entry_of(debit: Account, credit: Account, amount: int = 100, **said: object) -> NewEntry:
    """An entry that moves an amount from one account to another."""
    values: dict[str, object] = {
        "key": new_id(),
        "name": "payment.received",
        "effective_on": date(2026, 3, 2),
        "subject": debit.operating_entity,
        "lines": [Line(debit.pk, amount), Line(credit.pk, -amount)],
        **said,
    }
    return NewEntry(**values)  # type: ignore[arg-type]  # said by name


def book(debit: Account, credit: Account, amount: int = 100, *, actor: Actor | None = None, **said: object) -> Entry:
    entity_id: UUID = debit.operating_entity_id
    return post_entry(
        actor=actor or command_line(), operating_entity_id=entity_id, entry=entry_of(debit, credit, amount, **said)
    )


def populate(world: "World") -> None:
    """Money of every organisation in the books of every entity."""
    for entity in world.entities:
        for purpose in Purpose:
            bank = make_bank(entity, purpose=purpose)
            for seat in world.seats.values():
                if seat.organisation_id == entity.organisation_id:
                    continue
                own, _ = Account.objects.get_or_create(
                    operating_entity=entity,
                    holder=seat.organisation,
                    kind=SUSPENSE.code,
                    purpose=purpose,
                    currency="CNY",
                    defaults={"opened_at": NOON},
                )
                book(bank, own)
        BookClosing.objects.create(operating_entity=entity, number=1, closed_through=date(2025, 12, 31), at=NOON)
