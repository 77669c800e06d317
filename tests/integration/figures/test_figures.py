"""What was billed, received and given out month by month, what is open by age, and what is still to come."""

from datetime import date

import pytest

from licensing.billing.models import Invoice
from licensing.figures.calculation import Basis, Figures, months_between, summed
from licensing.figures.selectors import billed as billed_rows
from licensing.figures.selectors import distributed as distributed_rows
from licensing.figures.selectors import figures, programmes
from licensing.figures.selectors import received as received_rows
from licensing.terms.models import Programme
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.distribution import released
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

EARLY = date(2026, 1, 20)
TODAY = date(2026, 2, 2)
MONTHS = months_between(date(2026, 1, 1), date(2026, 2, 1))


def told(world: SmallWorld, who: str = "calculator") -> Figures:
    actor = world.acting(who)
    [found] = figures(list(programmes(actor=actor)), MONTHS, on=TODAY, actor=actor)
    return found


def test_figures_are_the_sums_of_what_they_are_made_of(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    invoices = billed(world, world.closed("2025Q1"), series)
    pay(world, invoices["L1"], on=EARLY)
    pay(world, invoices["L2"], 333, on=EARLY)
    given = released(world)
    found = told(world)
    assert [month.month for month in found.months] == MONTHS
    january, february = found.months
    gross = sum(invoice.gross_minor for invoice in Invoice.objects.all())
    paid = Invoice.objects.get(pk=invoices["L1"].pk).gross_minor + 333
    assert (january.billed_minor, january.received_minor, january.distributed_minor) == (0, paid, 0)
    assert (february.billed_minor, february.received_minor, february.distributed_minor) == (
        gross,
        0,
        given.total_minor,
    )
    assert found.total.billed_minor == gross
    assert found.open_minor == gross - paid
    assert found.overdue_minor == 0
    assert sum(due.due_minor for due in found.due) == gross - paid

    # What each figure is made of is listed, and comes to it.
    actor, ids = world.acting("approver"), [world.programme.pk]
    span = (date(2026, 1, 1), date(2026, 3, 1))
    assert sum(row.gross_minor for row in billed_rows(actor, ids, *span)) == gross
    assert sum(row.amount_minor for row in received_rows(actor, ids, *span)) == paid
    assert sum(row.amount_minor for row in distributed_rows(actor, ids, *span)) == given.total_minor


def test_what_was_before_stands_beside_it(world: SmallWorld, filed: Filed) -> None:
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
    pay(world, invoices["L1"], on=EARLY)
    actor = world.acting("calculator")
    [found] = figures(list(programmes(actor=actor)), [date(2026, 2, 1)], on=TODAY, actor=actor)
    paid = Invoice.objects.get(pk=invoices["L1"].pk).gross_minor
    assert (found.total.received_minor, found.total.before_received_minor) == (0, paid)


def test_what_is_to_come_is_told_with_what_it_is_known_from(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world)
    first = world.closed("2025Q1")
    # The posted close is not billed; the next ones are known from the units reported, at what a unit bore.
    expected = {row.period: row for row in told(world).expected}
    assert expected["2025Q1"].basis == Basis.POSTED
    assert expected["2025Q1"].amount_minor == first.due_minor
    assert expected["2025Q2"].basis == Basis.REPORTED
    assert expected["2025Q2"].units == expected["2025Q1"].units == 18000
    assert expected["2025Q2"].amount_minor == first.due_minor
    assert (expected["2026Q1"].basis, expected["2026Q1"].units) == (Basis.ESTIMATED, None)
    assert expected["2026Q1"].amount_minor == first.due_minor

    billed(world, first, series)
    second = world.calculated("2025Q2")
    expected = {row.period: row for row in told(world).expected}
    assert "2025Q1" not in expected
    assert (expected["2025Q2"].basis, expected["2025Q2"].amount_minor) == (Basis.CALCULATED, second.due_minor)


def test_only_finance_of_the_entity_has_figures(world: SmallWorld, filed: Filed) -> None:
    for who in ("secretariat", "M1", "L1"):
        assert list(programmes(actor=world.acting(who))) == []
    assert list(programmes(actor=world.acting("approver"))) == [Programme.objects.get()]


def test_currencies_are_never_added_to_each_other(world: SmallWorld, filed: Filed) -> None:
    found = told(world)
    other = Figures(found.programme_id, "usd", "USD", found.months, found.ages, 5, (), ())
    assert [(row.currency, row.credit_minor) for row in summed([found, other, other])] == [("CNY", 0), ("USD", 10)]
