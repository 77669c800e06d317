"""A statement tells by product and country what it is made of, once that tells of nobody, and then for good."""

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licensing.billing.models import Invoice
from licensing.close.models import CloseRun
from licensing.close.policies import CLOSE_WORK
from licensing.close.workings.services import release_workings
from licensing.distribution import storage
from licensing.distribution.breakdowns.papers import breakdown_table
from licensing.distribution.breakdowns.services import settle_breakdowns
from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.papers import distribution_paper
from licensing.distribution.proofs import ProofProblem, ProvenStatement, read_published, verify_statement
from licensing.distribution.selectors import breakdown_of
from licensing.distribution.services import release_distribution
from licensing.distribution.services.releasing import read_opening, statement_of
from licensing.papers.paper import Language, Money
from licensing.reports.services import Upload, file_sales_report, supersede_sales_report
from platform_core.access.actors import Actor
from platform_core.problems import Conflict
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.conflicts import make_affiliation
from tests.factories.distribution import approved, released
from tests.factories.royalties import HEADER, TERMS, SmallWorld, add_licensee, add_member, make_small_world, month

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

EARLY = date(2026, 1, 20)
SALES = {
    "L1": {("tv", "CN"): 3000, ("tv", "DE"): 2000, ("box", "CN"): 5000},
    "L2": {("tv", "CN"): 4000, ("tv", "DE"): 2500},
    "L3": {("tv", "CN"): 3500, ("tv", "DE"): 3000},
}
"""Boxes are one licensee's."""


def upload(licence: str, when: str, sales: dict[tuple[str, str], int]) -> Upload:
    rows = "".join(
        f"{licence},{when},{product},CN,{country},{units},,CNY\n" for (product, country), units in sales.items()
    )
    return Upload(f"{licence}.csv", io.BytesIO((HEADER + rows).encode()))


def reported(
    world: SmallWorld, quarter: int = 1, *, more: Mapping[str, dict[tuple[str, str], int]] | None = None
) -> dict[str, Any]:
    first, last = f"2025-{3 * quarter - 2:02d}", f"2025-{3 * quarter:02d}"
    return {
        code: file_sales_report(
            actor=world.acting(code),
            licence_id=world.licences[code].pk,
            first_month=month(first),
            last_month=month(last),
            upload=upload(code, first, sales),
        ).pk
        for code, sales in {**SALES, **(more or {})}.items()
    }


def closed(world: SmallWorld, period: str) -> CloseRun:
    run = world.closed(period)
    release_workings(actor=Actor.system(CLOSE_WORK), run_id=run.pk)
    return run


def item_of(run: DistributionRun, payee: str) -> DistributionItem:
    return DistributionItem.objects.get(run=run, payee=payee)


def sums(item: DistributionItem) -> dict[str, int]:
    return {
        "+".join(cell["products"]) + " " + "+".join(cell["countries"]): int(cell["amount_minor"])
        for cell in item.breakdown["cells"]
    } | {"others": int(item.breakdown["others_minor"])}


def test_what_is_told_adds_up_to_the_statement_and_is_sealed_with_it(world: SmallWorld) -> None:
    reported(world)
    invoices = billed(world, closed(world, "2025Q1"), set_up_billing(world))
    for invoice in invoices.values():
        pay(world, invoice, on=EARLY)
    run = released(world)
    for payee in ("M1", "M2", "M3"):
        item = item_of(run, payee)
        found = sums(item)
        assert sum(found.values()) == item.amount_minor
        assert item.breakdown["covers"] == [1]
        # What one licensee alone sells stands in no line of its own.
        assert all("box" not in name or "tv" in name for name in found)
        assert len(found) > 2
    item = item_of(run, "M1")
    published = read_published(bytes(run.published))
    verify_statement(ProvenStatement(statement_of(item, run), read_opening(item.opening), published))
    item.breakdown["cells"][0]["amount_minor"] = "1"
    with pytest.raises(ProofProblem):
        verify_statement(ProvenStatement(statement_of(item, run), read_opening(item.opening), published))
    assert item_of(run, "~fee").breakdown == {}


def test_paper_and_page_tell_the_payee_and_finance_what_others_are_not_told(world: SmallWorld) -> None:
    reported(world)
    for invoice in billed(world, closed(world, "2025Q1"), set_up_billing(world)).values():
        pay(world, invoice, on=EARLY)
    item = item_of(released(world), "M1")
    for who, told in (("M1", True), ("calculator", True), ("secretariat", False), ("M2", False)):
        assert (breakdown_of(item, actor=world.acting(who)) is not None) == told, who
    table = breakdown_table(item.breakdown, "CNY", Language.ZH)
    assert table.rows[-1] == ["合计", "", Money(item.amount_minor, "CNY")]
    assert distribution_paper(item, Language.EN).tables == []
    [of_paper] = distribution_paper(item, Language.EN, item.breakdown).tables
    assert of_paper.rows[-1][2] == Money(item.amount_minor, "CNY")


def test_what_waited_for_money_of_others_is_told_with_the_statement_that_has_it(world: SmallWorld) -> None:
    """What L1 alone paid, or has not, tells what it sold: the first statement says one sum, the second is of both."""
    reported(world)
    close = closed(world, "2025Q1")
    invoices = billed(world, close, set_up_billing(world))
    pay(world, invoices["L1"], on=EARLY)
    first = item_of(released(world), "M1")
    assert first.breakdown == {"why": "payments_differ"}
    for code in ("L2", "L3"):
        pay(world, invoices[code], on=EARLY)
    second = item_of(released(world), "M1")
    assert second.breakdown["covers"] == [1, 2]
    assert sum(sums(second).values()) == first.amount_minor + second.amount_minor
    assert sum(sums(second).values()) == close.payee_results.get(payee="M1").amount_minor


def test_a_correction_of_one_licensee_shows_in_no_line_nor_does_what_comes_next(world: SmallWorld) -> None:
    reports = reported(world)
    series = set_up_billing(world, vat="")
    for invoice in billed(world, closed(world, "2025Q1"), series).values():
        pay(world, invoice, on=EARLY)
    assert item_of(released(world), "M1").breakdown["covers"] == [1]
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=reports["L1"],
        upload=upload("L1", "2025-01", {**SALES["L1"], ("tv", "DE"): 1000}),
        reason="returns",
    )
    world.corrected("2025Q1")
    second = item_of(released(world), "M1")
    assert second.amount_minor < 0
    assert second.breakdown == {"why": "corrected"}
    reported(world, 2)
    for invoice in billed(world, closed(world, "2025Q2"), series).values():
        pay(world, invoice, on=EARLY)
    third = item_of(released(world), "M1")
    # The close of that quarter told M1 no part of it either, for what it would tell with the corrected one.
    assert third.breakdown == {"why": "corrected"}


def test_a_reader_s_own_payment_hides_nothing_from_it(world: SmallWorld) -> None:
    reported(world)
    own = world.licences["L1"]
    own.licensee = world.members["M1"].organisation
    own.save()
    close = closed(world, "2025Q1")
    invoices = billed(world, close, set_up_billing(world))
    for code in ("L2", "L3"):
        pay(world, invoices[code], on=EARLY)
    run = released(world)
    # Two others are too few for the close to tell it anything; nobody else may learn what L1 has not paid.
    assert item_of(run, "M1").breakdown == {"why": "not_of_closes"}
    assert item_of(run, "M2").breakdown == {"why": "payments_differ"}


@pytest.mark.parametrize("ends_on", [None, date(2025, 6, 30)])
def test_what_an_affiliate_has_not_paid_is_not_told_by_difference(world: SmallWorld, ends_on: date | None) -> None:
    """The close told M1 what L1's sales earned it among others'; a sum without L1's would leave them over."""
    add_licensee(world, "L4")
    make_affiliation(world.members["M1"].organisation, world.licences["L1"].licensee, ends_on=ends_on)
    reported(world, more={"L4": SALES["L2"]})
    invoices = billed(world, closed(world, "2025Q1"), set_up_billing(world))
    for code in ("L2", "L3", "L4"):
        pay(world, invoices[code], on=EARLY)
    run = released(world)
    assert item_of(run, "M1").breakdown == {"why": "payments_differ"}
    assert item_of(run, "M2").breakdown == {"why": "payments_differ"}


def test_files_that_are_gone_stop_the_release_and_change_nothing(world: SmallWorld) -> None:
    reported(world)
    invoices = billed(world, closed(world, "2025Q1"), set_up_billing(world))
    pay(world, invoices["L1"], on=EARLY)
    run = approved(world)
    assert run.results_claim is not None
    (storage.output_folder(run.pk, run.results_claim, "2025Q1") / "allocations.parquet").unlink()
    with pytest.raises(Conflict, match="missing"):
        release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    run.refresh_from_db()
    assert run.status == "approved"
    assert item_of(run, "M1").breakdown == {}


def test_settling_asks_the_database_no_more_often_for_more_members() -> None:
    """The distribution's row is locked meanwhile. What a close told all members is looked up once for each close."""
    few = settling(make_small_world("few"), quarters=1)
    many = make_small_world("many", document=TERMS.replace('M3 = "2"', 'M3 = "2", M4 = "4", M5 = "3", M6 = "2"'))
    for code in ("M4", "M5", "M6"):
        add_member(many, code)
    assert settling(many, quarters=2) == few + 1


def settling(world: SmallWorld, *, quarters: int) -> int:
    """Count the queries of settling what a second distribution tells, of what the first one had to leave untold."""
    series = set_up_billing(world)
    late: list[Invoice] = []
    for quarter in range(1, quarters + 1):
        reported(world, quarter)
        invoices = billed(world, closed(world, f"2025Q{quarter}"), series)
        pay(world, invoices.pop("L1"), on=EARLY)
        late += invoices.values()
    assert item_of(released(world), "M1").breakdown == {"why": "payments_differ"}
    for invoice in late:
        pay(world, invoice, on=EARLY)
    run = approved(world)
    items = list(run.items.select_related("membership__organisation"))
    with CaptureQueriesContext(connection) as asked:
        settle_breakdowns(run, items)
    told = [item for item in items if item.membership]
    assert len(told) == len(world.members)
    assert all(item.breakdown["covers"] == [1, 2] for item in told)
    assert all(len(item.breakdown_kept) == quarters for item in told)
    return len(asked)
