"""A close beside another one: whatever differs between them, the reasons add up to each difference exactly."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from licensing.bundles.problems import BundleRejected
from licensing.close.comparison import Comparison, compare_runs, previous_run
from licensing.close.figures import owner_of
from licensing.close.models import CloseBucket, CloseCell, CloseRun, LicenceResult, PayeeResult, Statement
from licensing.close.own_comparison import compare_statements
from licensing.close.results import ResultsError
from licensing.engine import load_document
from licensing.terms.models import TermsState, TermsVersion
from members.memberships.models import Membership
from platform_core.access.actors import COMMAND_LINE, Actor
from pools.composition.models import PoolMember
from tests.closes.random_bundles import random_bundle
from tests.closes.test_published_tariffs import PUBLISHED
from tests.factories.closed_cases import close_case, close_records, finance_of
from tests.factories.royalties import NOW, SmallWorld, make_small_world, report_whole_year

pytestmark = pytest.mark.django_db


def check(compared: Comparison) -> None:
    for row in (compared.total, *compared.payees, *compared.products, *compared.countries):
        assert sum(row.reasons.values()) == row.difference_minor, row
    for rows in (compared.payees, compared.products, compared.countries):
        assert sum(row.this_minor for row in rows) == compared.total.this_minor
        assert sum(row.last_minor for row in rows) == compared.total.last_minor
    told = {row.key: row.this_minor for row in compared.payees}
    paid: dict[str, int] = {}
    for payee, amount in PayeeResult.objects.filter(run=compared.run).values_list("payee", "amount_minor"):
        paid[owner_of(payee)] = paid.get(owner_of(payee), 0) + amount
    assert {key: amount for key, amount in told.items() if amount} == {key: v for key, v in paid.items() if v}


@pytest.fixture
def seeing_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random closes are of programmes of their own: let one reader see both."""
    for model in (CloseBucket, CloseCell, LicenceResult, PayeeResult, Membership):
        manager = model.objects
        monkeypatch.setattr(manager, "visible_to", lambda actor, manager=manager: manager.get_queryset())


@pytest.mark.usefixtures("seeing_all")
def test_any_two_closes_are_told_apart_to_the_last_unit(tmp_path: Path) -> None:
    runs: list[CloseRun] = []
    for seed in (0, 5, 9, 12, 19, 24, 27, 31, 35, 39, 40, 43, 48, 51):
        bundle = random_bundle(seed).write(tmp_path / f"random-{seed}")
        try:
            runs.append(close_case(bundle, code=f"case-{seed}"))
        except (BundleRejected, ResultsError):
            continue
    assert len(runs) > 6
    actor = Actor.system(COMMAND_LINE)
    for last, run in pairwise(runs):
        check(compare_runs(run, last, actor=actor))
        check(compare_runs(run, run, actor=actor))
        assert compare_runs(run, run, actor=actor).total.reasons == {}
    check(compare_runs(runs[0], None, actor=actor))


@pytest.mark.usefixtures("seeing_all")
def test_published_cases_are_told_apart_too() -> None:
    cases = [Path(str(case.values[0])) for case in PUBLISHED[:12]]
    runs = [close_case(case, code=f"case-{number}") for number, case in enumerate(cases)]
    for last, run in pairwise(runs):
        check(compare_runs(run, last, actor=Actor.system(COMMAND_LINE)))


PRICED = """
[programme]
admin_fee_percent = "10"
[[rates]]
id = "device"
per_unit = "{rate}"
[allocation]
by = "points"
points = {{M1 = "{points}", M2 = "3", M3 = "2"}}
"""


@pytest.fixture
def priced(db: None) -> SmallWorld:
    return reported(PRICED.format(rate="1.00", points="5"))


def reported(document: str) -> SmallWorld:
    """Make a world of these terms in which twice as much is sold in the second quarter."""
    world = make_small_world(document=document)
    for licence, units in (("L1", 100), ("L2", 200)):
        for quarter, factor in (("01", 1), ("04", 2)):
            first = int(quarter)
            months = [f"2025-{first + step:02d}" for step in range(3)]
            world.report(licence, [(month, units * factor) for month in months], first=months[0], last=months[-1])
    return world


def closed(world: SmallWorld, period: str) -> CloseRun:
    return close_records(world.programme, period)


def of(compared: Comparison, payee: str) -> dict[str, int]:
    return next(row.reasons for row in compared.payees if row.key == payee)


def test_more_units_at_the_same_rate_are_volume_alone(priced: SmallWorld) -> None:
    last, run = closed(priced, "2025Q1"), closed(priced, "2025Q2")
    compared = compare_runs(run, last, actor=finance_of(run))
    check(compared)
    # 900 units more at 1.00, of which nine tenths are shared 5 : 3 : 2.
    assert compared.total.reasons == {"volume": 90_000}
    assert of(compared, "M1") == {"volume": 40_500}
    assert of(compared, "~fee") == {"volume": 9_000}


def test_other_terms_other_shares_and_a_member_that_came_are_told_apart(priced: SmallWorld) -> None:
    last = closed(priced, "2025Q1")
    document = PRICED.format(rate="2.00", points="10")
    publish(priced, document)
    PoolMember.objects.filter(membership=priced.members["M3"]).update(leaves_on=date(2025, 4, 1))
    run = closed(priced, "2025Q2")
    compared = compare_runs(run, last, actor=finance_of(run))
    check(compared)
    # 90,000 fen became 360,000: twice the units at twice the rate; shares went from 5:3:2 over 10:3:2 to 10:3.
    assert compared.total.reasons == {"volume": 90_000, "terms": 180_000}
    m1 = of(compared, "M1")
    assert m1["volume"] == 40_500
    assert m1["terms"] == 81_000
    assert m1["allocation"] == 54_000  # 324,000 × (10/15 − 5/10)
    assert m1["members"] == 33_231  # 324,000 × (10/13 − 10/15)
    assert sum(of(compared, "M3").values()) == -16_200
    assert of(compared, "M3")["members"] == -43_200  # 324,000 × 2/15
    assert compared.facts["members_left"] == ["M3"]


def publish(world: SmallWorld, document: str) -> None:
    """Publish other terms from April on."""
    TermsVersion.objects.create(
        programme=world.programme,
        number=2,
        in_force_from=date(2025, 4, 1),
        document=document,
        content=load_document(document),
        state=TermsState.PUBLISHED,
        published_at=NOW,
    )


SAME = PRICED.format(rate="1.00", points="5")
SPARE = '[[rates]]\nid = "spare"\nper_unit = "1.00"\n'
LIMIT = '[[caps]]\nid = "cap"\nper_year = "100"\n'
MINIMUM = '[[minimums]]\nid = "least"\nper_year = "1"\n'


@pytest.mark.parametrize(
    ("document", "tariff", "sharing", "reasons"),
    [
        pytest.param(SAME, False, False, {"volume"}, id="another version that says the same"),
        pytest.param(SAME.replace('"10"', '"20"'), False, True, {"volume"}, id="fee"),
        pytest.param(SAME.replace('"3"', '"4"'), False, True, {"volume"}, id="allocation"),
        pytest.param(SAME.replace("[allocation]", f"{LIMIT}[allocation]"), True, False, {"volume", "terms"}, id="cap"),
        pytest.param(SAME.replace("[allocation]", f"{MINIMUM}[allocation]"), True, False, {"volume"}, id="minimum"),
        pytest.param(
            SAME.replace("[programme]", '[programme]\nroyalty_bearing = "in_force"'),
            True,
            False,
            {"volume", "terms"},
            id="only where a patent is in force",
        ),
    ],
)
def test_facts_and_reasons_go_by_all_that_entered_the_two_closes(
    priced: SmallWorld, document: str, tariff: bool, sharing: bool, reasons: set[str]
) -> None:
    last = closed(priced, "2025Q1")
    publish(priced, document)
    run = closed(priced, "2025Q2")
    compared = compare_runs(run, last, actor=finance_of(run))
    check(compared)
    assert (compared.facts["terms_changed"], compared.facts["allocation_changed"]) == (tariff, sharing)
    assert set(compared.total.reasons) == reasons
    assert ("allocation" in of(compared, "M1")) is sharing
    own, before = (Statement.objects.get(run=each, membership=priced.members["M1"]) for each in (run, last))
    assert compare_statements(own, before)["facts"]["terms_changed"] is (tariff or sharing)


def test_rates_that_change_places_are_other_terms(db: None) -> None:
    """Both match everything, and the first applies: the dearer one from April on, though neither was changed."""
    dear = SPARE.replace("1.00", "2.00")
    both = SAME.replace("[allocation]", f"{dear}[allocation]")
    swapped = SAME.replace("[[rates]]", f"{dear}[[rates]]", 1)
    world = reported(both)
    last = closed(world, "2025Q1")
    publish(world, swapped)
    run = closed(world, "2025Q2")
    compared = compare_runs(run, last, actor=finance_of(run))
    check(compared)
    assert compared.total.reasons == {"volume": 90_000, "terms": 180_000}


def test_what_is_withheld_counts_with_the_member(priced: SmallWorld) -> None:
    last = closed(priced, "2025Q1")
    PoolMember.objects.filter(membership=priced.members["M2"]).update(held=True)
    run = closed(priced, "2025Q2")
    compared = compare_runs(run, last, actor=finance_of(run))
    check(compared)
    assert of(compared, "M2") == {"volume": 24_300}
    assert compared.facts["members_held"] == ["M2"]
    assert Statement.objects.get(run=run, membership=priced.members["M2"]).held_minor == 48_600


def test_the_bands_that_a_year_has_reached_are_told_as_such() -> None:
    world = make_small_world()
    report_whole_year(world)
    last, run = closed(world, "2025Q1"), closed(world, "2025Q2")
    compared = compare_runs(run, last, actor=finance_of(run))
    check(compared)
    # As many units as before, but the free first band is used up.
    assert set(compared.total.reasons) == {"tariff_position"}


def test_the_run_before_is_the_last_posted_one_of_the_latest_period_before(priced: SmallWorld) -> None:
    last, run = closed(priced, "2025Q1"), closed(priced, "2025Q2")
    assert previous_run(run, actor=finance_of(run)) is None
    for status, columns in (
        ("approved", {"approved_by": priced.seats["approver"].user, "approved_at": NOW}),
        ("posted", {"posted_by": priced.seats["approver"].user, "posted_at": NOW}),
    ):
        for name, value in {"status": status, **columns}.items():
            setattr(last, name, value)
        last.save()
    assert previous_run(run, actor=finance_of(run)) == last
