"""Invoices paid in parts: agreed by two people, filled in order, late part by part, and never twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from licensing.agreements.interest import InterestKind
from licensing.billing.asked_plans import plans_to_answer
from licensing.billing.home import invoices_overdue, own_payments, plans_to_decide
from licensing.billing.instalments import Part
from licensing.billing.lifecycle import PlanState
from licensing.billing.models import InstalmentPlan, Invoice
from licensing.billing.selectors import ageing, by_payment, get_instalment_plan, invoices, parts_of
from licensing.billing.services import (
    accept_instalment_plan,
    ask_for_instalment_plan,
    charge_interest,
    credit_invoice,
    decide_instalment_plan,
    issue_invoices,
    propose_instalment_plan,
    set_off,
    withdraw_instalment_plan,
)
from platform_core.clock import FixedClock
from platform_core.home.registry import Figure
from platform_core.identity.models import Organisation, RoleAssignment, Seat
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed, Stages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
PARTS = (Part(MARCH, 10000), Part(APRIL, 10000), Part(MAY, 20000))


def on_day(world: SmallWorld, day: date) -> SmallWorld:
    return replace(world, clock=FixedClock(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)))


def proposed(world: SmallWorld, invoice: Invoice, parts: Sequence[Part] = PARTS, whole: bool = False) -> InstalmentPlan:
    return propose_instalment_plan(
        actor=world.acting("calculator"), invoice_id=invoice.pk, parts=parts, reason="asked for", falls_due_whole=whole
    )


def agreed(world: SmallWorld, invoice: Invoice, parts: Sequence[Part] = PARTS, whole: bool = False) -> InstalmentPlan:
    plan = proposed(world, invoice, parts, whole)
    return decide_instalment_plan(actor=world.acting("approver"), plan_id=plan.pk, approve=True)


@pytest.fixture
def invoice(world: SmallWorld, filed: Filed, stages: Stages) -> Invoice:
    """400.00, without tax, at 0.05 % a day, due on 4 March."""
    return stages.reach(
        "the first quarter is billed without tax",
        lambda: billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"],
    )


def test_a_plan_takes_two_people_and_the_licensee_sees_it_once_it_is_confirmed(
    world: SmallWorld, invoice: Invoice
) -> None:
    plan = proposed(world, invoice)
    with pytest.raises(NotAllowed):
        decide_instalment_plan(actor=world.acting("calculator"), plan_id=plan.pk, approve=True)
    # The same person in another seat is the same person.
    firm = Organisation.objects.create(name_en="another firm")
    twin = Seat.objects.create(user=world.seats["calculator"].user, organisation=firm, created_at=world.clock.now())
    RoleAssignment.objects.create(
        seat=twin,
        role=Role.FINANCE,
        operating_entity=world.entity,
        purpose=Purpose.ROYALTIES,
        starts_at=datetime(2024, 1, 1, tzinfo=UTC),
    )
    world.seats["twin"] = twin
    with pytest.raises(NotAllowed):
        decide_instalment_plan(actor=world.acting("twin"), plan_id=plan.pk, approve=True)
    with pytest.raises(NotFound):
        decide_instalment_plan(actor=world.acting("L1"), plan_id=plan.pk, approve=True)
    invoice.refresh_from_db()
    assert (invoice.plan, invoice.due_order) == (None, date(2026, 3, 4))
    assert [each.title for each in plans_to_decide(world.acting("approver"))] == ["R2026-00001"]
    assert list(plans_to_decide(world.acting("calculator"))) == []
    decide_instalment_plan(actor=world.acting("approver"), plan_id=plan.pk, approve=False)
    with pytest.raises(WrongState):
        decide_instalment_plan(actor=world.acting("approver"), plan_id=plan.pk, approve=True)
    confirmed = agreed(world, invoice)
    invoice.refresh_from_db()
    assert (invoice.plan_id, invoice.due_order, invoice.due_on) == (confirmed.pk, MARCH, date(2026, 3, 4))
    assert list(InstalmentPlan.objects.visible_to(world.acting("L1"))) == [confirmed]
    assert not InstalmentPlan.objects.visible_to(world.acting("L2")).exists()


@pytest.mark.parametrize(
    "parts",
    [
        (Part(MARCH, 40000),),
        (Part(MARCH, 10000), Part(APRIL, 29999)),
        (Part(MARCH, 10000), Part(APRIL, 30001)),
        (Part(APRIL, 10000), Part(MARCH, 30000)),
        (Part(MARCH, 10000), Part(MARCH, 30000)),
        (Part(date(2026, 2, 1), 10000), Part(APRIL, 30000)),
        (Part(MARCH, 0), Part(APRIL, 40000)),
        (Part(MARCH, 10000), Part(date(2037, 1, 1), 30000)),
    ],
)
def test_parts_that_do_not_add_up_or_follow_are_refused(
    world: SmallWorld, invoice: Invoice, parts: tuple[Part, ...]
) -> None:
    with pytest.raises(InvalidInput):
        proposed(world, invoice, parts)
    assert not InstalmentPlan.objects.exists()


def test_a_plan_of_another_amount_than_is_open_is_not_confirmed(world: SmallWorld, invoice: Invoice) -> None:
    plan = proposed(world, invoice)
    pay(world, invoice, 1)
    with pytest.raises(Conflict):
        decide_instalment_plan(actor=world.acting("approver"), plan_id=plan.pk, approve=True)
    withdraw_instalment_plan(actor=world.acting("calculator"), plan_id=plan.pk)
    invoice.refresh_from_db()
    assert invoice.plan is None
    late = proposed(world, invoice, (Part(MARCH, 39998), Part(APRIL, 1)))
    with pytest.raises(Conflict):
        decide_instalment_plan(actor=on_day(world, APRIL).acting("approver"), plan_id=late.pk, approve=True)
    late.refresh_from_db()
    assert late.state == PlanState.PROPOSED


def test_money_fills_parts_and_lists_follow_their_days(world: SmallWorld, invoice: Invoice) -> None:
    agreed(world, invoice)
    pay(world, invoice, 15000)
    invoice.refresh_from_db()
    assert invoice.due_order == APRIL
    april = on_day(world, date(2026, 4, 2))
    finance = april.acting("calculator")
    rows = invoices(actor=finance).filter(licence__code="L1")
    assert list(by_payment(rows, "overdue", on=APRIL)) == []
    assert list(by_payment(rows, "overdue", on=date(2026, 4, 2))) == [invoice]
    [told], _, _ = ageing(rows, on=date(2026, 4, 2))
    assert (told.invoices, told.to_30_minor, told.not_due_minor) == (1, 5000, 20000)
    [waiting] = [each for each in invoices_overdue(finance) if each.subject_id == invoice.pk]
    assert (waiting.due_on, waiting.detail) == (APRIL, {"open_minor": 5000, "currency": "CNY"})
    pay(april, invoice, on=date(2026, 4, 2))
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.due_order) == (0, MAY)


def test_a_broken_plan_falls_due_as_a_whole_and_bears_interest_part_by_part(
    world: SmallWorld, invoice: Invoice
) -> None:
    agreed(world, invoice, whole=True)
    pay(world, invoice, 10000)
    later = on_day(world, date(2026, 4, 12))
    rows = list(invoices(actor=later.acting("calculator")).filter(pk=invoice.pk).select_related("plan"))
    assert [each.falls_due_on for each in parts_of(rows, on=APRIL)[invoice.pk]] == [MARCH, APRIL, MAY]
    assert [each.falls_due_on for each in parts_of(rows, on=date(2026, 4, 2))[invoice.pk]] == [MARCH, APRIL, APRIL]
    note = charge_interest(actor=later.acting("calculator"), invoice_id=invoice.pk, until_on=date(2026, 4, 12))
    # Ten days at 0.05 % a day on 100.00 and, because the plan says so, on the 200.00 of May as well.
    assert note.spans == [
        ["2026-04-02", "2026-04-12", 10000, 50],
        ["2026-04-02", "2026-04-12", 20000, 100],
    ]
    assert note.amount_minor == 150


def test_a_broken_plan_is_overdue_in_lists_and_on_home_pages_though_its_part_was_paid_late(
    world: SmallWorld, invoice: Invoice
) -> None:
    agreed(world, invoice, whole=True)
    late = on_day(world, date(2026, 3, 10))
    pay(late, invoice, 10000, on=date(2026, 3, 10))
    invoice.refresh_from_db()
    assert invoice.due_order == MARCH
    finance = late.acting("calculator")
    rows = invoices(actor=finance).filter(pk=invoice.pk)
    assert list(by_payment(rows, "overdue", on=date(2026, 3, 10))) == [invoice]
    [waiting] = [each for each in invoices_overdue(finance) if each.subject_id == invoice.pk]
    assert (waiting.kind, waiting.due_on, waiting.detail["open_minor"]) == ("invoice.overdue", MARCH, 30000)
    # One that was paid in time goes on as agreed, also where the books learn of it later.
    pay(late, invoice, on=date(2026, 3, 10))
    other = billed(world, world.closed("2025Q2"), invoice.series or pytest.fail("no series"))["L1"]
    agreed(world, other, (Part(MARCH, 20000), Part(APRIL, 40000)), whole=True)
    pay(late, other, 20000, on=MARCH)
    other.refresh_from_db()
    assert other.due_order == APRIL


def test_what_was_late_before_parts_were_agreed_bears_interest_until_then(world: SmallWorld, invoice: Invoice) -> None:
    agreed_on = date(2026, 3, 24)
    agreed(on_day(world, agreed_on), invoice, (Part(APRIL, 20000), Part(MAY, 20000)))
    finance = on_day(world, date(2026, 4, 11)).acting("calculator")
    note = charge_interest(actor=finance, invoice_id=invoice.pk, until_on=date(2026, 4, 11))
    assert note.spans == [
        # All of it from its own day on, then each part from its.
        ["2026-03-05", "2026-03-24", 40000, 380],
        ["2026-04-02", "2026-04-11", 20000, 90],
    ]
    assert (note.from_on, note.amount_minor) == (date(2026, 3, 5), 470)
    # And of no day twice.
    again = on_day(world, date(2026, 5, 11)).acting("calculator")
    second = charge_interest(actor=again, invoice_id=invoice.pk, until_on=date(2026, 5, 11))
    assert [span[:3] for span in second.spans] == [
        ["2026-04-11", "2026-05-11", 20000],
        ["2026-05-02", "2026-05-11", 20000],
    ]


def test_interest_of_one_plan_after_the_other_follows_each_in_its_time(world: SmallWorld, invoice: Invoice) -> None:
    agreed(world, invoice, (Part(MARCH, 10000), Part(MAY, 30000)))
    march = on_day(world, date(2026, 3, 11))
    pay(march, invoice, 5000, on=date(2026, 3, 6))
    agreed(march, invoice, (Part(APRIL, 15000), Part(MAY, 20000)))
    finance = on_day(world, date(2026, 4, 6)).acting("calculator")
    note = charge_interest(actor=finance, invoice_id=invoice.pk, until_on=date(2026, 4, 6))
    assert note.spans == [
        ["2026-03-02", "2026-03-07", 10000, 25],
        ["2026-03-07", "2026-03-11", 5000, 10],
        ["2026-04-02", "2026-04-06", 15000, 30],
    ]


def test_interest_that_bears_interest_counts_from_the_day_of_each_part(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="", interest_kind=InterestKind.MONTHLY_COMPOUND, interest_percent=Decimal(2))
    invoice = billed(world, world.closed("2025Q1"), series)["L1"]
    agreed(world, invoice, (Part(MARCH, 20000), Part(date(2026, 3, 31), 20000)))
    later = on_day(world, date(2026, 6, 1)).acting("calculator")
    # Both parts 30 days apart: 4.00 on the first after 30 days; then 4.08 on the first and 4.00 on the second.
    first = charge_interest(actor=later, invoice_id=invoice.pk, until_on=date(2026, 4, 1))
    second = charge_interest(actor=later, invoice_id=invoice.pk, until_on=date(2026, 5, 1))
    assert (first.amount_minor, second.amount_minor) == (400, 808)


def test_credit_notes_reduce_the_last_parts(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="")
    invoice = billed(world, world.closed("2025Q1"), series)["L1"]
    finance = world.acting("calculator")
    note, again = credit_invoice(actor=finance, invoice_id=invoice.pk, reason="address")
    issue_invoices(actor=finance, invoice_ids=[note.pk, again.pk], series_id=series.pk)
    agreed(world, again)
    set_off(
        actor=finance,
        credit_note_id=note.pk,
        invoice_id=again.pk,
        amount_minor=25000,
        key=new_id(),
        on=date(2026, 2, 2),
    )
    rows = list(invoices(actor=finance).filter(pk=again.pk).select_related("plan"))
    assert [each.open_minor for each in parts_of(rows, on=date(2026, 2, 2))[again.pk]] == [10000, 5000, 0]


def test_a_new_plan_takes_the_place_of_the_old_one(world: SmallWorld, invoice: Invoice) -> None:
    first = agreed(world, invoice)
    pay(world, invoice, 10000)
    second = agreed(world, invoice, (Part(APRIL, 15000), Part(MAY, 15000)))
    first.refresh_from_db()
    invoice.refresh_from_db()
    assert (first.state, second.state, invoice.plan_id) == (PlanState.REPLACED, PlanState.AGREED, second.pk)
    pay(world, invoice, 15000)
    invoice.refresh_from_db()
    assert (invoice.due_order, invoice.open_minor) == (MAY, 15000)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_instalmentplan SET part_amounts_minor = '{1,1,1}'",
        "UPDATE billing_instalmentplan SET due_days = '{2026-03-01,2026-04-01,2026-04-02}'",
        "UPDATE billing_instalmentplan SET state = 'refused'",
        "UPDATE billing_instalmentplan SET decided_by_id = proposed_by_id",
        "UPDATE billing_invoice SET due_order = '2026-03-02' WHERE plan_id IS NOT NULL",
        "UPDATE billing_invoice SET due_order = '2026-03-02' WHERE plan_id IS NULL",
        "DELETE FROM billing_instalmentplan",
    ],
)
def test_what_was_agreed_stays_as_it_is_whoever_writes(world: SmallWorld, invoice: Invoice, statement: str) -> None:
    agreed(world, invoice)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_licensees_home_gives_its_next_payment_and_what_is_open_overdue_and_paid(
    world: SmallWorld, invoice: Invoice
) -> None:
    pay(world, invoice, 5000)
    agreed(world, invoice, [Part(MARCH, 10000), Part(MAY, 25000)])
    later = on_day(world, APRIL)
    told = figures(later, "L1")
    assert sorted(told) == ["invoice.next", "invoice.open", "invoice.paid"]
    assert (told["invoice.next"].value, told["invoice.next"].due_on) == (10000, MARCH)
    assert (told["invoice.open"].value, told["invoice.open"].values["overdue_minor"]) == (35000, 10000)
    assert (told["invoice.paid"].value, told["invoice.paid"].previous) == (5000, None)
    # Nothing of it is told to another licensee that was billed as well, nor to those who bill.
    other = figures(later, "L2")
    assert "invoice.paid" not in other
    assert invoice.open_minor not in {figure.value for figure in other.values()}
    assert [*own_payments(later.acting("calculator")), *own_payments(later.acting("M1"))] == []


def figures(world: SmallWorld, who: str) -> dict[str, Figure]:
    """The figures of payments on somebody's home page."""
    return {row.key: row for row in own_payments(world.acting(who)) if isinstance(row, Figure)}


def asked(world: SmallWorld, invoice: Invoice, parts: Sequence[Part] = PARTS, who: str = "L1") -> InstalmentPlan:
    return ask_for_instalment_plan(
        actor=world.acting(who),
        invoice_id=invoice.pk,
        parts=parts,
        reason="our customers pay late",
        falls_due_whole=True,
    )


def told(world: SmallWorld, who: str) -> list[str]:
    kinds = Notice.objects.filter(seat=world.seats[who], kind__startswith="instalment_plan.").order_by("pk")
    return list(kinds.values_list("kind", flat=True))


def test_what_a_licensee_asks_for_is_accepted_by_one_of_finance_and_confirmed_by_another(
    world: SmallWorld, invoice: Invoice
) -> None:
    plan = asked(world, invoice)
    assert (plan.state, told(world, "calculator")) == (PlanState.ASKED, ["instalment_plan.asked"])
    assert [row.title for row in plans_to_answer(world.acting("calculator"))] == [invoice.number_text]
    with pytest.raises(WrongState):
        decide_instalment_plan(actor=world.acting("calculator"), plan_id=plan.pk, approve=True)
    for who, refused in (("L1", NotAllowed), ("L2", NotFound)):
        with pytest.raises(refused):
            accept_instalment_plan(actor=world.acting(who), plan_id=plan.pk)

    accepted = accept_instalment_plan(actor=world.acting("calculator"), plan_id=plan.pk)
    assert (accepted.state, accepted.proposed_by_id) == (PlanState.PROPOSED, world.seats["calculator"].user_id)
    with pytest.raises(NotAllowed):
        decide_instalment_plan(actor=world.acting("calculator"), plan_id=plan.pk, approve=True)
    invoice.refresh_from_db()
    assert (invoice.plan_id, told(world, "L1")) == (None, []), "nothing is put off by one person"
    decide_instalment_plan(actor=world.acting("approver"), plan_id=plan.pk, approve=True)
    invoice.refresh_from_db()
    assert (invoice.plan_id, invoice.due_order) == (plan.pk, MARCH)
    assert told(world, "L1") == ["instalment_plan.agreed"]
    assert not told(world, "L2")


def test_what_a_licensee_asks_for_is_refused_with_an_answer_that_it_reads(world: SmallWorld, invoice: Invoice) -> None:
    plan = asked(world, invoice)
    with pytest.raises(InvalidInput):
        decide_instalment_plan(actor=world.acting("calculator"), plan_id=plan.pk, approve=False, answer=" ")
    decide_instalment_plan(actor=world.acting("calculator"), plan_id=plan.pk, approve=False, answer="two parts at most")
    read = get_instalment_plan(plan.pk, actor=world.acting("L1"))
    assert (read.state, read.answer, told(world, "L1")) == ("refused", "two parts at most", ["instalment_plan.refused"])
    # It may ask for others then.
    again = asked(world, invoice, (Part(MARCH, 10000), Part(APRIL, 30000)))
    withdraw_instalment_plan(actor=world.acting("L1"), plan_id=again.pk)
    with pytest.raises(WrongState):
        accept_instalment_plan(actor=world.acting("calculator"), plan_id=again.pk)


def test_parts_asked_for_come_to_what_is_open_once_for_an_own_invoice(world: SmallWorld, invoice: Invoice) -> None:
    with pytest.raises(InvalidInput, match="exactly"):
        asked(world, invoice, (Part(MARCH, 10000), Part(APRIL, 29999)))
    with pytest.raises(NotFound):
        asked(world, invoice, who="L2")
    assert not InstalmentPlan.objects.exists()
    plan = asked(world, invoice)
    with pytest.raises(Conflict, match="withdraw that first"):
        asked(world, invoice)
    # A payment meanwhile leaves other parts to be asked for.
    pay(world, invoice, 10000)
    with pytest.raises(Conflict, match="Another amount"):
        accept_instalment_plan(actor=world.acting("calculator"), plan_id=plan.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        InstalmentPlan.objects.filter(pk=plan.pk).update(state="proposed")
