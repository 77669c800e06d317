"""What would have gone wrong: money paid back late, an approval overtaken, an earlier day, nothing, two members."""

from datetime import date
from uuid import UUID

import pytest
from django.db import DatabaseError

from licensing.billing.models import Invoice, Settlement
from licensing.billing.services import take_settlement_back
from licensing.distribution.calculation import Untold
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.selectors import allowed_steps
from licensing.distribution.services import (
    approve_distribution,
    cancel_distribution,
    release_distribution,
    request_distribution,
    review_distribution,
    send_back_distribution,
    start_distribution,
    take_published,
)
from licensing.payments.services import order_payouts
from members.memberships.models import Membership, MembershipState
from platform_core.audit.models import AuditEvent
from platform_core.ids import new_id
from platform_core.jobs.tasks import run as run_job
from platform_core.ledger.services import post_entry
from platform_core.problems import Conflict, InvalidInput, WrongState
from platform_core.treasury.models import Payout
from platform_core.treasury.services import draft_payout
from tests.factories.billing import balances, billed, pay, set_up_billing
from tests.factories.conflicts import make_affiliation
from tests.factories.core import command_line
from tests.factories.distribution import THROUGH, amounts, approved, released, worked_out
from tests.factories.ledger import entry_of, make_account
from tests.factories.royalties import TERMS, SmallWorld, make_small_world, report_whole_year
from tests.factories.treasury import make_bank_account
from tests.integration.distribution.test_distributing import write
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

EARLY, LATE = date(2026, 1, 20), date(2026, 2, 2)


def take_back(world: SmallWorld, invoice: Invoice, *, on: date) -> None:
    """Take back what was paid on an invoice: it is nobody's any more, or was sent back."""
    settlement = Settlement.objects.get(invoice=invoice, reverses=None)
    take_settlement_back(
        actor=world.acting("approver"),
        settlement_id=settlement.pk,
        key=new_id(),
        on=on,
        reason="paid back",
        to_account_id=settlement.entry.postings.get(account__kind="suspense").account_id,
    )


def test_money_paid_back_after_the_day_is_not_given_out_of_what_others_paid(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    pay(world, invoices["L1"], on=EARLY)
    run = approved(world, EARLY)
    assert run.total_minor == 40_000
    # L1's money leaves again, and L2's, which came after the day, would be enough for the books.
    take_back(world, invoices["L1"], on=LATE)
    pay(world, invoices["L2"], on=LATE)
    before = balances(world)
    with pytest.raises(Conflict):
        release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert balances(world) == before
    send_back_distribution(actor=world.acting("approver"), run_id=run.pk, reason="L1 was paid back")
    again = request_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert again.job_id is not None
    run_job(again.job_id)
    assert amounts(again) == {}


def test_what_was_approved_is_sent_back_when_the_money_is_another(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    pay(world, invoices["L1"], on=EARLY)
    run = approved(world)
    pay(world, invoices["L2"], 100, on=EARLY)
    with pytest.raises(Conflict):
        release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert {"send back", "cancel"} <= set(allowed_steps(run, actor=world.acting("calculator")))
    back = send_back_distribution(actor=world.acting("calculator"), run_id=run.pk, reason="L2 paid meanwhile")
    assert (back.status, back.approved_by, back.approved_at, back.reviewed_by) == (
        DistributionStatus.DRAFT,
        None,
        None,
        None,
    )
    again = request_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert again.job_id is not None
    run_job(again.job_id)
    review_distribution(actor=world.acting("calculator"), run_id=run.pk, review="with L2")
    # The approval does not outlive what it was of: it takes another one, by a second person.
    with pytest.raises(WrongState):
        release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    approve_distribution(actor=world.acting("approver"), run_id=run.pk)
    assert release_distribution(actor=world.acting("calculator"), run_id=run.pk).total_minor == 40_100


def test_what_was_approved_is_given_up_and_the_next_one_begins(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    pay(world, invoices["L1"], on=EARLY)
    run = approved(world)
    given_up = cancel_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert (given_up.status, given_up.approved_by) == (DistributionStatus.CANCELLED, None)
    assert released(world).total_minor == 40_000


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE distribution_distributionrun SET total_minor = 1",
        "UPDATE distribution_distributionrun SET status = 'calculated'",
        "UPDATE distribution_distributionrun SET status = 'reviewed', approved_by_id = NULL, approved_at = NULL",
        "UPDATE distribution_distributionrun SET status = 'cancelled'",
        "UPDATE distribution_distributionrun SET status = 'draft', approved_by_id = NULL, approved_at = NULL",
        "UPDATE distribution_distributionrun"
        " SET status = 'cancelled', approved_by_id = NULL, approved_at = NULL, total_minor = 1",
    ],
)
def test_an_approval_ends_as_a_whole_or_not_at_all_whoever_writes(
    world: SmallWorld, filed: Filed, statement: str
) -> None:
    """Back to a draft goes the review too, and nothing else changes on the way."""
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    pay(world, invoices["L1"], on=EARLY)
    approved(world)
    with pytest.raises(DatabaseError):
        write(statement)


def test_a_day_before_that_of_the_last_distribution_is_refused(world: SmallWorld, filed: Filed) -> None:
    """All that came between the two days would be clawed back, though it is there."""
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    pay(world, invoices["L1"], on=EARLY)
    released(world, THROUGH)
    before = AuditEvent.objects.count()
    with pytest.raises(InvalidInput, match="2026-02-01"):
        start_distribution(
            actor=world.acting("calculator"), programme_id=world.programme.pk, through_on=date(2026, 1, 31)
        )
    assert (DistributionRun.objects.count(), AuditEvent.objects.count()) == (1, before)
    with pytest.raises(DatabaseError):
        DistributionRun.objects.create(
            programme=world.programme,
            number=2,
            through_on=date(2026, 1, 31),
            currency="CNY",
            opened_at=world.clock.now(),
        )
    assert worked_out(world, THROUGH).total_minor == 0


def test_a_distribution_of_nothing_goes_no_further(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    pay(world, invoices["L1"], on=EARLY)
    released(world)
    empty = worked_out(world)
    with pytest.raises(WrongState, match="cancel it"):
        review_distribution(actor=world.acting("calculator"), run_id=empty.pk, review="nothing came")
    assert "review" not in allowed_steps(empty, actor=world.acting("calculator"))
    cancel_distribution(actor=world.acting("calculator"), run_id=empty.pk)


@pytest.fixture
def duo(transactional_db: None) -> SmallWorld:
    """Two members share what a third one of the pool has no part in; the fee is a payee, and everybody knows it."""
    world = make_small_world("duo", document=TERMS.replace(', M3 = "2"', ""))
    report_whole_year(world)
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    for invoice in invoices.values():
        pay(world, invoice, on=EARLY)
    return world


def test_of_two_members_neither_learns_what_the_other_gets(duo: SmallWorld) -> None:
    """With the fee by published terms the total less one's own is what the other one gets, though three are paid."""
    run = released(duo)
    assert sorted(amounts(run)) == ["M1", "M2", "~fee"]
    assert run.fingerprint == ""
    assert set(DistributionItem.objects.filter(run=run).values_list("proof_withheld", "opening")) == {
        (Untold.TOO_FEW_PAYEES, "")
    }
    with pytest.raises(WrongState, match="too few payees"):
        take_published(actor=duo.acting("calculator"), run_id=run.pk)


def test_of_three_members_an_affiliate_of_one_leaves_nobody_the_total(world: SmallWorld, filed: Filed) -> None:
    """M1 knows what its affiliate M2 gets, so that M3's would follow; and M3 would learn what the two get together."""
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    for invoice in invoices.values():
        pay(world, invoice, on=EARLY)
    make_affiliation(world.members["M1"].organisation, world.members["M2"].organisation)
    run = released(world)
    told = dict(DistributionItem.objects.filter(run=run, kind="member").values_list("payee", "proof_withheld"))
    assert told == dict.fromkeys(("M1", "M2", "M3"), Untold.TOO_FEW_PAYEES)


def test_who_is_a_member_twice_has_one_account_and_is_paid_once(world: SmallWorld, filed: Filed) -> None:
    """A member that left and came back under another code: both shares go to one account."""
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    pay(world, invoices["L1"], on=EARLY)
    first, second = world.members["M1"], world.members["M2"]
    Membership.objects.filter(pk=first.pk).update(state=MembershipState.LEFT, leaves_on=date(2025, 2, 1))
    Membership.objects.filter(pk=second.pk).update(organisation=first.organisation, enters_on=date(2025, 2, 1))
    run = released(world)
    items = DistributionItem.objects.filter(run=run, membership__in=(first, second)).order_by("payee")
    assert list(items.values_list("payee", "opening_minor", "amount_minor")) == [
        ("M1", 0, 18_000),
        ("M2", 18_000, 10_800),
    ]
    bank = make_bank_account(world.entity)
    drafted = order_payouts(
        actor=world.acting("calculator"), run_id=run.pk, bank_account_id=bank.pk, due_on=date(2026, 3, 1)
    )
    assert [payout.amount_minor for payout in drafted] == [28_800, 7_200]


def test_what_is_held_from_a_member_is_paid_by_no_payment_of_its_own(world: SmallWorld) -> None:
    bank = make_bank_account(world.entity)
    member = world.members["M1"].organisation
    held, payable = (make_account(world.entity, member, kind=kind) for kind in ("held", "payable"))
    for account in (held, payable):
        entry = entry_of(bank.ledger_account, account, 20_000)
        post_entry(actor=command_line(), operating_entity_id=world.entity.pk, entry=entry)

    def draft(account_id: UUID) -> Payout:
        return draft_payout(
            actor=world.acting("calculator"),
            bank_account_id=bank.pk,
            owed_account_id=account_id,
            amount_minor=100,
            due_on=date(2026, 3, 1),
        )

    with pytest.raises(Conflict, match="a distribution gives it out"):
        draft(held.pk)
    assert not Payout.objects.exists()
    assert not AuditEvent.objects.filter(name="payout.drafted").exists()
    assert draft(payable.pk).owed_account == payable
