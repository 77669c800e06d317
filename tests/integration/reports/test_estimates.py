"""Estimates, a licensee's own or the office's: billed as such, and replaced by actual figures to the cent."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, transaction

from licensing.agreements.models import Licence, LicenceChange
from licensing.billing.papers.invoice import invoice_paper
from licensing.billing.services import charge_interest
from licensing.close import storage
from licensing.close.hindrances import mistakes_in
from licensing.close.home import reports_holding_up
from licensing.close.lifecycle import Calculation
from licensing.close.models import Adjustment, CloseRun, Statement
from licensing.close.papers import statement_paper
from licensing.close.selectors import estimates_of, told_estimates, trues_up
from licensing.close.totals.selectors import Background
from licensing.distribution.models import DistributionItem
from licensing.distribution.papers import distribution_paper
from licensing.engine.verify import verify_close
from licensing.papers.paper import Language
from licensing.reports.home import own_reports
from licensing.reports.models import EstimateTerms, FileKind, ReportedMonth, SalesReport
from licensing.reports.selectors import due_reports, filed_months, lines_file, missing_months
from licensing.reports.services import (
    NewEstimateTerms,
    Upload,
    confirm_estimate_terms,
    draft_sales_report,
    estimate_report,
    record_estimate_terms,
    sign_report_draft,
    supersede_sales_report,
)
from licensing.reports.tidying import abandoned_drafts
from platform_core.audit.models import AuditEvent
from platform_core.home.registry import Waiting
from platform_core.identity.models import Organisation
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, WrongState
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.conflicts import make_affiliation
from tests.factories.distribution import amounts, released
from tests.factories.royalties import SmallWorld, make_small_world, month, sales_csv, upload_of

pytestmark = pytest.mark.django_db(transaction=True)

ONE_YUAN_A_SET = """
[programme]
basis = "accrued"
[[rates]]
id = "set"
per_unit = "1"
[allocation]
by = "points"
points = {M1 = "5", M2 = "3", M3 = "2"}
"""


@pytest.fixture
def world(transactional_db: None, files_of_their_own: None, engine_in_this_process: None) -> SmallWorld:
    """L1 reported 300 sets of the third quarter of 2025 and nothing of the fourth; reports are due after 30 days."""
    world = make_small_world("est", document=ONE_YUAN_A_SET)
    world.report("L1", [("2025-07", 100), ("2025-08", 90), ("2025-09", 110)], first="2025-07", last="2025-09")
    world.report("L2", [("2025-10", 50)], first="2025-10", last="2025-12")
    world.clock.set(datetime(2026, 4, 2, 4, tzinfo=UTC))
    return world


def terms(world: SmallWorld, **changed: Any) -> EstimateTerms:
    given: dict[str, Any] = {
        "from_on": date(2025, 1, 1),
        "stands_in": "Clause 4.6",
        "after_days": 10,
        "percent": Decimal(120),
    }
    said = NewEstimateTerms(**{**given, **changed})
    made = record_estimate_terms(actor=world.acting("calculator"), programme_id=world.programme.pk, terms=said)
    return confirm_estimate_terms(actor=world.acting("approver"), terms_id=made.pk)


def estimated(world: SmallWorld, licence: str = "L1", of: str = "2025-11") -> SalesReport:
    return estimate_report(actor=world.acting("calculator"), licence_id=world.licences[licence].pk, month=month(of))


def drafted(world: SmallWorld, sales: list[tuple[str, int]], *, is_estimate: bool = False) -> SalesReport:
    draft = draft_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-10"),
        last_month=month("2025-12"),
        upload=Upload("L1.csv", io.BytesIO(sales_csv("L1", sales))),
        is_estimate=is_estimate,
    )
    return sign_report_draft(actor=world.acting("L1"), draft_id=draft.pk, lines_sha256=draft.lines_sha256)


def owed(run: CloseRun) -> int:
    return int(run.licence_results.get(licence__code="L1").due_minor)


def test_the_office_estimates_by_the_terms_and_the_actual_report_is_trued_up_to_the_cent(world: SmallWorld) -> None:
    terms(world)
    estimate = estimated(world)
    assert (estimate.kind, estimate.is_estimate, estimate.line_count) == (FileKind.ESTIMATE, True, 3)
    assert (estimate.first_month, estimate.last_month) == (month("2025-10"), month("2025-12"))
    assert estimate.estimated_from == SalesReport.objects.get(licence__code="L1", first_month=month("2025-07"))
    first = world.closed("2025Q4")
    assert owed(first) == 36_000

    actual = drafted(world, [("2025-10", 100), ("2025-11", 141), ("2025-12", 100)])

    assert (actual.is_estimate, actual.supersedes) == (False, estimate)
    assert actual.reason == "实际数据替代估算 Actual figures in the place of an estimate"
    correction = world.corrected("2025Q4")
    assert owed(correction) == 34_100
    adjustment = Adjustment.objects.get(run=correction, licence__code="L1")
    assert adjustment.amount_minor == -1_900
    assert correction.prompted_by == actual
    assert owed(first) + adjustment.amount_minor == owed(correction)


def test_where_a_close_cannot_use_an_estimate_the_actual_figures_are_asked_for_and_no_correction(
    world: SmallWorld,
) -> None:
    terms(world)
    estimate = estimated(world)
    Licence.objects.filter(code="L1").update(ends_on=date(2025, 11, 30))
    assert world.calculated("2025Q4").calculation == Calculation.REJECTED
    me = world.acting("L1")
    assert not list(reports_holding_up(me))
    [waiting] = [row for row in own_reports(me) if isinstance(row, Waiting)]
    assert (waiting.step, waiting.detail["close_waits"]) == ("file report", "2025Q4")
    told = Notice.objects.filter(seat=world.seats["L1"]).values_list("kind", "subject_id")
    assert ("licence.report_holds_up_close", world.licences["L1"].pk) in told
    assert "sales_report.holds_up_close" not in [kind for kind, _ in told]
    # Its page says what is wrong with it.
    assert {row.value for row in mistakes_in(estimate)} == {"2025-12"}


def test_a_licensees_own_estimate_is_signed_as_such_and_leaves_the_report_due(world: SmallWorld) -> None:
    estimate = drafted(world, [("2025-10", 80)], is_estimate=True)
    assert (estimate.is_estimate, estimate.kind, estimate.estimated_from) == (True, FileKind.CSV, None)
    assert "善意估算" in estimate.statement
    assert owed(world.closed("2025Q4")) == 8_000
    due = due_reports(actor=world.acting("L1"))
    assert (month("2025-10"), month("2025-12")) in [(row.first_month, row.last_month) for row in due]
    licence = world.licences["L1"]
    quarter = (month("2025-10"), month("2025-12"))
    assert missing_months([licence], *quarter)[licence.pk] == [month("2025-10"), month("2025-11"), month("2025-12")]

    better = drafted(world, [("2025-10", 85)], is_estimate=True)
    assert better.supersedes == estimate
    actual = drafted(world, [("2025-10", 81)])
    assert actual.supersedes == better
    assert missing_months([licence], *quarter)[licence.pk] == []
    assert "善意估算" not in actual.statement
    assert owed(world.corrected("2025Q4")) == 8_100


def test_no_estimate_takes_the_place_of_actual_figures(world: SmallWorld) -> None:
    actual = drafted(world, [("2025-10", 81)])
    with pytest.raises(Conflict, match="Already reported"):
        drafted(world, [("2025-10", 80)], is_estimate=True)
    with pytest.raises(Conflict, match="no estimate takes their place"):
        draft_sales_report(
            actor=world.acting("L1"),
            licence_id=world.licences["L1"].pk,
            first_month=month("2025-10"),
            last_month=month("2025-12"),
            upload=upload_of("L1", [("2025-10", 80)]),
            supersedes_id=actual.pk,
            reason="lower",
            is_estimate=True,
        )
    terms(world)
    with pytest.raises(Conflict, match="Reported or estimated already: 2025-10, 2025-11, 2025-12"):
        estimated(world)
    values = SalesReport.objects.values().get(pk=actual.pk)
    with pytest.raises(IntegrityError, match="an estimate no actual figures"), transaction.atomic():
        SalesReport.objects.create(
            **{
                **{name: value for name, value in values.items() if name != "id"},
                "number": 99,
                "supersedes_id": actual.pk,
                "reason": "lower",
                "is_estimate": True,
            }
        )
    assert SalesReport.objects.filter(is_estimate=True).count() == 0


def test_nothing_is_estimated_before_the_terms_allow_it_or_without_terms_of_two(world: SmallWorld) -> None:
    with pytest.raises(Conflict, match="No confirmed terms"):
        estimated(world)
    made = record_estimate_terms(
        actor=world.acting("calculator"),
        programme_id=world.programme.pk,
        terms=NewEstimateTerms(
            from_on=date(2025, 1, 1), stands_in="Clause 4.6", after_days=10, percent=Decimal("120.5")
        ),
    )
    with pytest.raises(Conflict, match="No confirmed terms"):
        estimated(world)
    with pytest.raises(NotAllowed, match="ask a colleague"):
        confirm_estimate_terms(actor=world.acting("calculator"), terms_id=made.pk)
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        EstimateTerms.objects.filter(pk=made.pk).update(
            confirmed_at=world.clock.now(), confirmed_by=made.recorded_by_id
        )
    confirm_estimate_terms(actor=world.acting("approver"), terms_id=made.pk)
    with pytest.raises(WrongState):
        confirm_estimate_terms(actor=world.acting("approver"), terms_id=made.pk)
    with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
        EstimateTerms.objects.filter(pk=made.pk).update(percent=1)
    due = date(2026, 1, world.programme.report_days)
    world.clock.set(datetime(2026, 2, 9, 4, tzinfo=UTC) if due.day == 30 else world.clock.now())
    with pytest.raises(Conflict, match="The terms allow an estimate after 2026-02-09"):
        estimated(world)
    assert not SalesReport.objects.filter(is_estimate=True).exists()
    world.clock.set(datetime(2026, 2, 10, 4, tzinfo=UTC))
    assert estimated(world).line_count == 3


def test_only_finance_estimates_and_the_licensee_is_told(world: SmallWorld) -> None:
    terms(world)
    for who, refusal in (("L1", NotAllowed), ("secretariat", NotAllowed), ("M1", NotAllowed), ("L2", NotAllowed)):
        with pytest.raises(refusal):
            estimate_report(actor=world.acting(who), licence_id=world.licences["L1"].pk, month=month("2025-11"))
    assert not ReportedMonth.objects.filter(licence__code="L1", month=month("2025-11")).exists()
    estimated(world)
    told = Notice.objects.filter(kind="sales_report.estimated")
    assert [notice.seat_id for notice in told] == [world.seats["L1"].pk]
    assert AuditEvent.objects.filter(name="sales_report.estimated").count() == 1


def test_returns_and_prices_are_estimated_by_what_they_sum_up_to(world: SmallWorld) -> None:
    earlier = SalesReport.objects.get(licence__code="L1", first_month=month("2025-07"))
    lines = (
        "licence_id,month,product,made_in,sold_in,units,net_amount,currency\n"
        "L1,2025-07,tv,CN,CN,101,1000.10,CNY\nL1,2025-07,tv,CN,CN,-100,-999.99,CNY\nL1,2025-08,tv,CN,CN,7,,CNY\n"
    )
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=earlier.pk,
        upload=Upload("L1.csv", io.BytesIO(lines.encode())),
        reason="goods came back",
    )
    terms(world, percent=Decimal("33.333333"))
    estimate = estimated(world)
    rows = pq.read_table(lines_file(estimate)).to_pylist()
    assert [(row["month"], row["units"], row["net_amount"]) for row in rows] == [
        ("2025-10", 0, Decimal("0.036667")),
        ("2025-11", 2, None),
    ]


def test_without_an_earlier_quarter_there_is_nothing_to_estimate_by(world: SmallWorld) -> None:
    terms(world)
    with pytest.raises(Conflict, match="No quarter of the last year was reported whole"):
        estimated(world, "L3")
    with pytest.raises(InvalidInput):
        record_estimate_terms(
            actor=world.acting("calculator"),
            programme_id=world.programme.pk,
            terms=NewEstimateTerms(from_on=date(2025, 1, 1), stands_in=" ", after_days=400, percent=Decimal(0)),
        )


def test_what_an_estimate_lacked_is_billed_and_bears_interest_from_the_day_the_estimate_was_due(
    world: SmallWorld,
) -> None:
    """360.00 were estimated and 460.00 sold: 100.00 at 0.05 % a day."""
    terms(world, bears_interest=True)
    series = set_up_billing(world, vat="")
    estimated(world)
    first = billed(world, world.closed("2025Q4"), series)["L1"]
    assert (first.gross_minor, estimates_of(first.run, licence_id=first.licence_id)) == (36_000, True)
    assert first.due_on is not None

    world.clock.move(timedelta(days=60))
    drafted(world, [("2025-10", 460)])
    second = billed(world, world.corrected("2025Q4"), series)["L1"]
    assert (second.gross_minor, trues_up(second.run, licence_id=second.licence_id)) == (10_000, True)
    assert second.due_on == first.due_on + timedelta(days=60)
    for invoice, title in ((first, "Estimated"), (second, "True-up")):
        notes = invoice_paper(invoice, [], Language.EN).notes
        assert title in [name for name, _ in notes]

    world.clock.move(timedelta(days=60))
    until = second.due_on + timedelta(days=11)
    note = charge_interest(actor=world.acting("calculator"), invoice_id=second.pk, until_on=until)
    assert note.spans == [
        [str(first.due_on + timedelta(days=1)), str(second.due_on + timedelta(days=1)), 10_000, 300],
        [str(second.due_on + timedelta(days=1)), str(until), 10_000, 50],
    ]
    assert note.amount_minor == 350


def test_what_arrives_before_a_true_up_is_due_lacks_no_more_from_then_on(world: SmallWorld) -> None:
    terms(world, bears_interest=True)
    series = set_up_billing(world, vat="")
    estimated(world)
    first = billed(world, world.closed("2025Q4"), series)["L1"]
    world.clock.move(timedelta(days=60))
    drafted(world, [("2025-10", 460)])
    second = billed(world, world.corrected("2025Q4"), series)["L1"]
    assert first.due_on is not None
    assert second.due_on is not None
    paid_on = second.due_on - timedelta(days=10)
    world.clock.move(timedelta(days=60))
    pay(world, second, 6_000, on=paid_on)
    note = charge_interest(
        actor=world.acting("calculator"), invoice_id=second.pk, until_on=second.due_on + timedelta(days=1)
    )
    # 100.00 for fifty days, then 40.00 for ten.
    assert [span[2:] for span in note.spans] == [[10_000, 250], [4_000, 20]]


def test_without_such_terms_a_true_up_bears_interest_from_its_own_day(world: SmallWorld) -> None:
    terms(world)
    series = set_up_billing(world, vat="")
    estimated(world)
    billed(world, world.closed("2025Q4"), series)
    world.clock.move(timedelta(days=60))
    drafted(world, [("2025-10", 460)])
    second = billed(world, world.corrected("2025Q4"), series)["L1"]
    assert second.due_on is not None
    world.clock.move(timedelta(days=60))
    until = second.due_on + timedelta(days=11)
    note = charge_interest(actor=world.acting("calculator"), invoice_id=second.pk, until_on=until)
    assert note.spans == [[str(second.due_on + timedelta(days=1)), str(until), 10_000, 50]]


def told(run: CloseRun, reader: Organisation) -> bool | None:
    return told_estimates(run, reader_id=reader.pk, background=Background(run.programme))


def test_a_member_is_told_of_estimates_only_where_that_names_nobody(world: SmallWorld) -> None:
    terms(world)
    estimated(world)
    run = world.closed("2025Q4")
    m1, m2 = (world.members[code].organisation for code in ("M1", "M2"))
    assert run.licence_results.count() == 2
    assert told(run, m1) is None
    assert estimates_of(run)
    assert not estimates_of(run, licence_id=world.licences["L2"].pk)
    world.report("L3", [("2025-10", 5)], first="2025-10", last="2025-12")
    corrected = world.corrected("2025Q4")
    assert told(corrected, m1) is True
    # A member's own affiliate is none of the others.
    make_affiliation(m2, world.licences["L3"].licensee)
    assert [told(corrected, each) for each in (m1, m2)] == [True, None]
    drafted(world, [("2025-10", 460)])
    final = world.corrected("2025Q4")
    assert told(final, m1) is False
    # Licensees that belong together know of each other, and count once, be it in one month.
    for code in ("L2", "L3"):
        LicenceChange.objects.create(licence=world.licences[code], month=month("2025-12"), enterprise="one group")
    assert [told(each, m1) for each in (corrected, final)] == [None, None]


def test_a_draft_that_waits_while_the_office_estimates_is_signed_in_place_of_the_estimate(
    world: SmallWorld,
) -> None:
    terms(world)
    draft = draft_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-10"),
        last_month=month("2025-12"),
        upload=upload_of("L1", [("2025-10", 80)]),
    )
    estimate = estimated(world)
    world.clock.move(timedelta(days=5))
    assert draft.pk not in abandoned_drafts(clock=world.clock)
    report = sign_report_draft(actor=world.acting("L1"), draft_id=draft.pk, lines_sha256=draft.lines_sha256)
    assert (report.supersedes, report.is_estimate) == (estimate, False)
    filed = filed_months(world.licences["L1"].pk, actor=world.acting("calculator"))
    assert [row.filed_at for row in filed if row.month == month("2025-11")] == [report.filed_at]


def test_an_estimated_month_is_not_a_filed_one(world: SmallWorld) -> None:
    terms(world)
    estimated(world)
    filed = filed_months(world.licences["L1"].pk, actor=world.acting("calculator"))
    assert [row.filed_at for row in filed if row.month == month("2025-11")] == [None]


def test_bundles_and_papers_say_what_is_estimated_and_verify_with_and_without_it(world: SmallWorld) -> None:
    terms(world)
    estimate = estimated(world)
    world.report("L3", [("2025-10", 70)], first="2025-10", last="2025-12")
    run = world.closed("2025Q4")
    assert run.results_claim is not None
    bundle, output = storage.bundle_folder(run.pk, run.results_claim), storage.output_folder(run.pk, run.results_claim)
    mark = bundle / "estimates.csv"
    assert mark.read_text("utf-8").splitlines() == [
        "licence_id,first_month,last_month,file",
        f"L1,2025-10,2025-12,sales/{estimate.pk}.parquet",
    ]
    assert verify_close(output, bundle) is None
    mark.unlink()
    assert verify_close(output, bundle) is None
    statement = Statement.objects.get(run=run, membership=world.members["M1"])
    for language, heading in ((Language.ZH, "含估算"), (Language.EN, "Estimates")):
        assert heading in dict(statement_paper(statement, language).notes)

    invoices = billed(world, run, set_up_billing(world))
    for invoice in invoices.values():
        pay(world, invoice)
    given = released(world, through=date(2026, 4, 1))
    item = DistributionItem.objects.get(run=given, payee="M1")
    assert "Estimates" in dict(distribution_paper(item, Language.EN).notes)
    fee = DistributionItem.objects.get(run=given, payee="~fee") if "~fee" in amounts(given) else None
    assert fee is None or "Estimates" not in dict(distribution_paper(fee, Language.EN).notes)


def test_papers_of_few_licences_do_not_say_that_one_is_estimated(world: SmallWorld) -> None:
    terms(world)
    estimated(world)
    statement = Statement.objects.get(run=world.closed("2025Q4"), membership=world.members["M1"])
    assert "Estimates" not in dict(statement_paper(statement, Language.EN).notes)
