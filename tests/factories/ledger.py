"""Books with some accounts, and entries on them."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import BANK, SUSPENSE
from platform_core.ledger.models import Account, BookClosing, BookReopening, Entry
from platform_core.ledger.services import NewEntry, ask_to_reopen_books, grant_book_reopening, post_entry
from tests.factories.core import NOON, acting, command_line, make_user

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


def ask_to_reopen(entity: OperatingEntity, through: date | None = None, **said: object) -> BookReopening:
    """Somebody of finance asks to open closed days; somebody else could grant it."""
    acting(Role.FINANCE, entity=entity)
    values: dict[str, object] = {"through": through, "reason": "A bank statement came.", **said}
    return ask_to_reopen_books(
        actor=acting(Role.FINANCE, entity=entity),
        operating_entity_id=entity.pk,
        **values,  # type: ignore[arg-type]  # said by name
    )


def reopen_books(entity: OperatingEntity, through: date | None = None) -> BookReopening:
    """Two people of finance open closed days again."""
    asked = ask_to_reopen(entity, through)
    return grant_book_reopening(actor=acting(Role.FINANCE, entity=entity), reopening_id=asked.pk)


def make_book_reopening(entity: OperatingEntity, **columns: object) -> BookReopening:
    """A question that was withdrawn, if nothing else is said: there is one open at a time."""
    person = make_user()
    return BookReopening.objects.create(
        **{
            "operating_entity": entity,
            "reason": "A bank statement came.",
            "state": "withdrawn",
            "asked_by": person,
            "asked_at": NOON,
            "decided_by": person,
            "decided_at": NOON,
            **columns,
        }
    )


def make_open_reopening(entity: OperatingEntity, **columns: object) -> BookReopening:
    """A question that waits for a second person."""
    return make_book_reopening(entity, state="asked", decided_by=None, decided_at=None, **columns)


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
        make_open_reopening(entity)
