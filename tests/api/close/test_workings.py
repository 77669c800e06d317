"""What a statement is made of, over HTTP: by the rule for members and office, exactly for finance."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseCell, CloseRun, CloseShare, Statement
from licensing.close.policies import CLOSE_WORK
from licensing.close.services.queueing import WORKINGS
from licensing.close.tasks import release_missing_workings
from licensing.close.totals.models import TotalsRelease
from licensing.close.workings.models import WorkingsRelease
from licensing.close.workings.services import release_workings
from platform_core.access.actors import Actor
from platform_core.access.models import AccessLogEntry
from platform_core.audit.models import AuditEvent
from platform_core.conflicts.models import Affiliation
from platform_core.identity.roles import Role
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from platform_core.jobs.tasks import run as run_job
from tests.api.core.clients import client_of
from tests.factories.close import make_run, move_run
from tests.factories.core import NOON, give_role, make_seat, make_user
from tests.factories.royalties import SmallWorld, add_licensee, make_small_world

pytestmark = pytest.mark.django_db

MICROS = 10**6
Place = tuple[str, str]
Sales = Mapping[str, Mapping[Place, int]]
"""Royalties of each licence, by product and country, in minor units; a unit bears ten."""

JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
TV, BOX, ABROAD = ("tv", "CN"), ("box", "CN"), ("tv", "DE")
EVEN: Sales = {code: {TV: 100, ABROAD: 50} for code in ("L1", "L2", "L3", "L4")}
EXAMPLE: Sales = {"L1": {TV: 500_000}, "L2": {TV: 300_000}, "L3": {TV: 200_000}}
"""The example of the page on access."""


@pytest.fixture
def world() -> SmallWorld:
    """Three members, five licensees; the first licensee is the second member's own company."""
    world = make_small_world()
    for code in ("L4", "L5"):
        add_licensee(world, code)
    own = world.licences["L1"]
    own.licensee = world.members["M2"].organisation
    own.save()
    return world


def close(
    world: SmallWorld,
    month: date,
    sales: Sales,
    *,
    corrects: CloseRun | None = None,
    shares: Mapping[str, int] | None = None,
    other: Mapping[str, int] | None = None,
    prepared: bool = True,
) -> CloseRun:
    """Post a close in which members get these parts of everything, in percent; or of what a licence brought.

    `prepared`: the work that follows posting is done.
    """
    calculator, approver = make_user(), make_user()
    run = make_run(world.programme, month, person=calculator, corrects=corrects)
    parts = shares or {"M1": 50, "M2": 30}
    earned: dict[tuple[str, Place], int] = {}
    position = 0
    for licence, cells in sales.items():
        for (product, country), amount in cells.items():
            position += 1
            bucket = CloseBucket.objects.create(
                run=run,
                position=position,
                licence=world.licences[licence],
                product=product,
                made_in="CN",
                sold_in=country,
                month=f"{month:%Y-%m}",
                currency="CNY",
                units=10 * amount,
                royalty_micros=amount * MICROS,
                billed_micros=amount * MICROS,
            )
            for number, (member, percent) in enumerate(parts.items()):
                micros = amount * MICROS * (other or {}).get(licence, percent) // 100
                CloseShare.objects.create(
                    run=run,
                    bucket=bucket,
                    position=position * 10 + number,
                    payee=member,
                    kind="member",
                    membership=world.members[member],
                    micros=micros,
                )
                key = (member, (product, country))
                earned[key] = earned.get(key, 0) + micros
    for member in parts:
        for (who, (product, country)), micros in earned.items():
            if who == member:
                CloseCell.objects.create(
                    run=run,
                    payee=member,
                    kind="member",
                    membership=world.members[member],
                    product=product,
                    sold_in=country,
                    made_in="CN",
                    micros=micros,
                )
        whole = sum(micros for (who, _), micros in earned.items() if who == member) // MICROS
        Statement.objects.create(run=run, membership=world.members[member], amount_minor=whole - 1, held_minor=1)
    run = move_run(run, RunStatus.POSTED, calculator=calculator, approver=approver)
    if prepared:
        release(run)
    return run


def release(run: CloseRun) -> None:
    """Do the work that follows posting."""
    release_workings(actor=Actor.system(CLOSE_WORK), run_id=run.pk)


def address(world: SmallWorld, run: CloseRun, member: str) -> str:
    return f"/api/v1/statements/{Statement.objects.get(run=run, membership=world.members[member]).pk}/workings"


def ask(world: SmallWorld, who: str, run: CloseRun, member: str | None = None) -> dict[str, Any]:
    answer = client_of(world.seats[who]).get(address(world, run, member or who))
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def cells(found: dict[str, Any]) -> dict[tuple[str, str], tuple[int, int | None]]:
    return {
        ("+".join(row["products"]), "+".join(row["countries"])): (row["royalty_minor"], row["earned_minor"])
        for row in found["cells"]
    }


def test_a_member_reads_what_its_amount_is_made_of_by_product_and_country(world: SmallWorld) -> None:
    run = close(world, JANUARY, EVEN)
    found = ask(world, "M1", run)
    assert cells(found) == {("tv", "CN"): (400, 200), ("tv", "DE"): (200, 100)}
    assert [row["units"] for row in found["cells"]] == ["4000", "2000"]
    assert [(row["products"], row["earned_minor"]) for row in found["products"]] == [(["tv"], 300)]
    assert [(row["countries"], row["earned_minor"]) for row in found["countries"]] == [(["CN"], 200), (["DE"], 100)]
    assert (found["total"]["royalty_minor"], found["total"]["share_percent"]) == (600, "50.0000")
    assert (found["earned_minor"], found["untold_minor"], found["exact"], found["why"]) == (300, None, False, None)


@pytest.mark.parametrize("code", ["L1", "L2", "L3"])
def test_the_example_is_withheld_from_the_owner_of_any_of_the_three_and_its_amount_is_exact(
    world: SmallWorld, code: str
) -> None:
    for name, owner in (("L1", make_seat().organisation), (code, world.members["M2"].organisation)):
        licence = world.licences[name]
        licence.licensee = owner
        licence.save()
    run = close(world, JANUARY, EXAMPLE)
    assert cells(ask(world, "M1", run)) == {("tv", "CN"): (1_000_000, 500_000)}
    found = ask(world, "M2", run)
    assert (found["cells"], found["total"], found["why"]) == ([], None, "too_few_reporters")
    assert found["earned_minor"] == 300_000
    (kept,) = WorkingsRelease.objects.filter(reader=world.members["M2"].organisation)
    assert (kept.cells, kept.why, kept.totals) == ([], "too_few_reporters", None)


def test_an_affiliate_on_record_is_counted_with_its_member(world: SmallWorld) -> None:
    """L1 is the member's own, L2 its affiliate: L3 and L4 are too few."""
    Affiliation.objects.create(
        first=world.licences["L2"].licensee,
        second=world.members["M2"].organisation,
        kind="control",
        source="register",
        starts_on=JANUARY,
        recorded_at=NOON,
    )
    run = close(world, JANUARY, EVEN)
    assert ask(world, "M2", run)["why"] == "too_few_reporters"
    assert cells(ask(world, "M1", run)) == {("tv", "CN"): (400, 200), ("tv", "DE"): (200, 100)}


def test_countries_of_too_few_are_told_together(world: SmallWorld) -> None:
    run = close(world, JANUARY, {**EVEN, "L3": {TV: 100, ABROAD: 50, ("tv", "FR"): 10}})
    assert cells(ask(world, "M1", run)) == {("tv", "CN"): (400, 200), ("tv", "DE+FR"): (210, 105)}


def test_a_share_that_one_licensee_alone_bears_leaves_nothing_but_the_amount(world: SmallWorld) -> None:
    """With the royalty known, the amount would say what the fourth licensee pays."""
    run = close(world, JANUARY, EVEN, other={"L4": 10})
    found = ask(world, "M1", run)
    assert (found["cells"], found["why"], found["earned_minor"]) == ([], "too_few_reporters", 240)


def test_periods_told_together_have_no_workings_of_their_own(world: SmallWorld) -> None:
    few = close(world, JANUARY, {"L2": {TV: 100}, "L3": {TV: 100}})
    assert ask(world, "M1", few)["why"] == "too_few_reporters"
    next_one = close(world, FEBRUARY, EVEN)
    assert [ask(world, "M1", run)["why"] for run in (few, next_one)] == ["told_together"] * 2
    assert cells(ask(world, "M1", close(world, MARCH, EVEN)))


def test_a_correction_of_one_licensee_changes_no_workings_and_hides_those_it_is_folded_into(
    world: SmallWorld,
) -> None:
    """Beside the workings of February, totals that hold the correction would tell what it was."""
    january = close(world, JANUARY, EVEN)
    before = ask(world, "M1", january)
    correction = close(world, JANUARY, {**EVEN, "L3": {TV: 150, ABROAD: 50}}, corrects=january)
    assert ask(world, "M1", january) == before
    february = close(world, FEBRUARY, EVEN)
    assert ask(world, "M1", february)["why"] == "told_together"
    assert client_of(world.seats["M1"]).get(address(world, correction, "M1")).status_code == 404
    assert ask(world, "secretariat", correction, "M1")["why"] == "correction"
    assert ask(world, "M1", january) == before
    march = close(world, MARCH, EVEN)
    assert cells(ask(world, "M1", march)) == cells(before)


def test_two_periods_side_by_side_tell_no_more_than_each(world: SmallWorld) -> None:
    """A licensee that begins to sell a product is not what the second period has more than the first."""
    january = close(world, JANUARY, EVEN)
    february = close(world, FEBRUARY, {**EVEN, "L3": {TV: 100, ABROAD: 50, BOX: 30}})
    assert cells(ask(world, "M1", january)) == {("tv", "CN"): (400, 200), ("tv", "DE"): (200, 100)}
    later = cells(ask(world, "M1", february))
    assert later == {("box+tv", "CN"): (430, 215), ("box+tv", "DE"): (200, 100)}


def test_what_was_told_stays_told_although_groups_and_settings_changed(world: SmallWorld, settings: Any) -> None:
    run = close(world, JANUARY, EVEN)
    before = ask(world, "M2", run)
    assert cells(before)
    licence = world.licences["L2"]
    licence.licensee = world.members["M2"].organisation
    licence.save()
    settings.AGGREGATE_REPORTERS = 5
    release(run)
    after = ask(world, "M2", run)
    assert {**after, "rule": None} == {**before, "rule": None}


def test_what_is_told_does_not_depend_on_when_somebody_reads(world: SmallWorld, settings: Any) -> None:
    """M1 reads for the first time when its affiliate is on record, and the installation asks for more reporters."""
    run = close(world, JANUARY, EVEN)
    Affiliation.objects.create(
        first=world.licences["L2"].licensee,
        second=world.members["M1"].organisation,
        kind="control",
        source="register",
        starts_on=JANUARY,
        recorded_at=NOON,
    )
    settings.AGGREGATE_REPORTERS = 5
    assert cells(ask(world, "M1", run)) == {("tv", "CN"): (400, 200), ("tv", "DE"): (200, 100)}


def test_until_they_are_prepared_a_reader_is_told_so_and_what_the_amount_is(world: SmallWorld) -> None:
    run = close(world, JANUARY, EVEN, prepared=False)
    for who in ("M1", "M1", "secretariat"):
        found = ask(world, who, run, "M1")
        assert (found["why"], found["cells"], found["earned_minor"]) == ("being_prepared", [], 300)
    assert not TotalsRelease.objects.exists()
    # Nothing had been begun, as after an update of the platform: the first of them began it, for all.
    (job,) = Job.objects.all()
    assert (job.task, job.subject_id, job.seat_id) == (WORKINGS, run.pk, None)
    run_job(job.pk)
    assert cells(ask(world, "M1", run)) == {("tv", "CN"): (400, 200), ("tv", "DE"): (200, 100)}
    assert cells(ask(world, "secretariat", run, "M1")) == cells(ask(world, "M1", run))
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


def test_work_that_failed_is_begun_again_after_a_while_and_not_by_every_reading(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = close(world, JANUARY, EVEN, prepared=False)
    ask(world, "M1", run)

    def broken(*_: Any) -> None:
        raise RuntimeError("no memory left")

    with monkeypatch.context() as patched:
        patched.setattr("licensing.close.workings.services.lines_of", broken)
        run_job(Job.objects.get().pk)
    job = Job.objects.get()
    assert job.state == JobState.FAILED
    assert ask(world, "M1", run)["why"] == "being_prepared"
    release_missing_workings(timestamp=0)
    assert Job.objects.count() == 1
    Job.objects.update(finished_at=F("finished_at") - timedelta(minutes=11))
    release_missing_workings(timestamp=0)
    ask(world, "M1", run)
    run_job(Job.objects.exclude(pk=job.pk).get().pk)
    assert cells(ask(world, "M1", run)) == {("tv", "CN"): (400, 200), ("tv", "DE"): (200, 100)}
    release_missing_workings(timestamp=0)
    assert Job.objects.count() == 2


def test_an_office_that_comes_later_is_told_by_the_same_rule(world: SmallWorld) -> None:
    run = close(world, JANUARY, EVEN)
    later = make_seat()
    give_role(later, Role.SECRETARIAT, alliance=world.alliance)
    client = client_of(later)
    assert client.get(address(world, run, "M1")).json()["why"] == "being_prepared"
    run_job(Job.objects.get().pk)
    assert cells(client.get(address(world, run, "M1")).json()) == cells(ask(world, "secretariat", run, "M1"))


def test_an_office_that_is_a_member_too_is_judged_by_all_it_reads(world: SmallWorld) -> None:
    """M1 by itself would be told, since all shares are one; it reads M2's statement too, of another."""
    give_role(world.seats["M1"], Role.SECRETARIAT, alliance=world.alliance)
    sales = {code: {TV: 100} for code in ("L1", "L2", "L3", "L4", "L5")} | {"L6": {TV: 100}}
    add_licensee(world, "L6")
    run = close(world, JANUARY, sales)
    assert cells(ask(world, "M1", run)) == {("tv", "CN"): (600, 300)}
    mixed = close(world, FEBRUARY, sales, other={"L4": 10, "L5": 10, "L6": 10})
    assert ask(world, "M1", mixed)["why"] == "several_statements"


def test_the_office_reads_several_statements_and_is_told_what_follows_from_totals(world: SmallWorld) -> None:
    sales = {code: {TV: 100} for code in ("L1", "L2", "L3", "L4", "L5")} | {"L6": {TV: 100}}
    add_licensee(world, "L6")
    run = close(world, JANUARY, sales, other={"L4": 10, "L5": 10, "L6": 10})
    assert cells(ask(world, "M1", run)) == {("tv", "CN"): (600, 180)}
    found = ask(world, "secretariat", run, "M1")
    assert (found["cells"], found["why"], found["earned_minor"]) == ([], "several_statements", 180)
    plain = close(world, FEBRUARY, sales)
    assert cells(ask(world, "secretariat", plain, "M1")) == {("tv", "CN"): (600, 300)}
    assert cells(ask(world, "secretariat", plain, "M2")) == {("tv", "CN"): (600, 180)}


def test_two_members_of_one_enterprise_are_told_what_follows_from_totals(world: SmallWorld) -> None:
    sales = {code: {TV: 100} for code in ("L2", "L3", "L4", "L5")} | {"L6": {TV: 100}, "L7": {TV: 100}}
    add_licensee(world, "L6")
    add_licensee(world, "L7")
    Affiliation.objects.create(
        first=world.members["M1"].organisation,
        second=world.members["M3"].organisation,
        kind="common_control",
        source="register",
        starts_on=JANUARY,
        recorded_at=NOON,
    )
    shares = {"M1": 50, "M2": 20, "M3": 10}
    run = close(world, JANUARY, sales, shares=shares, other={"L5": 10, "L6": 10, "L7": 10})
    assert ask(world, "M1", run)["why"] == "several_statements"
    assert cells(ask(world, "M2", run)) == {("tv", "CN"): (600, 90)}


def test_which_groups_are_a_readers_own_is_asked_once_for_each_organisation(world: SmallWorld) -> None:
    """Three members and the office, of each of whom every other may be an affiliate."""
    run = close(world, JANUARY, EVEN, shares={"M1": 50, "M2": 30, "M3": 10}, prepared=False)
    with CaptureQueriesContext(connection) as asked:
        release(run)
    names = [query for query in asked.captured_queries if 'FROM "identity_organisationname"' in query["sql"]]
    assert len(names) == 4


def test_finance_reads_every_cell_exactly_and_need_not_wait(world: SmallWorld) -> None:
    run = close(world, JANUARY, {"L1": {TV: 61, BOX: 5}}, prepared=False)
    found = ask(world, "calculator", run, "M1")
    assert (found["exact"], cells(found)) == (True, {("box", "CN"): (5, 3), ("tv", "CN"): (61, 30)})
    assert not WorkingsRelease.objects.exists()


def test_a_release_is_made_once_on_record_and_for_good_and_each_reading_is_logged(world: SmallWorld) -> None:
    run = close(world, JANUARY, EVEN)
    ask(world, "M1", run)
    ask(world, "M1", run)
    release(run)
    own = world.members["M1"].organisation
    (kept,) = WorkingsRelease.objects.filter(reader=own)
    assert kept.totals == TotalsRelease.objects.get(reader=own, run_ids=[run.pk])
    office = world.seats["secretariat"].organisation_id
    assert sorted(WorkingsRelease.objects.values_list("statement__membership__code", "reader")) == sorted(
        [("M1", own.pk), ("M2", world.members["M2"].organisation_id), ("M1", office), ("M2", office)]
    )
    assert AuditEvent.objects.filter(name="workings_release.made").count() == 4
    assert AccessLogEntry.objects.filter(action="statement.workings_viewed").count() == 2
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        WorkingsRelease.objects.update(cells=[])


def test_nobody_else_reads_them(world: SmallWorld) -> None:
    run = close(world, JANUARY, EVEN, prepared=False)
    authority = make_seat()
    give_role(authority, Role.AUTHORITY, alliance=world.alliance)
    negotiator = make_seat(organisation=world.members["M1"].organisation)
    give_role(negotiator, Role.MEMBER_NEGOTIATOR)
    for seat in (world.seats["M2"], world.seats["L1"], authority, negotiator, make_seat()):
        assert client_of(seat).get(address(world, run, "M1")).status_code in (403, 404)
    assert not Job.objects.exists()
    assert not TotalsRelease.objects.exists()


def test_looking_at_few_lines_and_at_many_asks_the_database_as_often(world: SmallWorld) -> None:
    many = {code: {("tv", country): 100 for country in ("CN", "DE", "FR", "US", "JP")} for code in ("L2", "L3", "L4")}
    counts = []
    for month, sales in ((JANUARY, EVEN), (FEBRUARY, many)):
        run = close(world, month, sales)
        for _ in ("first", "again"):
            with CaptureQueriesContext(connection) as asked:
                ask(world, "M1", run)
            counts.append(len(asked))
    assert len(set(counts)) == 1
