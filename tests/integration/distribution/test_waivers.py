"""A share for which no lawful tax invoice (发票) fits is let off by two people; what is set off waits for nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError

from licensing.billing.models import InvoiceSeries
from licensing.distribution.home import member_invoices_to_give, waivers_to_decide
from licensing.distribution.lifecycle import MemberInvoiceState
from licensing.distribution.models import DistributionItem, DistributionRun, MemberInvoice
from licensing.distribution.papers import distribution_paper
from licensing.distribution.selectors import awaiting_minor, steps_on_member_invoice
from licensing.distribution.services import (
    ask_for_waiver,
    refuse_waiver,
    send_back_member_invoice,
    waive_member_invoice,
)
from licensing.papers.paper import Language
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import RoleAssignment
from platform_core.identity.role_plan import SecondPersonMissing
from platform_core.identity.roles import Purpose
from platform_core.ledger.models import Account
from platform_core.ledger.services import open_account, post_entry
from platform_core.notices.models import Notice
from platform_core.problems import InvalidInput, NotAllowed, NotFound, Problem, WrongState
from platform_core.treasury.models import BankAccount
from tests.api.core.clients import client_of
from tests.factories.billing import billed, pay
from tests.factories.core import command_line
from tests.factories.distribution import released
from tests.factories.ledger import entry_of, make_account
from tests.factories.royalties import SmallWorld
from tests.integration.distribution.test_distributing import write
from tests.integration.distribution.test_member_invoices import (
    EARLY,
    INVOICES,
    NUMBER,
    ask,
    bank,
    of,
    order,
    paid_and_released,
    record,
    run,
    step,
)
from tests.small_worlds import Filed

__all__ = ["bank", "run"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

WHY = "The tax office issues none for a share of before the member's registration."


def ask_waiver(world: SmallWorld, who: str = "M1", **said: Any) -> MemberInvoice:
    values = {"reason": WHY, **said}
    return ask_for_waiver(actor=world.acting("calculator"), invoice_id=of(who).pk, **values)


def test_a_share_is_paid_without_an_invoice_once_a_second_person_agrees(
    world: SmallWorld, run: DistributionRun, bank: BankAccount
) -> None:
    asked = ask_waiver(world)
    assert (asked.state, asked.waiver_reason, asked.waiver_asked_by) == (
        MemberInvoiceState.WAIVING,
        WHY,
        world.seats["calculator"].user,
    )
    # It waits still, for another pair of eyes.
    assert order(world, run, bank) == []
    assert [row.kind for row in waivers_to_decide(world.acting("approver"))] == ["member_invoice.waive"]
    assert list(waivers_to_decide(world.acting("calculator"))) == []
    with pytest.raises(NotAllowed, match="second person"):
        waive_member_invoice(actor=world.acting("calculator"), invoice_id=asked.pk)
    assert of("M1").state == MemberInvoiceState.WAIVING

    waived = waive_member_invoice(actor=world.acting("approver"), invoice_id=asked.pk)

    assert (waived.state, waived.decided_by) == (MemberInvoiceState.WAIVED, world.seats["approver"].user)
    assert order(world, run, bank) == [18_000]
    names = AuditEvent.objects.filter(subject_id=asked.pk).order_by("id").values_list("name", flat=True)
    assert list(names) == ["member_invoice.waiver_asked", "member_invoice.waived"]
    event = AuditEvent.objects.get(name="member_invoice.waived")
    assert event.changes["waiver_reason"] == {"old": None, "new": WHY}
    told = Notice.objects.get(kind="member_invoice.waived")
    assert told.seat == world.seats["M1"]
    for language, said in ((Language.EN, f"waived: {WHY}"), (Language.ZH, f"已豁免：{WHY}")):
        facts = dict(distribution_paper(waived.item, language).facts)
        assert said in facts.values()
    with pytest.raises(WrongState):
        record(world)
    assert steps_on_member_invoice(of("M1"), actor=world.acting("calculator")) == []


def test_what_is_refused_waits_on_and_says_why(world: SmallWorld, run: DistributionRun, bank: BankAccount) -> None:
    asked = ask_waiver(world)
    with pytest.raises(InvalidInput):
        refuse_waiver(actor=world.acting("approver"), invoice_id=asked.pk, reason=" ")
    refused = refuse_waiver(actor=world.acting("approver"), invoice_id=asked.pk, reason="One can be issued.")
    assert (refused.state, refused.waiver_reason, refused.waiver_asked_by, refused.decided_by) == (
        MemberInvoiceState.AWAITED,
        "",
        None,
        None,
    )
    assert AuditEvent.objects.get(name="member_invoice.waiver_refused").changes["reason"] == {
        "old": None,
        "new": "One can be issued.",
    }
    assert order(world, run, bank) == []
    assert [row.kind for row in member_invoices_to_give(world.acting("M1"))] == ["member_invoice.record"]
    # The one who asked takes it back as well; no second person is needed to go on waiting.
    again = ask_waiver(world)
    assert refuse_waiver(actor=world.acting("calculator"), invoice_id=again.pk, reason="Found one.").state == "awaited"


def test_one_that_is_given_after_all_goes_before_the_request(world: SmallWorld, run: DistributionRun) -> None:
    asked = ask_waiver(world)
    invoice = record(world)
    assert (invoice.state, invoice.waiver_reason, invoice.waiver_asked_by) == (MemberInvoiceState.RECORDED, "", None)
    with pytest.raises(WrongState):
        waive_member_invoice(actor=world.acting("approver"), invoice_id=asked.pk)


def test_one_that_was_sent_back_may_be_waived_and_its_number_used_elsewhere(
    world: SmallWorld, run: DistributionRun
) -> None:
    invoice = record(world)
    with pytest.raises(WrongState):
        ask_waiver(world)
    send_back_member_invoice(actor=world.acting("approver"), invoice_id=invoice.pk, reason="wrong buyer")
    asked = ask_waiver(world)
    assert (asked.number, asked.document, asked.reason, asked.recorded_by) == ("", None, "", None)
    recorded = AuditEvent.objects.get(name="member_invoice.recorded")
    assert recorded.changes["number"] == {"old": None, "new": NUMBER}


@pytest.mark.parametrize("who", ["M1", "M2", "L1", "secretariat"])
def test_only_finance_asks_and_only_finance_agrees(world: SmallWorld, run: DistributionRun, who: str) -> None:
    own: tuple[type[Problem], ...] = (NotAllowed,) if who == "M1" else (NotFound,)
    before = AuditEvent.objects.count()
    with pytest.raises(own):
        ask_for_waiver(actor=world.acting(who), invoice_id=of("M1").pk, reason=WHY)
    assert (of("M1").state, AuditEvent.objects.count()) == ("awaited", before)
    asked = ask_waiver(world)
    with pytest.raises(own):
        waive_member_invoice(actor=world.acting(who), invoice_id=asked.pk)
    with pytest.raises(own):
        refuse_waiver(actor=world.acting(who), invoice_id=asked.pk, reason="no")
    assert of("M1").state == MemberInvoiceState.WAIVING


def test_nobody_asks_where_no_second_person_could_agree(world: SmallWorld, run: DistributionRun) -> None:
    RoleAssignment.objects.filter(seat=world.seats["approver"]).update(ends_at=world.clock.now() - timedelta(days=1))
    with pytest.raises(SecondPersonMissing):
        ask_waiver(world)
    assert of("M1").state == MemberInvoiceState.AWAITED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE distribution_memberinvoice SET state = 'exempt'",
        "UPDATE distribution_memberinvoice SET state = 'exempt', decided_at = now(), decided_by_id = waiver_asked_by_id"
        " WHERE state = 'waiving'",
        "UPDATE distribution_memberinvoice SET waiver_reason = 'another' WHERE state = 'waiving'",
        "UPDATE distribution_memberinvoice SET waiver_asked_by_id = NULL WHERE state = 'waiving'",
        "UPDATE distribution_memberinvoice SET state = 'awaited' WHERE state = 'waiving'",
    ],
)
def test_nobody_lets_a_share_off_behind_the_back(world: SmallWorld, run: DistributionRun, statement: str) -> None:
    ask_waiver(world)
    with pytest.raises(DatabaseError):
        write(statement)


def test_what_was_waived_stays_waived(world: SmallWorld, run: DistributionRun) -> None:
    waive_member_invoice(actor=world.acting("approver"), invoice_id=ask_waiver(world).pk)
    with pytest.raises(DatabaseError):
        write("UPDATE distribution_memberinvoice SET waiver_reason = 'another' WHERE state = 'exempt'")


def test_it_goes_over_the_wire_and_into_the_ageing(world: SmallWorld, run: DistributionRun) -> None:
    member, one, other = (client_of(world.seats[name]) for name in ("M1", "calculator", "approver"))
    invoice = of("M1")
    assert "ask waiver" in one.get(f"{INVOICES}/{invoice.pk}").json()["allowed_steps"]
    assert step(member, invoice, "waiver-request", {"reason": WHY}).status_code == 403
    asked = step(one, invoice, "waiver-request", {"reason": WHY}).json()
    assert (asked["state"], asked["waiver_reason"]) == ("waiving", WHY)
    assert asked["allowed_steps"] == ["refuse waiver"]
    assert step(one, invoice, "waiver", {}).status_code == 403
    [total] = one.get(f"{INVOICES}/ageing").json()["totals"]
    assert (total["invoices"], total["total_minor"], total["waived"]) == (3, 36_000, 0)
    done = step(other, invoice, "waiver", {}).json()
    assert (done["state"], done["waits_days"], done["age"], done["allowed_steps"]) == ("exempt", None, "", [])
    [total] = one.get(f"{INVOICES}/ageing").json()["totals"]
    assert (total["invoices"], total["total_minor"], total["waived"], total["waived_minor"]) == (2, 18_000, 1, 18_000)
    statement = member.get(f"/api/v1/distribution-statements/{invoice.item_id}").json()
    assert statement["tax_invoice"] == {"id": str(invoice.pk), "state": "exempt", "waiver_reason": WHY}
    asked_again = ask_waiver(world, "M2")
    assert step(other, asked_again, "waiver-refusal", {"reason": "no"}).json()["state"] == "awaited"


@pytest.mark.parametrize(("debt", "waits"), [(0, 18_000), (10_000, 8_000), (30_000, 0)])
def test_what_a_share_only_sets_off_waits_for_nothing(
    world: SmallWorld, filed: Filed, bank: BankAccount, debt: int, waits: int
) -> None:
    """M1 was given too much before: of its 18,000 it is owed what is beyond that, and no more than this waits."""
    account = owing(world, "M1", debt)
    ask(world)
    paid_and_released(world)
    assert awaiting_minor([account]) == {account.pk: waits}
    waive_member_invoice(actor=world.acting("approver"), invoice_id=ask_waiver(world).pk)
    assert awaiting_minor([account]) == {account.pk: 0}


def test_a_member_that_owed_is_paid_its_next_share_though_the_set_off_one_was_never_billed(
    world: SmallWorld, filed: Filed, bank: BankAccount
) -> None:
    owing(world, "M1", 30_000)
    ask(world)
    paid_and_released(world)
    ask(world, membership_id=world.members["M1"].pk, is_needed=False, percent=Decimal(0))
    pay(world, billed(world, world.closed("2025Q2"), InvoiceSeries.objects.get())["L1"], on=EARLY)
    second = released(world)
    share = DistributionItem.objects.get(run=second, membership__code="M1").amount_minor
    assert share > 12_000
    # M1 had 30,000 too much, and 18,000 of it were set off by the first share, which nobody pays.
    # The others wait with both of theirs.
    assert order(world, second, bank) == [share - 12_000]


def owing(world: SmallWorld, member: str, amount: int) -> Account:
    """Have the books say that a member was given too much, and return its account."""
    account = open_account(
        actor=command_line(),
        operating_entity_id=world.entity.pk,
        holder_id=world.members[member].organisation_id,
        kind="payable",
        purpose=Purpose.ROYALTIES,
        currency="CNY",
    )
    if amount:
        other = make_account(world.entity)
        post_entry(actor=command_line(), operating_entity_id=world.entity.pk, entry=entry_of(account, other, amount))
    return account
