"""What was paid ahead, and lines of banks, when two people press at the same moment."""

import pytest

from licensing.payments.models import BankReceipt, OnlinePayment
from licensing.payments.services import allocate_line, match_lines, start_online_payment, use_prepaid
from platform_core.ids import new_id
from platform_core.treasury.models import StatementLine
from tests.concurrency.billing.test_billing_races import together
from tests.factories.billing import balances, billed, set_up_billing
from tests.factories.payments import make_stripe_account
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import HEADINGS, make_bank_account, take
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def test_what_was_paid_ahead_is_used_once_and_a_line_is_matched_once(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    first = billed(world, world.closed("2025Q1"), series)
    second = billed(world, world.closed("2025Q2"), series)["L1"]
    bank = make_bank_account(world.entity)
    rows = ["2026-01-20,300.00,,,,ahead,S1", f"2026-01-21,1060.00,,,,{first['L2'].reference},S2"]
    take(bank, "\n".join([HEADINGS, *rows, ""]))
    line = StatementLine.objects.get(serial="S1")
    people = [world.acting(who) for who in ("calculator", "approver")]
    allocate_line(actor=people[0], line_id=line.pk, parts=[], licensee_id=second.licence.licensee_id)

    ended = together(
        *(
            lambda actor=actor, invoice=invoice: use_prepaid(
                actor=actor, invoice_id=invoice.pk, amount_minor=30000, key=new_id()
            )
            for actor, invoice in zip(people, (first["L1"], second), strict=True)
        )
    )
    assert sorted(ended) == ["done", "invalid_input"]
    assert "prepaid" not in balances(world)

    assert together(*(lambda actor=actor: match_lines(actor=actor, bank_account_id=bank.pk) for actor in people)) == [
        "done",
        "done",
    ]
    assert BankReceipt.objects.filter(is_automatic=True).count() == 1
    first["L2"].refresh_from_db()
    assert first["L2"].open_minor == 0


def test_two_who_pay_at_once_online_begin_no_more_than_is_open(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world))["L1"]
    make_stripe_account(world.entity)
    people = [world.acting(who) for who in ("L1", "calculator")]
    ended = together(
        *(
            lambda actor=actor: start_online_payment(actor=actor, invoice_id=invoice.pk, amount_minor=30000)
            for actor in people
        )
    )
    assert sorted(ended) == ["done", "invalid_input"]
    assert OnlinePayment.objects.get(invoice=invoice).amount_minor == 30000
