"""Files that are left in a folder are taken once they are whole, each once, and nothing leads out of the folder."""

import dataclasses
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from psycopg.errors import ProgramLimitExceeded

from platform_core.connections import file_drop
from platform_core.connections.models import Connection, RunState
from platform_core.connections.services import running
from platform_core.exchange import registry
from platform_core.exchange.models import Import, ImportState
from platform_core.exchange.registry import importer_of
from platform_core.notices.models import Notice
from pools.patents.models import Ownership, Patent
from tests.integration.connections.office import Office, imports_of

pytestmark = pytest.mark.django_db

TABLE = "公开（公告）号,名称\nCN103294796B,一种信息处理方法\n"


class Drop(Office):
    """An office with a folder for files."""

    def __init__(self, data: Path, **given: Any) -> None:
        super().__init__()
        self.connection: Connection = self.open("file_drop", **given)
        self.folder = data / "drop" / "uhd" / str(self.connection.pk)

    def put(self, name: str, text: str = TABLE) -> Path:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return file

    def lies(self) -> list[str]:
        """Return what lies where, by paths within the folder."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if not path.is_dir())


@pytest.fixture
def drop(tmp_path: Path, settings: Any) -> Drop:
    settings.DATA_DIR = tmp_path
    return Drop(tmp_path)


def test_a_file_waits_as_a_preview_and_is_taken_once(drop: Drop) -> None:
    drop.put("名单.csv")

    run = drop.ask(drop.connection)

    [found] = imports_of(run)
    assert (run.state, run.asked, run.answered, run.failed) == (RunState.FINISHED, 1, 1, 0)
    assert (found.state, found.file_name, found.counts["new"]) == (ImportState.CHECKED, "名单.csv", 1)
    assert (found.organisation_id, found.created_by_id) == (drop.seat.organisation_id, drop.seat.user_id)
    assert drop.lies() == ["done/名单.csv"]
    assert not Patent.objects.exists()

    drop.put("名单.csv")
    again = drop.ask(drop.connection)
    assert (again.asked, again.answered, again.unchanged, imports_of(again)) == (1, 1, 1, [])
    assert drop.lies() == ["done/名单 (2).csv", "done/名单.csv"]
    assert Import.objects.count() == 1


def test_by_setting_it_is_taken_in_at_once(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    drop = Drop(tmp_path, straight_in=True)
    drop.put("list.csv")

    [found] = imports_of(drop.ask(drop.connection))

    assert found.state == ImportState.APPLIED
    assert Patent.objects.get().publication == "CN103294796B"


def test_what_cannot_be_read_lies_with_its_reason_beside_it(drop: Drop) -> None:
    drop.put("notes.csv", "a,b\n1,2\n")

    run = drop.ask(drop.connection)

    assert (run.state, run.asked, run.answered, run.failed) == (RunState.FINISHED, 1, 0, 1)
    assert drop.lies() == ["refused/notes.csv", "refused/notes.csv.txt"]
    reason = (drop.folder / "refused" / "notes.csv.txt").read_text()
    assert reason.startswith("No column holds numbers")
    assert run.notes == [{"about": "notes.csv", "code": "unreadable", "detail": reason.strip()}]


def test_whatever_leads_elsewhere_or_is_no_file_is_refused_unread(drop: Drop, tmp_path: Path) -> None:
    secret = tmp_path / "encryption_keys"
    secret.write_text(TABLE)
    (drop.folder / "link.csv").symlink_to(secret)
    os.link(secret, drop.folder / "hard.csv")
    os.mkfifo(drop.folder / "pipe.csv")
    drop.put("bad\nname.csv")
    os.close(os.open(bytes(drop.folder) + b"/\xff.csv", os.O_WRONLY | os.O_CREAT))

    run = drop.ask(drop.connection)

    assert (run.state, run.asked, run.answered, run.failed) == (RunState.FINISHED, 5, 0, 5)
    assert not Import.objects.exists()
    codes = {note["about"]: note["code"] for note in run.notes}
    assert codes == {
        "link.csv": "not_a_file",
        "hard.csv": "linked",
        "pipe.csv": "not_a_file",
        "bad_name.csv": "odd_name",
        "_.csv": "odd_name",
    }
    assert [path for path in drop.lies() if not path.endswith(".txt")] == [
        "refused/_.csv",
        "refused/bad_name.csv",
        "refused/hard.csv",
        "refused/link.csv",
        "refused/pipe.csv",
    ]
    assert (drop.folder / "refused" / "link.csv").is_symlink()
    assert secret.read_text() == TABLE


def test_a_file_is_left_while_it_is_written_hidden_or_too_large(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_drop, "LARGEST_FILE", 500)
    drop.put("large.csv", TABLE + "x" * 500)
    drop.put(".hidden.csv")
    drop.put("coming.csv.part")
    growing = drop.put("growing.csv")
    with drop.put("open.csv").open("a"):

        def write(seconds: float) -> None:
            drop.waited.append(seconds)
            growing.write_text(TABLE + "CN201690605U,一种背光模组\n", encoding="utf-8")

        run = drop.ask(drop.connection, pause=write)

    assert (run.state, run.detail, run.asked) == (RunState.STOPPED, file_drop.UNFINISHED, 1)
    assert drop.waited == [file_drop.SETTLES_IN]
    left = [".hidden.csv", "coming.csv.part", "growing.csv", "open.csv"]
    assert drop.lies() == [*left, "refused/large.csv", "refused/large.csv.txt"]
    assert drop.connection.next_run_at == drop.clock.now() + file_drop.LOOK_AGAIN_AFTER

    then = drop.ask(drop.connection)
    assert (then.state, then.answered) == (RunState.FINISHED, 2)
    assert drop.lies()[:2] == left[:2]


def test_a_folder_that_was_turned_into_a_link_is_not_followed(drop: Drop, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "done").mkdir(parents=True)
    (elsewhere / "list.csv").write_text(TABLE)
    drop.folder.rename(tmp_path / "before")
    drop.folder.symlink_to(elsewhere)

    run = drop.ask(drop.connection)

    assert (run.state, run.detail) == (RunState.FAILED, file_drop.NO_FOLDER)
    assert (elsewhere / "list.csv").is_file()
    assert not Import.objects.exists()


def test_a_folder_for_what_is_done_that_leads_elsewhere_is_not_followed(drop: Drop, tmp_path: Path) -> None:
    (drop.folder / "done").rmdir()
    (drop.folder / "done").symlink_to(tmp_path)
    drop.put("list.csv")

    run = drop.ask(drop.connection)
    assert (run.state, run.detail, len(imports_of(run))) == (RunState.FAILED, file_drop.NO_FOLDER, 1)
    assert drop.lies() == ["list.csv", "refused/done.txt"]
    assert not (tmp_path / "list.csv").exists()

    # The link was refused as any other, so that the folder is made anew, and the file is here already.
    again = drop.ask(drop.connection)
    assert (again.state, again.unchanged, len(imports_of(again))) == (RunState.FINISHED, 1, 0)
    assert drop.lies() == ["done/list.csv", "refused/done.txt"]


def test_many_files_are_taken_by_several_runs(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_drop, "MOST_FILES", 2)
    for number in range(3):
        drop.put(f"{number}.csv", TABLE + f"CN20169060{number}U,{number}\n")

    first = drop.ask(drop.connection)
    assert (first.state, first.detail, first.asked) == (RunState.STOPPED, file_drop.MORE, 2)
    assert drop.connection.next_run_at == drop.clock.now()
    assert drop.ask(drop.connection).asked == 1
    assert drop.lies() == ["done/0.csv", "done/1.csv", "done/2.csv"]


def meanwhile(monkeypatch: pytest.MonkeyPatch, does: Callable[[], object]) -> None:
    """Have something done right after a file was taken in, and before it is moved."""
    take = running._Run._take

    def taking(*given: Any, **named: Any) -> Any:
        made = take(*given, **named)
        does()
        return made

    monkeypatch.setattr(running._Run, "_take", taking)


def test_what_is_written_over_a_file_while_it_is_taken_is_taken_too(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = drop.put("list.csv")
    whole = TABLE + "CN201690605U,一种背光模组\n"
    meanwhile(monkeypatch, lambda: file.write_text(whole, encoding="utf-8"))

    run = drop.ask(drop.connection)
    assert (run.state, run.detail, run.answered) == (RunState.STOPPED, file_drop.UNFINISHED, 1)
    assert drop.lies() == ["list.csv"]
    assert drop.connection.next_run_at == drop.clock.now() + file_drop.LOOK_AGAIN_AFTER

    monkeypatch.undo()
    [second] = imports_of(drop.ask(drop.connection))
    assert (second.counts["new"], drop.lies()) == (2, ["done/list.csv"])


def test_a_file_that_is_taken_away_meanwhile_holds_up_no_other(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = drop.put("a.csv")
    drop.put("b.csv", TABLE + "CN201690605U,一种背光模组\n")
    meanwhile(monkeypatch, lambda: first.unlink(missing_ok=True))

    run = drop.ask(drop.connection)

    assert (run.state, run.answered, drop.lies()) == (RunState.FINISHED, 2, ["done/b.csv"])


@pytest.mark.parametrize(
    ("error", "code"), [(errno.EACCES, "no_access"), (errno.EIO, "not_read"), (errno.EMFILE, "not_read")]
)
def test_a_file_that_cannot_be_read_stays_and_the_run_says_so(
    drop: Drop, monkeypatch: pytest.MonkeyPatch, error: int, code: str
) -> None:
    drop.put("locked.csv")
    drop.put("open.csv", TABLE + "CN201690605U,一种背光模组\n")
    real = os.open

    def opening(path: Any, flags: int, *given: Any, **named: Any) -> int:
        if path == "locked.csv":
            raise OSError(error, os.strerror(error))
        return real(path, flags, *given, **named)

    monkeypatch.setattr(os, "open", opening)
    run = drop.ask(drop.connection)

    assert (run.state, run.detail, run.answered, run.failed) == (RunState.FAILED, file_drop.LEFT, 1, 1)
    assert [(note["about"], note["code"]) for note in run.notes] == [("locked.csv", code)]
    assert drop.lies() == ["done/open.csv", "locked.csv"]


def test_a_file_that_is_never_whole_is_looked_at_less_and_less_and_then_told_of(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = drop.put("log.csv")

    def write(seconds: float) -> None:
        with growing.open("a") as out:
            out.write("x\n")

    waits, states = [], []
    for _ in range(file_drop.MOST_LOOKS + 3):
        run = drop.ask(drop.connection, pause=write)
        states.append((run.state, run.detail))
        assert drop.connection.next_run_at is not None
        waits.append((drop.connection.next_run_at - drop.clock.now()).total_seconds() / 60)
    assert (
        states
        == [(RunState.STOPPED, file_drop.UNFINISHED)] * file_drop.MOST_LOOKS
        + [(RunState.FAILED, file_drop.NEVER_WHOLE)] * 3
    )
    assert waits[:7] == [5, 10, 20, 40, 80, 160, 320]
    assert [notice.kind for notice in Notice.objects.all()] == ["connection.failing"]

    # Others are taken as ever, and one that comes new is looked at soon.
    drop.put("list.csv")
    assert drop.ask(drop.connection, pause=write).answered == 1
    assert drop.ask(drop.connection).state == RunState.FINISHED
    assert (drop.connection.position, drop.connection.failures) == (None, 0)


def test_who_else_may_put_files_there_is_up_to_whoever_runs_the_server(drop: Drop) -> None:
    drops = drop.folder.parent.parent
    assert stat.S_IMODE(drops.stat().st_mode) == 0o700
    drops.chmod(0o711)
    drop.ask(drop.connection)
    assert stat.S_IMODE(drops.stat().st_mode) == 0o711


OTHER = TABLE.replace("CN103294796B", "CN201690605U")


def test_a_file_that_is_not_of_the_set_encoding_is_refused_with_that_reason(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    drop = Drop(tmp_path, settings={"encoding": "utf-16"})
    drop.put("a.csv")
    (drop.folder / "b.csv").write_bytes(OTHER.encode("utf-16"))
    run = drop.ask(drop.connection)
    assert (run.state, run.answered, run.failed) == (RunState.FINISHED, 1, 1)
    assert drop.lies() == ["done/b.csv", "refused/a.csv", "refused/a.csv.txt"]
    assert [found.state for found in imports_of(run)] == [ImportState.REFUSED, ImportState.CHECKED]


TOO_LONG = OperationalError("index row size 3000 exceeds btree version 4 maximum 2704")
TOO_LONG.__cause__ = ProgramLimitExceeded()


@pytest.mark.parametrize(
    ("step", "error", "straight_in", "left"),
    [
        ("check", ZeroDivisionError(), False, ImportState.REFUSED),
        ("check", TOO_LONG, False, ImportState.REFUSED),
        ("apply", ZeroDivisionError(), True, ImportState.CHECKED),
    ],
)
def test_a_file_that_our_reader_stumbles_over_stands_in_nobodys_way(
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    error: Exception,
    straight_in: bool,
    left: str,
) -> None:
    settings.DATA_DIR = tmp_path
    drop = Drop(tmp_path, straight_in=straight_in)
    drop.put("a.csv")
    drop.put("b.csv", OTHER)
    importer = importer_of("patents.patent")
    assert importer is not None

    def stumble(found: Import, *given: Any) -> Any:
        if found.file_name == "a.csv":
            raise error
        return getattr(importer, step)(found, *given)

    stumbling = (
        dataclasses.replace(importer, check=stumble)
        if step == "check"
        else dataclasses.replace(importer, apply=stumble)
    )
    monkeypatch.setitem(registry._importers, importer.subject, stumbling)
    run = drop.ask(drop.connection)

    assert (run.state, run.answered, run.failed) == (RunState.FINISHED, 1, 1)
    assert run.notes == [{"about": "a.csv", "code": "unexpected", "detail": file_drop.UNEXPECTED}]
    assert drop.lies() == ["done/b.csv", "refused/a.csv", "refused/a.csv.txt"]
    first, second = imports_of(run)
    # Nobody is to stumble over it again in the background, and it says what is true.
    assert (first.state, first.detail, first.job) == (left, running.UNEXPECTED, None)
    assert second.state == (ImportState.APPLIED if straight_in else ImportState.CHECKED)


def test_a_folder_may_say_whose_patents_its_files_hold(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    office = Office()
    connection = office.open(
        "file_drop",
        settings={"owners": {"某某公司": str(office.firm.pk)}, "owner_id": str(office.firm.pk)},
        straight_in=True,
    )
    (tmp_path / "drop" / "uhd" / str(connection.pk) / "list.csv").write_text(TABLE, encoding="utf-8")
    run = office.ask(connection)
    assert (run.state, run.detail, run.failed) == (RunState.FINISHED, "", 0)
    assert Ownership.objects.get().owner_id == office.firm.pk


def test_a_lost_database_is_no_fault_of_the_file(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    drop.put("a.csv")

    def lost(*given: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("pools.patents.imports.importer.stage", lost)
    with pytest.raises(OperationalError):
        drop.ask(drop.connection)
    assert drop.lies() == ["a.csv"]
