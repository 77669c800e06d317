"""From the bank to the members and back to the bank: what arrived leaves again, once, by two people."""

from datetime import UTC, date, datetime

import pytest

from licensing.distribution.models import DistributionItem
from licensing.payments.reconciling import reconciliation
from licensing.payments.services import match_lines, order_payouts
from platform_core.problems import NotFound
from platform_core.treasury.claims import proposals_for
from platform_core.treasury.models import Payout, PayoutState, StatementLine
from platform_core.treasury.services import assign_line, make_payout_file, release_payout, take_payout_file
from tests.factories.billing import balances, billed, set_up_billing
from tests.factories.distribution import released
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import HEADINGS, make_bank_account, payee_in_force, take
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

DUE = date(2026, 3, 1)
EARLY, IN_FORCE = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC)


def test_what_arrived_leaves_for_the_members_and_every_account_comes_to_what_it_should(
    world: SmallWorld, filed: Filed
) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
    bank = make_bank_account(world.entity)
    arrived = (
        f"2026-01-20,424.00,,,,{invoices['L1'].reference},S1",
        f"2026-01-20,1060.00,,,,{invoices['L2'].reference},S2",
    )
    take(bank, "\n".join([HEADINGS, *arrived, ""]))
    first, second = world.acting("calculator"), world.acting("approver")
    assert match_lines(actor=first, bank_account_id=bank.pk) == 2
    run = released(world)
    for membership in world.members.values():
        payee_in_force(membership.organisation, entered_at=EARLY, confirmed_at=EARLY, in_force_at=IN_FORCE)
    with pytest.raises(NotFound):
        order_payouts(actor=world.acting("M1"), run_id=run.pk, bank_account_id=bank.pk, due_on=DUE)
    drafted = order_payouts(actor=first, run_id=run.pk, bank_account_id=bank.pk, due_on=DUE)
    assert [payout.amount_minor for payout in drafted] == [63000, 37800, 25200]
    assert order_payouts(actor=second, run_id=run.pk, bank_account_id=bank.pk, due_on=DUE) == []
    for payout in drafted:
        release_payout(actor=first, payout_id=payout.pk)
        release_payout(actor=second, payout_id=payout.pk)
    file = make_payout_file(actor=first, bank_account_id=bank.pk)
    take_payout_file(actor=second, file_id=file.pk)
    left = [
        f"2026-02-0{place + 3},-{payout.amount_minor // 100}.00,,,,{payout.code},P{place}"
        for place, payout in enumerate(drafted)
    ]
    taken = take(bank, "\n".join([HEADINGS, *left, ""]))
    lines = list(StatementLine.objects.filter(statement=taken.statement).select_related("bank_account"))
    for line in lines:
        [(claimant, proposal), *_] = proposals_for([line], actor=first)[line.pk]
        assign_line(actor=first, line_id=line.pk, claimant=claimant.code, subject_id=proposal.subject_id)
    assert set(Payout.objects.values_list("state", flat=True)) == {PayoutState.PAID}
    assert balances(world) == {
        "bank": 148400 - 126000,
        "receivable": 169600,
        "billed": -160000,
        "output_vat": -18000,
        "fee_income": -14000,
    }
    assert sum(DistributionItem.objects.filter(run=run).values_list("amount_minor", flat=True)) == 140000
    told = reconciliation(world.entity.pk, actor=first, on=date(2026, 2, 28))
    assert [each for each in told if each.difference_minor] == []
