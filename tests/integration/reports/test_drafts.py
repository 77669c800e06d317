"""Drafts of reports: kept until they are signed, seen by their licensee alone, filed as they were looked at."""

import io
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction

from licensing.agreements.models import Licence
from licensing.reports import storage
from licensing.reports.home import own_reports
from licensing.reports.models import DraftState, FileKind, ProductAlias, ReportAuthority, ReportDraft, SalesReport
from licensing.reports.selectors import due_reports, products_of, report_before
from licensing.reports.services import (
    Upload,
    discard_report_draft,
    draft_sales_report,
    end_report_authority,
    file_sales_report,
    name_product,
    name_product_of_all,
    record_report_authority,
    sign_report_draft,
    supersede_sales_report,
    typed_lines,
    withdraw_product_alias,
)
from platform_core.audit.models import AuditEvent
from platform_core.home.registry import Figure
from platform_core.identity.models import Language
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, Problem, WrongState
from tests.factories.royalties import HEADER, NOW, SmallWorld, make_small_world, month
from tests.integration.reports.drafting import drafted, signed

pytestmark = pytest.mark.django_db


def test_a_draft_is_signed_as_it_was_looked_at_and_gives_a_numbered_report(
    world: SmallWorld, django_capture_on_commit_callbacks: Any
) -> None:
    draft = drafted(world, [("2025-01", 5)])
    kept = storage.draft_folder(draft.pk)
    lines = (kept / storage.LINES_NAME).read_bytes()
    assert not SalesReport.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        report = signed(world, draft, language=Language.ENGLISH)

    draft.refresh_from_db()
    assert (draft.state, draft.report) == (DraftState.SIGNED, report)
    assert storage.lines_file(report.pk).read_bytes() == lines
    assert not kept.exists()
    assert (report.receipt_number, report.kind, report.line_count) == ("L1-0001", FileKind.CSV, 1)
    assert (report.signatory_name, report.signatory_title) == ("uhd-L1", "总经理")
    assert report.statement == (
        "On behalf of uhd licensee L1 I declare that this report of the sales of 2025-01 – 2025-03 under licence L1 is "
        "complete and true, that its lines are all there is to report, and that I am authorised to sign it."
    )
    names = AuditEvent.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["report_draft.made", "sales_report.filed"]


def test_nothing_sold_is_signed_in_other_words(world: SmallWorld) -> None:
    report = signed(world, drafted(world, None))
    assert report.is_nil
    assert report.statement == (
        "本人代表uhd licensee L1声明：许可合同L1项下2025-01 – 2025-03没有应报销售，本报告属实；本人有权签署。"
    )


def test_who_has_no_authority_may_draft_and_not_sign_and_filing_needs_it_as_well(world: SmallWorld) -> None:
    draft = drafted(world, [("2025-01", 5)])
    end_report_authority(
        actor=world.acting("calculator"), authority_id=ReportAuthority.objects.get(licence__code="L1").pk
    )
    with pytest.raises(NotAllowed, match="no recorded authority"):
        signed(world, draft)
    with pytest.raises(NotAllowed, match="no recorded authority"):
        world.report("L1", [("2025-01", 5)], first="2025-01", last="2025-03")
    draft.refresh_from_db()
    assert draft.state == DraftState.OPEN
    assert storage.draft_folder(draft.pk).exists()
    assert not SalesReport.objects.exists()


def test_superseding_without_authority_is_refused_and_changes_nothing(world: SmallWorld) -> None:
    report = world.report("L1", [("2025-01", 5)], first="2025-01", last="2025-03")
    ReportAuthority.objects.update(ends_on=date(2025, 1, 1))
    with pytest.raises(NotAllowed, match="no recorded authority"):
        supersede_sales_report(actor=world.acting("L1"), report_id=report.pk, upload=None, reason="wrong")
    assert SalesReport.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "problem"), [("L2", NotFound), ("calculator", NotFound), ("secretariat", NotFound), ("M1", NotFound)]
)
def test_a_draft_is_its_licensees_own_paper(world: SmallWorld, who: str, problem: type[Problem]) -> None:
    draft = drafted(world, [("2025-01", 5)])
    with pytest.raises(problem):
        discard_report_draft(actor=world.acting(who), draft_id=draft.pk)
    with pytest.raises(problem):
        sign_report_draft(actor=world.acting(who), draft_id=draft.pk, lines_sha256=draft.lines_sha256)
    draft.refresh_from_db()
    assert draft.state == DraftState.OPEN
    assert not SalesReport.objects.exists()


def test_other_lines_than_those_looked_at_are_not_signed(world: SmallWorld) -> None:
    with pytest.raises(InvalidInput, match="look at it again"):
        signed(world, drafted(world, [("2025-01", 5)]), lines_sha256="0" * 64)
    assert not SalesReport.objects.exists()


def test_a_kept_file_that_changed_is_not_filed(world: SmallWorld) -> None:
    draft = drafted(world, [("2025-01", 5)])
    (storage.draft_folder(draft.pk) / storage.LINES_NAME).write_bytes(b"other")
    with pytest.raises(Conflict, match="not what was checked"):
        signed(world, draft)
    assert not SalesReport.objects.exists()


@pytest.mark.parametrize("name", [storage.DETAILS_NAME, storage.FILED_NAME])
def test_kept_details_and_the_file_itself_are_filed_as_they_were_checked_as_well(world: SmallWorld, name: str) -> None:
    line = {"month": "2025-02", "product": "tv", "made_in": "CN", "sold_in": "DE", "units": "9", "currency": "EUR"}
    draft = draft_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-01"),
        last_month=month("2025-03"),
        upload=typed_lines([{**line, "exclusion_code": "paid", "evidence": "7"}]),
    )
    (storage.draft_folder(draft.pk) / name).write_bytes(b"other")
    with pytest.raises(Conflict, match="not what was checked"):
        signed(world, draft)
    assert not SalesReport.objects.exists()


def test_what_could_never_be_signed_is_not_drafted(world: SmallWorld) -> None:
    first = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")
    with pytest.raises(Conflict, match="Already reported: 2025-01, 2025-02, 2025-03"):
        drafted(world, [("2025-01", 5)])
    supersede_sales_report(actor=world.acting("L1"), report_id=first.pk, upload=None, reason="returns")
    with pytest.raises(Conflict, match="superseded already"):
        drafted(world, [("2025-01", 5)], supersedes_id=first.pk, reason="more returns")
    assert not ReportDraft.objects.exists()


TARIFF = """
[[rates]]
id = "own"
products = ["box"]
licences = ["L1"]
per_unit = "1"
[[rates]]
id = "tv"
products = ["tv"]
per_unit = "2"
[allocation]
by = "equal"
"""


def test_no_name_takes_the_place_of_the_code_of_a_product_not_even_one_that_a_single_licence_has() -> None:
    world = make_small_world("codes", document=TARIFF)
    with pytest.raises(InvalidInput, match="code of a product"):
        name_product_of_all(actor=world.acting("calculator"), programme_id=world.programme.pk, name="BOX", product="tv")
    # Named before the terms had a product of that code.
    ProductAlias.objects.create(programme=world.programme, name="box", key="box", product="tv", made_at=NOW)
    report = file_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-01"),
        last_month=month("2025-01"),
        upload=Upload("a.csv", io.BytesIO((HEADER + "L1,2025-01,box,CN,CN,1,,CNY\n").encode())),
    )
    assert pq.read_table(storage.lines_file(report.pk)).column("product").to_pylist() == ["box"]
    assert report.names_read == {}


def test_a_star_in_the_terms_is_for_any_product_and_is_none_itself() -> None:
    starred = TARIFF.replace('["tv"]', '"*"').replace('licences = ["L1"]\n', "")
    world = make_small_world("star", document=starred)
    assert products_of(world.programme) == ["box"]
    alias = name_product(actor=world.acting("L1"), licence_id=world.licences["L1"].pk, name="Gerät", product="radio")
    assert alias.product == "radio"


def test_one_draft_of_the_same_months_is_open_and_another_takes_its_place_when_that_is_said(world: SmallWorld) -> None:
    first = drafted(world, [("2025-01", 5)])
    with pytest.raises(Conflict, match="There is a draft of these months already"):
        drafted(world, [("2025-01", 6)])
    second = drafted(world, [("2025-01", 7)], replaces_id=first.pk)
    first.refresh_from_db()
    assert (first.state, second.state) == (DraftState.DISCARDED, DraftState.OPEN)
    with pytest.raises(WrongState):
        signed(world, first)


def test_a_draft_that_ended_stays_as_it_is(world: SmallWorld) -> None:
    draft = drafted(world, [("2025-01", 5)])
    discard_report_draft(actor=world.acting("L1"), draft_id=draft.pk)
    with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
        ReportDraft.objects.filter(pk=draft.pk).update(state=DraftState.OPEN, ended_at=None)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_reportauthority")


def test_wrong_lines_keep_no_draft_and_no_file(world: SmallWorld) -> None:
    with pytest.raises(InvalidInput):
        drafted(world, [("2025-04", 5)])
    assert not ReportDraft.objects.exists()
    assert not [path for path in (storage.reports_folder()).rglob("*") if path.is_file()]


def test_a_licence_that_was_shortened_since_is_checked_again_at_signing(world: SmallWorld) -> None:
    draft = drafted(world, [("2025-03", 5)])
    Licence.objects.filter(code="L1").update(ends_on=date(2025, 2, 28))
    with pytest.raises(Conflict, match="changed since the file was checked"):
        signed(world, draft)
    assert not SalesReport.objects.exists()


def test_months_that_were_reported_in_the_meantime_are_not_filed_twice(world: SmallWorld) -> None:
    draft = drafted(world, [("2025-01", 5)])
    world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-01")
    with pytest.raises(Conflict, match="Already reported: 2025-01"):
        signed(world, draft)
    draft.refresh_from_db()
    assert draft.state == DraftState.OPEN
    assert SalesReport.objects.count() == 1


def test_a_superseding_draft_takes_the_place_of_the_report_with_its_reason(world: SmallWorld) -> None:
    earlier = world.report("L1", [("2025-01", 5)], first="2025-01", last="2025-03")
    with pytest.raises(InvalidInput):
        drafted(world, [("2025-01", 6)], supersedes_id=earlier.pk)
    draft = drafted(world, [("2025-01", 6)], supersedes_id=earlier.pk, reason=" late returns ")
    assert report_before(draft) == earlier
    report = signed(world, draft)
    assert (report.supersedes, report.reason, report.receipt_number) == (earlier, "late returns", "L1-0002")


def test_typed_lines_are_checked_like_those_of_a_file_and_keep_their_details(world: SmallWorld) -> None:
    line = {"month": "2025-02", "product": "tv", "made_in": "CN", "sold_in": "DE", "units": "9", "currency": "EUR"}
    with pytest.raises(InvalidInput) as caught:
        draft_sales_report(
            actor=world.acting("L1"),
            licence_id=world.licences["L1"].pk,
            first_month=month("2025-01"),
            last_month=month("2025-03"),
            upload=typed_lines([line, {**line, "units": "many"}]),
        )
    assert [error.pointer for error in caught.value.errors] == ["/file/3/units"]
    draft = draft_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-01"),
        last_month=month("2025-03"),
        upload=typed_lines([{**line, "exclusion_code": "paid", "evidence": "合同 7"}]),
    )
    assert (draft.kind, draft.file_name, draft.line_count) == (FileKind.FORM, "typed.csv", 1)
    report = signed(world, draft)
    assert pq.read_table(storage.details_file(report.pk)).column("evidence").to_pylist() == ["合同 7"]


def test_own_names_of_products_come_before_everybodys_and_rivals_never_meet_them(world: SmallWorld) -> None:
    def read_as(who: str) -> dict[str, str]:
        report = file_sales_report(
            actor=world.acting(who),
            licence_id=world.licences[who].pk,
            first_month=month("2025-01"),
            last_month=month("2025-01"),
            upload=Upload("a.csv", io.BytesIO((HEADER + f"{who},2025-01,Set One,CN,CN,1,,CNY\n").encode())),
        )
        return dict(report.names_read)

    name_product_of_all(
        actor=world.acting("calculator"), programme_id=world.programme.pk, name="set  one", product="tv"
    )
    own = name_product(actor=world.acting("L1"), licence_id=world.licences["L1"].pk, name="SET ONE", product="stb")
    gone = name_product(actor=world.acting("L3"), licence_id=world.licences["L3"].pk, name="set one", product="stb")
    withdraw_product_alias(actor=world.acting("L3"), alias_id=gone.pk)
    assert (read_as("L1"), read_as("L2"), read_as("L3")) == (
        {"Set One": "stb"},
        {"Set One": "tv"},
        {"Set One": "tv"},
    )
    assert set(ProductAlias.objects.visible_to(world.acting("L1"))) == {own}
    assert not ProductAlias.objects.visible_to(world.acting("L2")).exists()
    with pytest.raises(Conflict, match="stands for a product already"):
        name_product(actor=world.acting("L1"), licence_id=world.licences["L1"].pk, name="set one", product="tv")


def test_nobody_records_an_authority_for_a_seat_that_is_not_the_licensees(world: SmallWorld) -> None:
    with pytest.raises(InvalidInput, match="no open seat of the licensee"):
        record_report_authority(
            actor=world.acting("calculator"),
            licence_id=world.licences["L1"].pk,
            seat_id=world.seats["L2"].pk,
            title="经理",
            letter="7",
            starts_on=date(2026, 1, 1),
        )
    assert ReportAuthority.objects.count() == 3


def test_what_is_due_is_told_by_quarters_with_its_day_and_its_draft(world: SmallWorld) -> None:
    # Today is 2 February 2026: quarters of the last two years are looked at.
    world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-09")
    for year in (2024,):
        world.report("L1", [(f"{year}-01", 1)], first=f"{year}-01", last=f"{year}-12")
    world.report("L1", [("2025-10", 1)], first="2025-10", last="2025-10")
    draft = drafted(world, [("2025-12", 5)], first_month=month("2025-12"), last_month=month("2025-12"))
    found = due_reports(actor=world.acting("L1"))
    assert [(f"{row.first_month:%Y-%m}", f"{row.last_month:%Y-%m}", row.draft_id) for row in found] == [
        ("2025-11", "2025-11", None),
        ("2025-12", "2025-12", draft.pk),
    ]
    assert {(row.due_on, row.days_left) for row in found} == {(date(2026, 1, 30), -3)}
    assert due_reports(actor=world.acting("calculator")) == []
    ahead = due_reports(actor=world.acting("L1"), ahead=True)
    assert [row.is_over for row in ahead] == [True, True, False]
    assert (ahead[-1].first_month, ahead[-1].due_on) == (date(2026, 1, 1), date(2026, 4, 30))
    (figure,) = (row for row in own_reports(world.acting("L1")) if isinstance(row, Figure))
    assert (figure.value, figure.due_on) == (2, date(2026, 1, 30))
    assert list(own_reports(world.acting("M1"))) == []
    assert [f"{row.first_month:%Y-%m} {row.last_month:%Y-%m}" for row in due_reports(actor=world.acting("L2"))][-1] == (
        "2025-10 2025-12"
    )
