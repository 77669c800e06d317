"""Past periods beside the old workbook: every difference has its cause, and the first live close waits for them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from licensing.close.models import CloseRun, LicenceResult
from licensing.close.services import approve_close_run
from licensing.cutover.models import Cutover, ParallelDifference, ParallelRun
from licensing.cutover.reading import WorkbookRejected
from licensing.cutover.services import (
    accept_differences,
    begin_cutover,
    compare_period,
    confirm_parallel_run,
    require_settled,
)
from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import NotAllowed, WrongState
from tests.factories.closed_cases import NOW, close_case, finance_of, importing
from tests.factories.core import NOON
from tests.factories.cutover import make_difference, make_parallel_run
from tests.factories.royalties import make_person
from tests.integration.cutover.world import (
    OLD_FEBRUARY,
    OLD_JANUARY,
    closed_beside,
    shared_as,
    write_bundle,
    write_old,
)

pytestmark = pytest.mark.django_db

WEIGHTS = {"M1": "50", "M2": "30", "M3": "20"}


def compared(cutover: Cutover, folder: Path, period: str) -> ParallelRun:
    return compare_period(actor=importing(), cutover_id=cutover.pk, period=period, folder=folder)


def causes(parallel: ParallelRun, side: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in parallel.differences.filter(side=side):
        found.setdefault(row.name, {})[row.cause] = row.amount_minor
    return found


def accept_all(parallel: ParallelRun, run: CloseRun) -> None:
    ids = list(parallel.differences.filter(accepted_at=None).values_list("pk", flat=True))
    accept_differences(actor=finance_of(run), parallel_run_id=parallel.pk, difference_ids=ids, reason="Agreed.")


def confirm(parallel: ParallelRun, run: CloseRun) -> ParallelRun:
    return confirm_parallel_run(actor=finance_of(run), parallel_run_id=parallel.pk)


def test_planted_differences_are_found_with_their_cause_and_no_other(tmp_path: Path) -> None:
    cutover, runs = closed_beside(tmp_path)
    january = write_old(tmp_path / "january", OLD_JANUARY, shared_as("3689.78", "10", WEIGHTS))
    february = write_old(tmp_path / "february", OLD_FEBRUARY, shared_as("1150.00", "8", WEIGHTS))
    first = compared(cutover, january, "2025-01")
    second = compared(cutover, february, "2025-02")

    first.refresh_from_db()
    assert first.superseded_at is not None  # January was told again once February showed where the sales had gone.
    latest = ParallelRun.objects.get(period="2025-01", superseded_at=None)
    assert causes(latest, "licence") == {
        "round": {"rounding": -1},
        "units": {"units": 1_000},
        "rate": {"rate": -2_000},
        "cap": {"cap": -10_000},
        "waiver": {"waiver": -4_000},
        "tax": {"tax": -1_200},
        "exchange": {"exchange": -2_000},
        "credit": {"credit": -1_800},
        "shift": {"shift": 5_000},
        "gone": {"only_old": -7_700},
        "new": {"only_ours": 5_500},
        "strange": {"unexplained": -3_777},
    }
    assert latest.old_due_minor == 368_978
    assert latest.our_due_minor == 368_978 + latest.due_difference_minor == runs["2025-01"].due_minor
    paid = causes(latest, "payee")
    assert {name: set(found) for name, found in paid.items()} == {
        name: {"invoices"} for name in ("M1", "M2", "M3", "~fee")
    }
    assert latest.our_paid_minor == runs["2025-01"].distributed_minor

    assert causes(second, "licence") == {"shift": {"shift": -5_000}}
    # 1,100 yuan instead of 1,150; a fee of 10 % instead of 8 %, of which members bear what was their share.
    assert causes(second, "payee") == {
        "~fee": {"invoices": -500, "fee": 2_300},
        "M1": {"invoices": -2_250, "fee": -1_150},
        "M2": {"invoices": -1_350, "fee": -690},
        "M3": {"invoices": -900, "fee": -460},
    }


def test_no_first_live_close_is_approved_before_two_periods_are_compared_and_accepted(tmp_path: Path) -> None:
    cutover, runs = closed_beside(tmp_path)
    march, approver = runs["2025-03"], finance_of(runs["2025-01"])

    def refused(why: str) -> None:
        events = AuditEvent.objects.count()
        with pytest.raises(WrongState, match=why):
            approve_close_run(actor=approver, run_id=march.pk)
        march.refresh_from_db()
        assert march.status == "calculated"
        assert AuditEvent.objects.count() == events

    refused("0 of 2 past periods were compared")
    same = write_old(tmp_path / "same", OLD_FEBRUARY, shared_as("1150.00", "10", WEIGHTS))
    february = compared(cutover, same, "2025-02")
    refused("1 of 2 past periods were compared")
    old = write_old(tmp_path / "january", OLD_JANUARY, shared_as("3689.78", "10", WEIGHTS))
    compared(cutover, old, "2025-01")
    february = ParallelRun.objects.get(period="2025-02", superseded_at=None)
    january = ParallelRun.objects.get(period="2025-01", superseded_at=None)
    accept_all(february, runs["2025-02"])
    refused("16 differences from the old workbook are not accepted yet")
    accept_all(january, runs["2025-02"])
    refused("2025-01, 2025-02 is not confirmed yet")
    confirm(january, runs["2025-01"])
    confirm(february, runs["2025-01"])

    # Compared again, what was accepted and is still so stays accepted, by whom it was, and is confirmed anew.
    again = compared(cutover, old, "2025-01")
    assert set(again.differences.values_list("reason", flat=True)) == {"Agreed."}
    refused("is not confirmed yet")
    confirm(again, runs["2025-01"])
    latest = ParallelRun.objects.get(period="2025-02", superseded_at=None)
    if latest.confirmed_at is None:
        confirm(latest, runs["2025-01"])
    CloseRun.objects.filter(pk=runs["2025-02"].pk).update(results_sha256="0" * 64)
    refused("2025-02 was calculated again since it was compared")
    CloseRun.objects.filter(pk=runs["2025-02"].pk).update(results_sha256=runs["2025-02"].results_sha256)
    assert approve_close_run(actor=approver, run_id=march.pk).status == "approved"


def test_tables_with_mistakes_are_refused_whole_with_every_mistake(tmp_path: Path) -> None:
    cutover, _ = closed_beside(tmp_path)
    rows = [
        ("same", "1000.001", "", "1000.00", "", ""),
        ("round", "333.01", "1.00", "333.01", "x", ""),
        ("round", "1", "", "1", "", ""),
        ("", "a", "", "1", "", ""),
    ]
    folder = write_old(tmp_path / "bad", rows, {"M1": "1.00", "~fee": ""})
    events = AuditEvent.objects.count()
    with pytest.raises(WorkbookRejected) as refused:
        compared(cutover, folder, "2025-01")
    assert [(each.file, each.line, each.column, each.code) for each in refused.value.mistakes] == [
        ("old_invoices.csv", 2, "royalty", "too_fine"),
        ("old_invoices.csv", 3, "due", "does_not_add_up"),
        ("old_invoices.csv", 3, "units", "bad_value"),
        ("old_invoices.csv", 4, "licence_id", "twice"),
        ("old_invoices.csv", 5, "royalty", "bad_value"),
        ("old_invoices.csv", 5, "licence_id", "required"),
        ("old_payees.csv", 3, "amount", "required"),
    ]
    assert not ParallelRun.objects.exists()
    assert AuditEvent.objects.count() == events


def test_a_difference_is_accepted_with_a_reason_and_once(tmp_path: Path) -> None:
    cutover, runs = closed_beside(tmp_path)
    parallel = compared(cutover, write_old(tmp_path / "old", OLD_FEBRUARY, {}), "2025-02")
    row = parallel.differences.earliest("position")
    actor = finance_of(runs["2025-01"])
    with pytest.raises(Exception, match="Say why"):
        accept_differences(actor=actor, parallel_run_id=parallel.pk, difference_ids=[row.pk], reason=" ")
    assert not ParallelDifference.objects.exclude(accepted_at=None).exists()
    accept_differences(actor=actor, parallel_run_id=parallel.pk, difference_ids=[row.pk], reason="Known.")
    with pytest.raises(Exception, match="accepted before"):
        accept_differences(actor=actor, parallel_run_id=parallel.pk, difference_ids=[row.pk], reason="Other.")
    row.refresh_from_db()
    assert (row.reason, row.accepted_by_id) == ("Known.", actor.person_id)


def test_a_comparison_counts_once_a_second_person_confirms_it(tmp_path: Path) -> None:
    cutover, runs = closed_beside(tmp_path)
    first, second = finance_of(runs["2025-01"]), finance_of(runs["2025-02"])
    folder = write_old(tmp_path / "old", OLD_FEBRUARY, shared_as("1150.00", "10", WEIGHTS))
    parallel = compare_period(actor=first, cutover_id=cutover.pk, period="2025-02", folder=folder)

    def refused(actor: Actor, kind: type[Exception], why: str) -> None:
        events = AuditEvent.objects.count()
        with pytest.raises(kind, match=why):
            confirm_parallel_run(actor=actor, parallel_run_id=parallel.pk)
        parallel.refresh_from_db()
        assert (parallel.confirmed_at, parallel.confirmed_by) == (None, None)
        assert AuditEvent.objects.count() == events

    refused(second, WrongState, "5 differences are not accepted yet")
    ids = list(parallel.differences.values_list("pk", flat=True))
    accept_differences(actor=second, parallel_run_id=parallel.pk, difference_ids=ids, reason="Agreed.")
    refused(first, NotAllowed, "You compared this period")
    refused(second, NotAllowed, "accepted what differs yourself")
    third = finance_of(runs["2025-03"])
    confirmed = confirm_parallel_run(actor=third, parallel_run_id=parallel.pk)
    assert confirmed.confirmed_by_id == third.person_id
    with pytest.raises(WrongState, match="confirmed already"):
        confirm_parallel_run(actor=third, parallel_run_id=parallel.pk)


def test_the_database_keeps_what_was_accepted_and_confirmed(tmp_path: Path) -> None:
    cutover, runs = closed_beside(tmp_path)
    first, second = finance_of(runs["2025-01"]), finance_of(runs["2025-02"])
    folder = write_old(tmp_path / "old", OLD_FEBRUARY, shared_as("1150.00", "10", WEIGHTS))
    parallel = compare_period(actor=first, cutover_id=cutover.pk, period="2025-02", folder=folder)
    rows = ParallelDifference.objects.filter(parallel_run=parallel)
    run = ParallelRun.objects.filter(pk=parallel.pk)

    def refused(change: Callable[[], object], why: str) -> None:
        with pytest.raises(DatabaseError, match=why), transaction.atomic():
            change()

    refused(lambda: run.update(confirmed_at=NOON, confirmed_by=second.person_id), "once all is accepted")
    accept_differences(
        actor=second, parallel_run_id=parallel.pk, difference_ids=[row.pk for row in rows], reason="Agreed."
    )
    refused(lambda: run.update(confirmed_at=NOON, confirmed_by=second.person_id), "accepted nothing of it")
    refused(lambda: run.update(confirmed_at=NOON, confirmed_by=first.person_id), "parallelrun_two_people")
    refused(lambda: rows.update(accepted_at=None, accepted_by=None, reason=""), "what was accepted stays so")
    confirm(parallel, runs["2025-03"])
    refused(lambda: run.update(confirmed_at=None, confirmed_by=None), "stays so")
    refused(lambda: make_difference(parallel), "no more differences")
    run.update(superseded_at=NOON)
    refused(lambda: run.update(superseded_at=None), "stays so")


def test_nothing_makes_a_live_close_look_like_a_past_one(tmp_path: Path) -> None:
    cutover, runs = closed_beside(tmp_path)
    programme, approver = cutover.programme, finance_of(runs["2025-01"])
    # A close that begins before the cut-over day and ends after it is in no old workbook.
    reaching_over = CloseRun(programme=programme, first_month=date(2025, 2, 1), last_month=date(2025, 3, 1))
    with pytest.raises(WrongState, match="0 of 2 past periods"):
        require_settled(run=reaching_over)
    # Periods in which nobody sold anything show nothing of the old workbook.
    for month in ("2025-01", "2025-02"):
        LicenceResult.objects.filter(run=runs[month]).delete()
        confirm(make_parallel_run(cutover, runs[month]), runs["2025-01"])
    with pytest.raises(WrongState, match="0 of 2 past periods"):
        approve_close_run(actor=approver, run_id=runs["2025-03"].pk)


def test_no_cut_over_begins_from_a_day_that_is_closed_here(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "bundle")
    run = close_case(bundle)
    entity = run.programme.operating_entity
    other = make_person(entity.organisation, "other", Role.FINANCE, entity=entity, purpose=Purpose.ROYALTIES)
    approve_close_run(actor=actor_in_seat(other.pk, clock=FixedClock(NOW)), run_id=run.pk)
    with pytest.raises(WrongState, match="closed here alone already"):
        begin_cutover(actor=importing(), programme_id=run.programme_id, on_day=date(2025, 1, 1))
    assert not Cutover.objects.exists()
    begin_cutover(actor=importing(), programme_id=run.programme_id, on_day=date(2025, 2, 1))
