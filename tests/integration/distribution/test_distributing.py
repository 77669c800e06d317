"""What was received is given out to the cent: once, by the shares of its period, and never before it arrived."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from licensing.billing.models import Settlement
from licensing.billing.services import take_settlement_back
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import DistributionItem, DistributionRun, DistributionShare
from licensing.distribution.proofs import ProvenStatement, read_published, verify_statement
from licensing.distribution.services import (
    approve_distribution,
    cancel_distribution,
    close_distribution,
    raise_objection,
    release_distribution,
    review_distribution,
    start_distribution,
)
from licensing.distribution.services.releasing import read_opening, statement_of
from licensing.reports.services import supersede_sales_report
from platform_core.access.kernel import can, get_visible
from platform_core.audit.models import AuditEvent
from platform_core.ids import new_id
from platform_core.jobs.models import Job
from platform_core.jobs.policies import CANCEL_JOB
from platform_core.problems import Conflict, NotAllowed, NotFound, Problem, WrongState
from tests.factories.billing import balances, billed, pay, set_up_billing
from tests.factories.conflicts import make_undertaking
from tests.factories.distribution import amounts, released, worked_out
from tests.factories.royalties import SmallWorld, upload_of
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

EARLY = date(2026, 1, 20)


def test_part_payments_are_given_out_as_they_come_and_add_up_to_the_close(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    run = world.closed("2025Q1")
    invoices = billed(world, run, series)
    # Nothing has arrived, so nothing is given out.
    assert amounts(worked_out(world)) == {}
    cancel_distribution(actor=world.acting("calculator"), run_id=DistributionRun.objects.get().pk)

    pay(world, invoices["L1"], on=EARLY)
    pay(world, invoices["L2"], 333, on=EARLY)
    first = released(world)
    # 40,000 of L1 and 314 of L2's 333, of which 10 % are the fee, the rest 5 : 3 : 2.
    assert first.total_minor == 40314
    assert amounts(first) == {"M1": 18141, "M2": 10885, "M3": 7257, "~fee": 4031}

    pay(world, invoices["L2"], on=EARLY)
    pay(world, invoices["L3"], on=EARLY)
    second = released(world)
    assert second.total_minor == 300000 - 40314
    close = dict(run.payee_results.values_list("payee", "amount_minor"))
    both = {payee: amounts(first)[payee] + amounts(second)[payee] for payee in close}
    assert both == close == {"M1": 135000, "M2": 81000, "M3": 54000, "~fee": 30000}
    assert balances(world) == {
        "bank": 318000,
        "output_vat": -18000,
        "payable": -270000,
        "fee_income": -30000,
    }
    # All is given out: a third one has nothing.
    assert worked_out(world).total_minor == 0


def test_a_correction_claws_back_with_the_shares_of_its_own_period(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="")
    invoices = billed(world, world.closed("2025Q1"), series)
    for invoice in invoices.values():
        pay(world, invoice, on=EARLY)
    assert amounts(released(world)) == {"M1": 135000, "M2": 81000, "M3": 54000, "~fee": 30000}
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        upload=upload_of("L1", [("2025-01", 1000), ("2025-02", 750), ("2025-03", 750)]),
        reason="returns",
    )
    world.corrected("2025Q1")
    # 10,000 less are owed: what was paid beyond stays with the entity, and what was given out too much comes back.
    back = worked_out(world)
    assert (back.total_minor, amounts(back)) == (-10000, {"M1": -4500, "M2": -2700, "M3": -1800, "~fee": -1000})


def test_approval_takes_a_second_person_and_unchanged_money(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
    pay(world, invoices["L1"], on=EARLY)
    run = worked_out(world)
    with pytest.raises(WrongState):
        approve_distribution(actor=world.acting("approver"), run_id=run.pk)
    review_distribution(actor=world.acting("calculator"), run_id=run.pk, review="fine")
    with pytest.raises(NotAllowed):
        approve_distribution(actor=world.acting("calculator"), run_id=run.pk)
    key = pay(world, invoices["L2"], 100, on=EARLY)
    with pytest.raises(Conflict):
        approve_distribution(actor=world.acting("approver"), run_id=run.pk)
    settlement = Settlement.objects.get(key=key)
    take_settlement_back(
        actor=world.acting("approver"),
        settlement_id=settlement.pk,
        key=new_id(),
        on=EARLY,
        reason="not theirs",
        to_account_id=settlement.entry.postings.get(account__kind="suspense").account_id,
    )
    approve_distribution(actor=world.acting("approver"), run_id=run.pk)
    pay(world, invoices["L2"], 100, on=EARLY)
    before = (balances(world), AuditEvent.objects.count())
    with pytest.raises(Conflict):
        release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert (balances(world), AuditEvent.objects.count()) == before
    run.refresh_from_db()
    assert run.status == DistributionStatus.APPROVED


def test_each_member_proves_its_own_amount_and_no_other(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
    pay(world, invoices["L1"], on=EARLY)
    run = released(world)
    published = read_published(bytes(run.published))
    for item in DistributionItem.objects.filter(run=run):
        proven = ProvenStatement(statement_of(item, run), read_opening(item.opening), published)
        verify_statement(proven)
    assert published.total_minor == 40000
    with connection.cursor() as cursor:
        cursor.execute("SELECT opening FROM distribution_distributionitem")
        assert all(kept.startswith("v1.") for [kept] in cursor.fetchall())
    member = world.acting("M1")
    assert [item.payee for item in DistributionItem.objects.visible_to(member)] == ["M1"]
    assert not DistributionRun.objects.visible_to(member).exists()
    assert not DistributionShare.objects.visible_to(member).exists()


def test_objections_are_made_in_time_by_the_member_alone(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
    pay(world, invoices["L1"], on=EARLY)
    run = released(world)
    own = DistributionItem.objects.get(run=run, payee="M1")
    with pytest.raises(NotFound):
        raise_objection(actor=world.acting("M2"), item_id=own.pk, text="too much")
    with pytest.raises(NotAllowed):
        raise_objection(actor=world.acting("calculator"), item_id=own.pk, text="too much")
    raise_objection(actor=world.acting("M1"), item_id=own.pk, text="too little")
    with pytest.raises(WrongState):
        close_distribution(actor=world.acting("calculator"), run_id=run.pk)


@pytest.mark.parametrize(("who", "problem"), [("secretariat", NotAllowed), ("M1", NotAllowed), ("L1", NotAllowed)])
def test_only_finance_distributes(world: SmallWorld, filed: Filed, who: str, problem: type[Problem]) -> None:
    with pytest.raises(problem):
        start_distribution(actor=world.acting(who), programme_id=world.programme.pk, through_on=EARLY)
    assert not DistributionRun.objects.exists()


def test_who_undertook_to_see_nothing_of_a_member_reads_no_job_on_what_it_is_given(
    world: SmallWorld, filed: Filed
) -> None:
    set_up_billing(world)
    world.closed("2025Q1")
    run = worked_out(world)
    job = Job.objects.get(subject_id=run.pk)
    assert get_visible(Job, job.pk, actor=world.acting("approver")) == job

    make_undertaking(
        world.seats["approver"].user,
        world.alliance,
        hidden_kinds=[],
        hidden_organisations=[world.members["M1"].organisation_id],
    )

    bound = world.acting("approver")
    assert not Job.objects.visible_to(bound).filter(pk=job.pk).exists()
    assert not can(bound, CANCEL_JOB, job)
    assert get_visible(Job, job.pk, actor=world.acting("calculator")) == job


def test_one_distribution_is_made_at_a_time(world: SmallWorld, filed: Filed) -> None:
    worked_out(world)
    with pytest.raises(Conflict):
        worked_out(world)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE distribution_distributionrun SET total_minor = 1",
        "UPDATE distribution_distributionrun SET status = 'draft'",
        "UPDATE distribution_distributionitem SET amount_minor = amount_minor + 1",
        "UPDATE distribution_distributionitem SET opening = ''",
        "UPDATE distribution_distributionshare SET amount_minor = 0, cumulative_minor = before_minor",
        "DELETE FROM distribution_distributionitem",
        "DELETE FROM distribution_distributionreceipt",
        "DELETE FROM distribution_distributionrun",
    ],
)
def test_what_was_released_stays_as_it_is_whoever_writes(world: SmallWorld, filed: Filed, statement: str) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
    pay(world, invoices["L1"], on=EARLY)
    released(world)
    with pytest.raises(DatabaseError):
        write(statement)


def write(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
