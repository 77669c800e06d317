"""The scenes about books: what the operating entity had when they were begun, and the year that was closed."""

from datetime import date
from functools import partial
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import BANK, OPENING, AccountKind
from platform_core.ledger.models import Account
from platform_core.ledger.services import NewEntry, close_books, open_account, post_entry
from platform_site.demo.people import CALCULATOR
from platform_site.demo.stage import Script, Stage

BEGUN_ON: Final = date(2025, 10, 9)
OPENING_MINOR: Final = 12_000_000
"""What the entity paid in itself, for fees and notaries before royalties come."""
CLOSED_THROUGH: Final = date(2025, 12, 31)


def plan_booking(script: Script, stage: Stage) -> None:
    """Plan all scenes about books."""
    script.add(BEGUN_ON, "09:40", "books", partial(_begin, stage))
    script.add(date(2026, 1, 20), "16:10", "books", partial(_close, stage))


def _begin(stage: Stage) -> None:
    actor = stage.acting(CALCULATOR)
    entity = OperatingEntity.objects.get(pk=stage.entity)

    def opened(kind: AccountKind) -> Account:
        return open_account(
            actor=actor,
            operating_entity_id=entity.pk,
            holder_id=entity.organisation_id,
            kind=kind.code,
            purpose=Purpose.ROYALTIES,
            currency="CNY",
        )

    entry = NewEntry(
        key=uuid5(NAMESPACE_URL, "demonstration: opening balance"),
        name="opening.booked",
        effective_on=BEGUN_ON,
        subject=entity,
        lines=[Line(opened(BANK).pk, OPENING_MINOR), Line(opened(OPENING).pk, -OPENING_MINOR)],
        memo="自有资金转入许可费专户",
    )
    post_entry(actor=actor, operating_entity_id=entity.pk, entry=entry)


def _close(stage: Stage) -> None:
    close_books(actor=stage.acting(CALCULATOR), operating_entity_id=stage.entity, through=CLOSED_THROUGH)
