"""What a draft would bear: told from the own reports alone, with why where something bears nothing."""

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest

from licensing.agreements.models import Licence
from licensing.engine import load_document
from licensing.reports.models import ReportDraft
from licensing.reports.preview import Nothing, Reason, preview_of
from licensing.reports.services import Upload, draft_sales_report
from licensing.terms.models import TermsState, TermsVersion
from tests.factories.royalties import HEADER, SmallWorld, make_small_world, month
from tests.integration.reports.drafting import drafted

pytestmark = pytest.mark.django_db


def drafted_rows(world: SmallWorld, rows: Iterable[str]) -> ReportDraft:
    """Draft January 2025 of L1 by rows from the product on."""
    return draft_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-01"),
        last_month=month("2025-01"),
        upload=Upload("a.csv", io.BytesIO((HEADER + "".join(f"L1,2025-01,{row}\n" for row in rows)).encode())),
    )


def test_the_preview_goes_on_from_the_own_reports_of_the_year_and_counts_nobody_elses(world: SmallWorld) -> None:
    world.report("L1", [("2025-01", 900)], first="2025-01", last="2025-03")
    world.report("L2", [("2025-01", 5000)], first="2025-01", last="2025-06")
    draft = drafted(world, [("2025-05", 400)], first_month=month("2025-04"), last_month=month("2025-06"))

    preview = preview_of(draft, actor=world.acting("L1"))

    # 900 were sold before: 300 of these 400 are above the free thousand, at 0.20.
    assert (preview.periods, preview.royalty_minor, preview.due_minor) == (["2025Q2"], 6000, 6000)
    assert [(row.product, row.units, row.amount) for row in preview.rows] == [("tv", 400, "60")]
    assert [(row.rate.key, row.bears_nothing) for row in preview.rows if row.rate] == [("close.rate.bands", ())]
    assert not preview.in_group


WAIVED = """
[programme]
basis = "accrued"
[[rates]]
id = "tv"
products = ["tv"]
bands = [{above = 0, per_unit = "0"}, {above = 1000, per_unit = "0.20"}]
[[rates]]
id = "free"
products = ["chip"]
percent = "0"
[[rates]]
id = "share"
products = ["film"]
percent = "5"
[[rates]]
id = "rest"
per_unit = "1"
[[waivers]]
id = "small"
products = ["stick"]
below_per_year = "500"
[[caps]]
id = "most"
products = ["box"]
per_year = "0"
[allocation]
by = "points"
points = {M1 = "5", M2 = "3", M3 = "2"}
"""


def test_the_preview_says_why_something_bears_nothing() -> None:
    world = make_small_world(document=WAIVED)
    rows = (
        "tv,CN,CN,400,0,CNY",
        "stick,CN,CN,400,0,CNY",
        "box,CN,CN,5,0,CNY",
        "set,CN,CN,0,0,CNY",
        "lamp,CN,CN,2,0,CNY",
        "chip,CN,CN,3,50,CNY",
        "film,CN,CN,3,0,CNY",
    )
    draft = drafted_rows(world, rows)
    told = {row.product: (row.amount, row.bears_nothing) for row in preview_of(draft, actor=world.acting("L1")).rows}
    assert told == {
        "tv": ("0", (Nothing.FREE_BAND,)),
        "stick": ("0", (Nothing.BELOW_WAIVER,)),
        "box": ("0", (Nothing.ABOVE_CAP,)),
        "set": ("0", (Nothing.NO_UNITS,)),
        "lamp": ("2", ()),
        "chip": ("0", (Nothing.ZERO_RATE,)),
        "film": ("0", (Nothing.NO_UNITS,)),
    }


def test_the_preview_of_a_superseding_draft_leaves_out_what_it_supersedes(world: SmallWorld) -> None:
    earlier = world.report("L1", [("2025-01", 2000)], first="2025-01", last="2025-03")
    draft = drafted(world, [("2025-01", 1500)], supersedes_id=earlier.pk, reason="returns")
    assert preview_of(draft, actor=world.acting("L1")).due_minor == 10000


def test_sales_of_affiliates_are_not_in_the_preview_and_it_says_that_there_is_a_group(world: SmallWorld) -> None:
    Licence.objects.filter(code__in=("L1", "L2")).update(enterprise="group")
    world.report("L2", [("2025-01", 5000)], first="2025-01", last="2025-03")
    preview = preview_of(drafted(world, [("2025-01", 1500)]), actor=world.acting("L1"))
    assert (preview.due_minor, preview.in_group) == (10000, True)


def test_what_cannot_be_told_is_told_with_its_reason() -> None:
    document = """
[allocation]
by = "equal"
[[rates]]
id = "share"
percent = "5"
"""
    world = make_small_world("fx", document=document)
    draft = drafted_rows(world, ["tv,CN,US,1,10,USD"])
    preview = preview_of(draft, actor=world.acting("L1"))
    assert (preview.is_known, preview.due_minor) == (False, 0)
    assert preview.reasons == [Reason("no_fx", "USD", "currency", line=1, lines=1)]


def test_what_cannot_be_told_names_the_first_of_the_lines_and_how_many_they_are() -> None:
    document = """
[allocation]
by = "equal"
[[rates]]
id = "share"
products = ["tv"]
percent = "5"
"""
    world = make_small_world("lines", document=document)
    rows = ("tv,CN,US,1,10,CNY", "stick,CN,US,2,,CNY", "tv,CN,DE,3,,CNY", "stick,CN,FR,4,9,CNY")
    draft = drafted_rows(world, rows)
    preview = preview_of(draft, actor=world.acting("L1"))
    assert sorted(preview.reasons, key=lambda reason: reason.code) == [
        Reason("bad_value", "", "net_amount", line=3, lines=1),
        Reason("no_rate", "stick", "product", line=2, lines=2),
    ]


def test_a_rate_is_told_in_the_words_of_the_terms_of_its_own_period() -> None:
    def document(rate: str) -> str:
        return f'[allocation]\nby = "equal"\n[[rates]]\nid = "tv"\n{rate}\n'

    world = make_small_world("words", document=document('per_unit = "1"'))
    later = document('percent = "5"')
    TermsVersion.objects.create(
        programme=world.programme,
        number=2,
        in_force_from=date(2025, 1, 1),
        document=later,
        content=load_document(later),
        state=TermsState.PUBLISHED,
        published_at=datetime(2024, 12, 1, tzinfo=UTC),
    )
    rows = "".join(f"L1,{when},tv,CN,CN,2,40,CNY\n" for when in ("2024-10", "2025-01"))
    draft = draft_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2024-10"),
        last_month=month("2025-03"),
        upload=Upload("a.csv", io.BytesIO((HEADER + rows).encode())),
    )
    told = preview_of(draft, actor=world.acting("L1")).rows
    assert [(row.period, row.rate and row.rate.key, row.amount) for row in told] == [
        ("2024Q4", "close.rate.per_unit", "2"),
        ("2025Q1", "close.rate.percent", "2"),
    ]
