"""The `lianchi` command: several bundles, whole outputs or none, explanations that add up, checks that notice."""

import contextlib
import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.closes.command import command, edit, lianchi, lianchi_apart, printed, rejects_in, small_bundle, tree
from tests.closes.engine_outputs import OUTPUTS, engine_close, read_rows
from tests.closes.oracle import oracle_close
from tests.closes.random_bundles import random_bundle


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_bundle(tmp_path / "small")


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    bundle = small_bundle(tmp_path / "flawed")
    edit("sales.csv", "L2,2025-03", "L7,2025-03")(bundle)
    return bundle


def test_one_bundle_is_closed_into_the_folder_itself(small: Path, tmp_path: Path) -> None:
    completed = lianchi_apart("close", small, "--out", tmp_path / "out")
    assert completed.returncode == 0, completed.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == OUTPUTS


def test_several_bundles_are_closed_each_into_its_own_folder_and_the_worst_status_counts(
    small: Path, flawed: Path, tmp_path: Path
) -> None:
    completed = lianchi("close", small, flawed, "--out", tmp_path / "out")
    assert completed.returncode == 2
    assert {path.name for path in (tmp_path / "out" / "small").iterdir()} == OUTPUTS
    assert len(rejects_in(tmp_path / "out" / "flawed")) == 1

    completed = lianchi("close", flawed, tmp_path / "nowhere", small, "--out", tmp_path / "again")
    assert completed.returncode == 2, "2 tells that a rejected.csv was written, whatever else went wrong"
    assert "nowhere" in completed.stderr
    assert tree(tmp_path / "again") == tree(tmp_path / "out")

    assert lianchi("close", tmp_path / "nowhere", small, "--out", tmp_path / "more").returncode == 1
    assert tree(tmp_path / "more").keys() == {f"small/{name}" for name in OUTPUTS}


def test_bundles_of_one_name_are_refused_before_anything_is_written(small: Path, tmp_path: Path) -> None:
    other = small_bundle(tmp_path / "elsewhere" / "small")
    completed = lianchi("close", small, other, "--out", tmp_path / "out")
    assert completed.returncode == 1
    assert not (tmp_path / "out").exists()


def test_paths_with_spaces_and_chinese_names_work(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "二 月" / "my bundle")
    assert lianchi("close", bundle, "--out", tmp_path / "结算 一").returncode == 0
    assert lianchi("verify", tmp_path / "结算 一", bundle).returncode == 0


def test_relative_paths_work(small: Path, tmp_path: Path) -> None:
    assert lianchi_apart("close", "small", "--out", "out", cwd=tmp_path).returncode == 0
    assert lianchi_apart("verify", "out", "small", cwd=tmp_path).returncode == 0


def test_an_earlier_close_is_replaced_whole(small: Path, flawed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert lianchi("close", flawed, "--out", out, "--skip-rejected").returncode == 2
    assert {path.name for path in out.iterdir()} == OUTPUTS | {"rejected.csv"}
    assert lianchi("close", small, "--out", out).returncode == 0
    assert {path.name for path in out.iterdir()} == OUTPUTS
    assert lianchi("close", flawed, "--out", out).returncode == 2
    assert len(rejects_in(out)) == 1
    assert lianchi("close", small, "--out", out).returncode == 0
    assert {path.name for path in out.iterdir()} == OUTPUTS


def test_an_empty_folder_may_be_closed_into(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert lianchi("close", small, "--out", tmp_path / "out").returncode == 0


@pytest.mark.parametrize("foreign", ["notes.txt", ".hidden", "sub/royalties.csv"])
def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(foreign: str, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert lianchi("close", small, "--out", out).returncode == 0
    (out / foreign).parent.mkdir(exist_ok=True)
    (out / foreign).write_text("mine", encoding="utf-8")
    before = tree(out)
    completed = lianchi("close", small, "--out", out)
    assert completed.returncode == 1
    assert Path(foreign).parts[0] in completed.stderr
    assert tree(out) == before


def test_a_bundle_is_never_closed_into_itself(small: Path) -> None:
    before = tree(small)
    for out in (small, small / "sales"):
        completed = lianchi("close", small, "--out", out)
        assert completed.returncode == 1
        assert tree(small) == before


def test_skip_rejected_closes_the_rest_and_says_what_was_left_out(flawed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    completed = lianchi_apart("close", flawed, "--out", out, "--skip-rejected")
    assert completed.returncode == 2
    assert "unknown_licence" in completed.stdout + completed.stderr
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["totals"]["lines"] == 2
    assert run["rejected"] == {"unknown_licence": 1}
    expected = oracle_close(flawed, skip_rejected=True)
    assert read_rows(out / "invoices.csv") == expected.invoices


def test_skip_rejected_with_nothing_to_skip_is_an_ordinary_close(small: Path, tmp_path: Path) -> None:
    assert lianchi("close", small, "--out", tmp_path / "out", "--skip-rejected").returncode == 0
    assert lianchi("close", small, "--out", tmp_path / "plain").returncode == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "plain")


def test_json_on_standard_output_tells_of_every_bundle(small: Path, flawed: Path, tmp_path: Path) -> None:
    completed = lianchi("close", small, flawed, "--out", tmp_path / "out", "--json")
    assert completed.returncode == 2
    told = printed(completed)
    assert [close["status"] for close in told["closes"]] == ["closed", "rejected"]
    assert [close["out"] for close in told["closes"]] == [str(tmp_path / "out" / name) for name in ("small", "flawed")]
    assert told["closes"][1]["rejected"] == {"unknown_licence": 1}


def test_the_output_carries_no_path_and_no_time_of_day(small: Path, tmp_path: Path) -> None:
    assert lianchi("close", small, "--out", tmp_path / "out").returncode == 0
    moved = tmp_path / "moved"
    shutil.move(small, moved)
    time.sleep(1.1)
    assert lianchi("close", moved, "--out", tmp_path / "again").returncode == 0
    assert tree(tmp_path / "again") == tree(tmp_path / "out")


# -- interruptions


@pytest.fixture(scope="module")
def long_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose close takes long enough to be interrupted."""
    bundle = small_bundle(tmp_path_factory.mktemp("long") / "long")
    rng = random.Random(1)
    where = ["tv,CN,CN", "tv,CN,DE", "phone,CN,US", "phone,CN,CN"]
    lines = [f"L1,2025-0{rng.randint(1, 3)},{rng.choice(where)},{number % 90},5,CNY\n" for number in range(400_000)]
    with (bundle / "sales.csv").open("a", encoding="utf-8", newline="") as sales:
        sales.writelines(lines)
    return bundle


@pytest.fixture(scope="module")
def long_close(long_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What closing it comes to."""
    whole = tmp_path_factory.mktemp("whole") / "out"
    assert lianchi_apart("close", long_bundle, "--out", whole).returncode == 0
    return tree(whole)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("earlier", [False, True], ids=["first", "again"])
def test_an_interrupted_close_leaves_no_half_folder(
    how: signal.Signals,
    earlier: bool,
    long_bundle: Path,
    long_close: dict[str, bytes],
    small: Path,
    tmp_path: Path,
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    out = place / "out"
    if earlier:
        assert lianchi("close", small, "--out", out).returncode == 0
    before = tree(out)
    for delay in (0.4, 0.9, 1.3):
        child = subprocess.Popen(
            command("close", long_bundle, "--out", out), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(delay)
        if child.poll() is None:
            child.send_signal(how)
        _, said = child.communicate(timeout=60)
        if child.returncode == 0 or tree(out) != before:
            # The signal came when the results were in their place already: then all of them are.
            assert tree(out) == long_close
            break
        assert out.exists() == earlier
        if how == signal.SIGINT and b"reading" in said:
            assert b"Traceback" not in said
            assert child.returncode == 1
        if how != signal.SIGKILL:
            assert [path.name for path in place.iterdir()] == (["out"] if earlier else [])

    assert lianchi("close", small, "--out", out).returncode == 0
    assert {path.name for path in out.iterdir()} == OUTPUTS


# -- verify


def test_verify_agrees_with_an_untouched_close(small: Path, tmp_path: Path) -> None:
    assert lianchi("close", small, "--out", tmp_path / "out").returncode == 0
    assert lianchi("verify", tmp_path / "out", small).returncode == 0


def change_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    digits = [index for index, byte in enumerate(content) if chr(byte).isdigit()]
    index = digits[len(digits) // 2] if digits else len(content) // 2
    content[index] = ord("7") if content[index] != ord("7") else ord("8")
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("file", sorted(OUTPUTS))
def test_verify_notices_a_changed_byte_in_an_output(file: str, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert lianchi("close", small, "--out", out).returncode == 0
    change_a_byte(out / file)
    completed = lianchi("verify", out, small)
    assert completed.returncode == 1
    assert file in completed.stdout + completed.stderr or file == "run.json"  # which names what it says wrongly
    assert "Traceback" not in completed.stderr


@pytest.mark.parametrize("file", sorted(["programme.toml", "members.csv", "patents.csv", "licences.csv", "sales.csv"]))
def test_verify_notices_a_changed_byte_in_an_input(file: str, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert lianchi("close", small, "--out", out).returncode == 0
    change_a_byte(small / file)
    completed = lianchi("verify", out, small)
    assert completed.returncode == 1
    assert file in completed.stdout + completed.stderr


@pytest.mark.parametrize("file", sorted(OUTPUTS))
def test_verify_notices_a_missing_output(file: str, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert lianchi("close", small, "--out", out).returncode == 0
    (out / file).unlink()
    completed = lianchi("verify", out, small)
    assert completed.returncode == 1
    assert file in completed.stdout + completed.stderr


def test_verify_notices_an_input_added_and_one_taken_away(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert lianchi("close", small, "--out", out).returncode == 0
    text = (small / "charges.csv").read_text(encoding="utf-8")
    (small / "charges.csv").unlink()
    completed = lianchi("verify", out, small)
    assert completed.returncode == 1
    assert "charges.csv" in completed.stdout + completed.stderr
    (small / "charges.csv").write_text(text, encoding="utf-8", newline="")
    assert lianchi("verify", out, small).returncode == 0
    (small / "payments.csv").write_text("licence_id,amount\nL1,5\n", encoding="utf-8")
    assert lianchi("verify", out, small).returncode == 0, "payments are not read with basis accrued"


def test_verify_recomputes_a_close_that_skipped_rejects(flawed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert lianchi("close", flawed, "--out", out, "--skip-rejected").returncode == 2
    assert lianchi("verify", out, flawed).returncode == 0
    change_a_byte(out / "rejected.csv")
    assert lianchi("verify", out, flawed).returncode == 1


def test_verify_agrees_on_random_bundles(tmp_path: Path) -> None:
    for seed in range(5):
        bundle = random_bundle(seed).write(tmp_path / f"bundle-{seed}")
        engine_close(bundle, tmp_path / f"out-{seed}")
        assert lianchi("verify", tmp_path / f"out-{seed}", bundle).returncode == 0
