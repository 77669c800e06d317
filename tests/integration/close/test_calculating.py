"""Calculating a run: from the records through the real engine in a child process into tables, whole or not at all."""

import csv
import hashlib
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db.models import Sum

from licensing.close import results, storage
from licensing.close.engine_child import engine_closes
from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import (
    CloseBucket,
    CloseInput,
    CloseRun,
    CloseShare,
    LicenceResult,
    PayeeResult,
    RejectedRow,
    Statement,
)
from licensing.close.selectors import product_totals
from licensing.close.services import (
    cancel_close_run,
    request_calculation,
    send_back_close_run,
    start_close_run,
)
from licensing.engine import close_bundle
from licensing.reports.services import supersede_sales_report
from platform_core.audit.models import AuditEvent
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from platform_core.jobs.tasks import run as run_job
from tests.factories.royalties import (
    SmallWorld,
    add_licensee,
    make_small_world,
    report_whole_year,
    upload_of,
    work_off,
)
from tests.small_worlds import Filed

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = (CloseInput, CloseBucket, CloseShare, LicenceResult, PayeeResult, Statement, RejectedRow)


def rows_of(run: CloseRun) -> dict[str, list[tuple[object, ...]]]:
    """Everything loaded for a run, apart from ids, in a fixed order."""
    order = {CloseInput: "report", Statement: "membership"}
    return {
        model.__name__: [
            tuple(value for name, value in sorted(row.items()) if name not in ("id", "bucket_id"))
            for row in model._default_manager.filter(run=run).order_by(order.get(model, "position")).values()
        ]
        for model in ROWS
    }


def job_of(run: CloseRun) -> Job:
    assert run.job_id is not None
    return Job.objects.get(pk=run.job_id)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def output_of(run: CloseRun) -> Path:
    assert run.results_claim is not None
    return storage.output_folder(run.pk, run.results_claim)


def bundle_of(run: CloseRun) -> Path:
    assert run.results_claim is not None
    return storage.bundle_folder(run.pk, run.results_claim)


def files_in(folder: Path) -> Mapping[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_close_is_calculated_to_the_cent_and_loaded_whole(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")

    assert (run.status, run.calculation, run.message) == (RunStatus.CALCULATED, Calculation.DONE, "")
    # L1 sold 3,000: 2,000 beyond the free 1,000 at 0.20. L2 6,000: 5,000. L3 9,000: 8,000.
    owed = {row.licence.code: row.due_minor for row in LicenceResult.objects.filter(run=run).select_related("licence")}
    assert owed == {"L1": 40_000, "L2": 100_000, "L3": 160_000}
    assert (run.royalty_minor, run.credit_minor, run.due_minor, run.distributed_minor) == (300_000, 0, 300_000, 300_000)
    assert (run.currency, run.line_count, run.bucket_count) == ("CNY", 9, 9)
    # A tenth is the fee; the rest is shared 5 to 3 to 2.
    assert dict(PayeeResult.objects.filter(run=run).values_list("payee", "amount_minor")) == {
        "M1": 135_000,
        "M2": 81_000,
        "M3": 54_000,
        "~fee": 30_000,
    }
    statements = Statement.objects.filter(run=run).order_by("membership__code")
    assert list(statements.values_list("membership__code", "amount_minor", "held_minor")) == [
        ("M1", 135_000, 0),
        ("M2", 81_000, 0),
        ("M3", 54_000, 0),
    ]
    assert run.calculated_by_id == world.seats["calculator"].user_id
    assert job_of(run).state == JobState.SUCCEEDED
    assert list(AuditEvent.objects.filter(subject_id=run.pk).order_by("id").values_list("name", flat=True)) == [
        "close_run.started",
        "close_run.calculated",
    ]


def test_the_tables_say_what_the_files_say(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    output = output_of(run)

    buckets = CloseBucket.objects.filter(run=run).order_by("position").select_related("licence")
    assert [
        {
            "licence_id": row.licence.code,
            "product": row.product,
            "made_in": row.made_in,
            "sold_in": row.sold_in,
            "month": row.month,
            "currency": row.currency,
            "rate_id": row.rate_id,
            "units": str(row.units),
            "royalty_micros": str(row.royalty_micros),
            "billed_micros": str(row.billed_micros),
            "reason": row.reason,
        }
        for row in buckets
    ] == read_csv(output / "royalties.csv")

    shares = CloseShare.objects.filter(run=run).order_by("position").select_related("bucket__licence")
    table = pq.read_table(output / "allocations.parquet").to_pylist()
    assert [
        (row.bucket.licence.code, row.bucket.month, row.bucket.product, row.payee, row.micros) for row in shares
    ] == [(row["licence_id"], row["month"], row["product"], row["payee"], row["micros"]) for row in table]
    by_bucket = CloseShare.objects.filter(run=run).values("bucket").annotate(sum=Sum("micros"))
    billed = {row.pk: row.billed_micros for row in buckets if row.billed_micros}
    assert {row["bucket"]: row["sum"] for row in by_bucket} == billed


def test_the_stored_bundle_gives_the_stored_output_byte_for_byte(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    run = world.calculated("2025Q1")

    close_bundle(bundle_of(run), tmp_path / "again")
    assert files_in(tmp_path / "again") == files_in(output_of(run))
    assert run.results_sha256 == hashlib.sha256((output_of(run) / "run.json").read_bytes()).hexdigest()


def test_the_packed_bundle_is_the_same_every_time_and_closes_to_the_stored_output(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    run = world.calculated("2025Q1")

    with storage.zip_folder(bundle_of(run)) as packed, storage.zip_folder(bundle_of(run)) as again:
        content = packed.read()
        assert content == again.read()
    (tmp_path / "b.zip").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.namelist() == sorted(archive.namelist())
        archive.extractall(tmp_path / "unpacked")
    assert files_in(tmp_path / "unpacked") == files_in(bundle_of(run))
    close_bundle(tmp_path / "unpacked", tmp_path / "again")
    assert files_in(tmp_path / "again") == files_in(output_of(run))


def test_equal_records_give_equal_bundles(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    before = files_in(bundle_of(run))
    again = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert again.results_claim != run.results_claim
    assert files_in(bundle_of(again)) == before
    assert not bundle_of(run).exists()


def test_a_period_without_any_report_closes_to_nothing(world: SmallWorld) -> None:
    run = world.calculated("2025Q1")
    assert (run.status, run.due_minor, run.bucket_count) == (RunStatus.CALCULATED, 0, 0)
    assert dict(PayeeResult.objects.filter(run=run).values_list("payee", "amount_minor")) == {
        "M1": 0,
        "M2": 0,
        "M3": 0,
    }


def test_only_the_latest_report_of_a_month_goes_in(world: SmallWorld, filed: Filed) -> None:
    later = supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        upload=upload_of("L1", [("2025-02", 2000)]),
        reason="counted twice",
    )
    run = world.calculated("2025Q1")
    used = set(CloseInput.objects.filter(run=run).values_list("report", flat=True))
    assert used == {later.pk, filed["L2"]["2025Q1"], filed["L3"]["2025Q1"]}
    assert LicenceResult.objects.get(run=run, licence=world.licences["L1"]).due_minor == 20_000
    assert {path.name for path in (bundle_of(run) / "sales").iterdir()} == {f"{report}.parquet" for report in used}


def test_another_programme_s_sales_and_licences_stay_out(world: SmallWorld) -> None:
    other = make_small_world("other")
    report_whole_year(other)
    run = world.calculated("2025Q1")
    assert run.bucket_count == 0
    assert not CloseInput.objects.filter(run=run).exists()


def test_the_terms_in_force_on_the_period_s_last_day_apply(world: SmallWorld) -> None:
    from licensing.terms.models import TermsVersion

    cheaper = world.terms.document.replace('"0.20"', '"0.02"')
    second = TermsVersion.objects.create(
        programme=world.programme,
        number=2,
        in_force_from=date(2025, 6, 30),
        document=cheaper,
        content={"rates": []},
        state="published",
        published_at=world.clock.now(),
    )
    report_whole_year(world)
    first, half = world.calculated("2025Q1"), world.calculated("2025Q2")
    assert (first.terms_version_id, half.terms_version_id) == (world.terms.pk, second.pk)
    assert (first.due_minor, half.due_minor) == (300_000, 36_000)


def test_rejected_input_leaves_the_run_a_draft_with_the_rejected_rows_to_read(world: SmallWorld, filed: Filed) -> None:
    # The licence ends earlier after all: its sales of March are outside it now.
    world.licences["L1"].ends_on = date(2025, 2, 28)
    world.licences["L1"].save()
    run = world.calculated("2025Q1")

    assert (run.status, run.calculation) == (RunStatus.DRAFT, Calculation.REJECTED)
    assert run.message == (
        "The input was rejected (outside_licence: 1). Correct it, then have the run calculated again."
    )
    row = RejectedRow.objects.get(run=run)
    assert (row.file, row.line, row.code, row.report_id) == (
        f"sales/{filed['L1']['2025Q1']}.parquet",
        3,
        "outside_licence",
        filed["L1"]["2025Q1"],
    )
    assert row.message
    assert not CloseBucket.objects.filter(run=run).exists()
    assert not storage.run_folder(run.pk).exists() or not any(storage.run_folder(run.pk).iterdir())

    world.licences["L1"].ends_on = None
    world.licences["L1"].save()
    again = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert (again.status, again.calculation, again.message) == (RunStatus.CALCULATED, Calculation.DONE, "")
    assert not RejectedRow.objects.filter(run=run).exists()


def test_a_rejected_recalculation_keeps_the_earlier_results(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    before = rows_of(run)
    world.licences["L1"].ends_on = date(2025, 2, 28)
    world.licences["L1"].save()
    again = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert (again.status, again.calculation) == (RunStatus.CALCULATED, Calculation.REJECTED)
    after = rows_of(again)
    assert len(after.pop("RejectedRow")) == 1
    assert before.pop("RejectedRow") == []
    assert after == before
    assert files_in(output_of(again))


def test_an_engine_that_fails_leaves_the_run_as_it_was_and_gives_a_reference(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    monkeypatch.setattr("licensing.close.engine_child.ENGINE", ("-c", "import sys; sys.exit('no space left')"))
    run = work_off(run)
    assert (run.status, run.calculation) == (RunStatus.DRAFT, Calculation.FAILED)
    # What it said names places on the server, and is in the log under the reference.
    assert run.message.startswith("The engine gave no result. If you report it, give the reference ")
    job = job_of(run)
    assert (job.state, job.error) == (JobState.FAILED, run.message)
    assert all(not model._default_manager.filter(run=run).exists() for model in ROWS)
    assert AuditEvent.objects.filter(name="close_run.calculation_failed", subject_id=run.pk).exists()


@pytest.mark.parametrize("at", ["_load_invoices", "_load_payees", "read_totals"])
def test_a_load_that_breaks_off_anywhere_loads_nothing(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")

    def break_off(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(results, at, break_off)
        run = work_off(run)
    assert (run.status, run.calculation) == (RunStatus.DRAFT, Calculation.FAILED)
    assert all(not model._default_manager.filter(run=run).exists() for model in ROWS)

    run = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert (run.status, run.due_minor) == (RunStatus.CALCULATED, 300_000)


def test_a_report_s_file_that_was_tampered_with_stops_the_close(world: SmallWorld, filed: Filed) -> None:
    from licensing.reports.storage import lines_file

    path = lines_file(filed["L1"]["2025Q1"])
    path.write_bytes(path.read_bytes() + b"x")
    run = world.calculated("2025Q1")
    assert (run.status, run.calculation) == (RunStatus.DRAFT, Calculation.FAILED)
    assert "is not what was filed" in run.message


def test_a_worker_that_died_is_followed_by_another_that_begins_anew(world: SmallWorld, filed: Filed) -> None:
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    dead_claim = "019ab000-0000-7000-8000-000000000001"
    CloseRun.objects.filter(pk=run.pk).update(calculation=Calculation.RUNNING, claim=dead_claim)
    left = storage.run_folder(run.pk) / dead_claim / "bundle"
    left.mkdir(parents=True)

    run = work_off(run)
    assert (run.status, run.due_minor) == (RunStatus.CALCULATED, 300_000)
    assert not left.exists()


def test_work_that_lost_its_claim_loads_nothing(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from licensing.close.services import calculating

    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    engine = engine_closes

    def slow_engine(*args: Any) -> bool:
        closed = engine(*args)
        # Taken for dead meanwhile: another worker has claimed the run.
        CloseRun.objects.filter(pk=run.pk).update(claim="019ab000-0000-7000-8000-000000000002")
        return closed

    monkeypatch.setattr(calculating, "engine_closes", slow_engine)
    run = work_off(run)
    assert (run.status, run.calculation) == (RunStatus.DRAFT, Calculation.RUNNING)
    assert all(not model._default_manager.filter(run=run).exists() for model in ROWS)


def test_a_job_that_is_done_again_changes_nothing(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    before, files = rows_of(run), files_in(output_of(run))
    assert run.job_id is not None
    Job.objects.filter(pk=run.job_id).update(state=JobState.WAITING, finished_at=None)
    run_job(run.job_id)
    again = CloseRun.objects.get(pk=run.pk)
    assert rows_of(again) == before
    assert files_in(output_of(again)) == files
    assert job_of(run).result == {"status": "overtaken"}


def test_a_cancelled_run_is_not_calculated(world: SmallWorld, filed: Filed) -> None:
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    cancelled = cancel_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert (cancelled.status, cancelled.calculation) == (RunStatus.CANCELLED, Calculation.FAILED)
    assert job_of(run).state == JobState.CANCELLED
    run = work_off(run)
    assert run.status == RunStatus.CANCELLED
    assert all(not model._default_manager.filter(run=run).exists() for model in ROWS)


def test_a_run_cancelled_while_it_is_calculated_loads_nothing(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from licensing.close.services import calculating

    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    engine = engine_closes

    def cancelled_meanwhile(*args: Any) -> bool:
        closed = engine(*args)
        cancel_close_run(actor=world.acting("approver"), run_id=run.pk)
        return closed

    monkeypatch.setattr(calculating, "engine_closes", cancelled_meanwhile)
    run = work_off(run)
    assert run.status == RunStatus.CANCELLED
    assert all(not model._default_manager.filter(run=run).exists() for model in ROWS)
    assert not any(storage.run_folder(run.pk).iterdir())


def test_a_run_that_was_sent_back_is_calculated_again_with_what_is_new(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    run = send_back_close_run(actor=world.acting("approver"), run_id=run.pk, reason="L4 is missing")
    assert (run.status, run.sent_back_reason) == (RunStatus.DRAFT, "L4 is missing")
    add_licensee(world, "L4")
    world.report("L4", [("2025-01", 11_000)], first="2025-01", last="2025-03")
    run = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert (run.status, run.due_minor) == (RunStatus.CALCULATED, 500_000)


def test_what_a_statement_is_made_of_is_told_by_product(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    statement = Statement.objects.get(run=run, membership=world.members["M1"])
    totals = product_totals(statement, actor=world.acting("approver"))
    assert totals == [("tv", 135_000 * 10**6)]
    shares = CloseShare.objects.filter(run=run, membership=world.members["M1"]).aggregate(sum=Sum("micros"))
    assert shares["sum"] == Decimal(135_000 * 10**6)


def test_withheld_money_stands_on_the_statement_as_withheld(world: SmallWorld, filed: Filed) -> None:
    from pools.composition.models import PoolMember

    PoolMember.objects.filter(membership=world.members["M2"]).update(held=True)
    run = world.calculated("2025Q1")
    statement = Statement.objects.get(run=run, membership=world.members["M2"])
    assert (statement.amount_minor, statement.held_minor) == (0, 81_000)
    held = PayeeResult.objects.get(run=run, payee="~held:M2")
    assert (held.kind, held.membership_id, held.amount_minor) == ("held", world.members["M2"].pk, 81_000)
