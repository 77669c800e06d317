"""The files of a close: kept as long as its results are, private, and on the disk before the results are there."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from licensing.close import engine_child, storage
from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import CloseRun
from licensing.close.selectors import FilesMissing, open_bundle
from licensing.close.services import approve_close_run, calculating, request_calculation, start_close_run
from platform_core.jobs.processes import ChildResult
from tests.factories.royalties import SmallWorld, report_whole_year, work_off

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def started(world: SmallWorld) -> CloseRun:
    report_whole_year(world)
    return start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")


def bundle_of(run: CloseRun) -> Path:
    assert run.results_claim is not None
    return storage.bundle_folder(run.pk, run.results_claim)


def test_files_stay_when_the_answer_to_the_commit_is_lost(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(world)
    load = calculating._load

    def lose_the_answer(*args: Any) -> Mapping[str, Any]:
        load(*args)
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(calculating, "_load", lose_the_answer)
        with pytest.raises(OperationalError):
            work_off(run)
    run = work_off(run)
    assert (run.status, run.calculation) == (RunStatus.CALCULATED, Calculation.DONE)
    assert (bundle_of(run) / "programme.toml").is_file()
    assert approve_close_run(actor=world.acting("approver"), run_id=run.pk).status == RunStatus.APPROVED


def test_files_stay_when_the_tidying_after_the_commit_fails(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(world)

    def fail(*args: object) -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr(storage, "forget_earlier", fail)
    run = work_off(run)
    assert (run.status, run.calculation) == (RunStatus.CALCULATED, Calculation.DONE)
    assert (bundle_of(run) / "programme.toml").is_file()


def test_tidying_after_one_calculation_leaves_a_later_one_alone(world: SmallWorld) -> None:
    run = work_off(started(world))
    first = run.results_claim
    assert first is not None
    run = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    storage.forget_earlier(run.pk, first)
    assert (bundle_of(run) / "programme.toml").is_file()


def test_a_bundle_whose_files_are_missing_is_not_downloaded_as_an_empty_one(world: SmallWorld) -> None:
    run = work_off(started(world))
    assert run.results_claim is not None
    storage.forget_claim(run.pk, run.results_claim)
    with pytest.raises(FilesMissing):
        open_bundle(run, actor=world.acting("approver"))
    with pytest.raises(FilesMissing):
        approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert CloseRun.objects.get(pk=run.pk).status == RunStatus.CALCULATED


def test_a_run_calculated_anew_while_it_is_packed_is_packed_anew(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = work_off(started(world))
    seen = CloseRun.objects.get(pk=run.pk)
    packed: list[Path] = []
    pack = storage.zip_folder

    def calculated_meanwhile(folder: Path) -> Any:
        packed.append(folder)
        if len(packed) == 1:
            work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
        return pack(folder)

    monkeypatch.setattr(storage, "zip_folder", calculated_meanwhile)
    with open_bundle(seen, actor=world.acting("approver")) as content:
        assert content.read(2) == b"PK"
    run.refresh_from_db()
    assert packed == [storage.bundle_folder(run.pk, claim) for claim in _claims(packed)]
    assert packed[-1] == bundle_of(run)


def _claims(folders: list[Path]) -> list[Any]:
    return [folder.parent.name for folder in folders]


def test_nobody_else_on_the_machine_reads_the_files_of_closes_and_reports(world: SmallWorld, tmp_path: Path) -> None:
    for folder in (tmp_path / "closes", tmp_path / "files" / "reports"):
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    work_off(started(world))
    for folder in (tmp_path / "closes", tmp_path / "files" / "reports"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_files_are_on_the_disk_before_the_results_are_loaded(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(world)
    synced: set[str] = set()
    load, sync = calculating._load, os.fsync

    def note(handle: int) -> None:
        synced.add(os.readlink(f"/proc/self/fd/{handle}"))
        sync(handle)

    def check(work: Any, reports: Any) -> Mapping[str, Any]:
        folder = storage.run_folder(work.run_id) / str(work.claim)
        expected = {str(path.resolve()) for path in (folder.parent.parent, folder.parent, folder, *folder.rglob("*"))}
        assert expected <= synced
        assert str((folder / "output" / "run.json").resolve()) in expected
        return load(work, reports)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(calculating, "_load", check)
    assert work_off(run).status == RunStatus.CALCULATED


def test_what_a_broken_engine_says_is_logged_and_not_shown(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.undo()
    said = 'Traceback: File "/srv/lianchi/licensing/engine/close.py"'
    monkeypatch.setattr(engine_child, "run_child", lambda *args, **options: ChildResult(1, "", said))
    run = work_off(started(world))
    assert (run.status, run.calculation) == (RunStatus.DRAFT, Calculation.FAILED)
    assert "/srv" not in run.message
    reference = run.message.rsplit(" ", 1)[1].rstrip(".")
    assert any(reference in record.getMessage() and said in record.getMessage() for record in caplog.records)
