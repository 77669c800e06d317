"""Bank, books and papers agree after everything that may happen to money, and a difference is told where it is."""

from datetime import date

import pytest

from licensing.payments.reconciling import Check, Compared, reconciliation
from licensing.payments.services import match_lines
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Account
from platform_core.ledger.services import NewEntry, post_entry
from platform_core.treasury.models import StatementLine
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.core import command_line
from tests.factories.distribution import released
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import HEADINGS, make_bank_account, take
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

END = date(2026, 2, 28)


def differing(world: SmallWorld, on: date = END) -> list[Compared]:
    found = reconciliation(world.entity.pk, actor=world.acting("calculator"), on=on)
    assert found
    return [each for each in found if each.difference_minor]


def test_what_happened_to_money_agrees_on_every_day_and_what_did_not_is_told(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
    bank = make_bank_account(world.entity)
    rows = (
        f"2026-01-20,424.00,1424.00,,,{invoices['L1'].reference},S1",
        f"2026-02-01,1060.00,2484.00,,,{invoices['L2'].reference},S2",
        "2026-02-12,10.00,2494.00,,,unknown,S3",
    )
    take(bank, "\n".join([HEADINGS, *rows, ""]))
    # The account was not empty when its first statement came.
    assert [(each.check, each.difference_minor) for each in differing(world)] == [(Check.BANK, -100000)]
    opening = Account.objects.create(
        operating_entity=world.entity,
        holder=world.entity.organisation,
        kind="opening",
        purpose="royalties",
        currency="CNY",
        opened_at=world.clock.now(),
    )
    _book(world, [Line(bank.ledger_account_id, 100000), Line(opening.pk, -100000)], on=date(2026, 1, 1))
    assert match_lines(actor=world.acting("calculator"), bank_account_id=bank.pk) == 2
    released(world)
    pay(world, invoices["L3"], 100, on=date(2026, 2, 2))
    for day in (date(2026, 1, 25), date(2026, 2, 1), date(2026, 2, 2), END):
        assert differing(world, day) == []
    payable = Account.objects.filter(kind="payable").earliest("pk")
    waiting = Account.objects.get(kind="suspense", label="")
    _book(world, [Line(payable.pk, 7), Line(waiting.pk, -7)], on=END)
    assert [(each.check, each.difference_minor) for each in differing(world)] == [(Check.WAITING, 7)]
    assert StatementLine.objects.filter(state="open").count() == 1


def _book(world: SmallWorld, lines: list[Line], *, on: date) -> None:
    post_entry(
        actor=command_line(),
        operating_entity_id=world.entity.pk,
        entry=NewEntry(key=new_id(), name="entry.planted", effective_on=on, subject=world.entity, lines=lines),
    )
