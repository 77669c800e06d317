"""`lianchi verify-statement` says in words and by its exit status what holds, on files alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from licensing.distribution.proofs import ProvenStatement, Published, fingerprint, published_file, statement_file
from platform_site.cli import main
from tests.architecture.rules import ROOT
from tests.unit.proofs.distributions import made


@pytest.fixture
def given_out(tmp_path: Path) -> tuple[Published, tuple[ProvenStatement, ...]]:
    """The files of a distribution: published.json and M1.json, M2.json …"""
    published, proven = made({"M1": 1_234_567, "M2": 0, "M3": -4_200})
    (tmp_path / "published.json").write_bytes(published_file(published))
    for each in proven:
        (tmp_path / f"{each.statement.payee}.json").write_bytes(statement_file(each))
    return published, proven


def run(folder: Path, *arguments: str) -> Result:
    named = (str(folder / argument) if argument.endswith(".json") else argument for argument in arguments)
    return CliRunner().invoke(main, ["verify-statement", *named])


def test_a_sound_statement_is_told_with_its_amount(
    tmp_path: Path, given_out: tuple[Published, tuple[ProvenStatement, ...]]
) -> None:
    published, proven = given_out
    done = run(tmp_path, "M1.json", "--run", "published.json")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "The 3 amounts of distribution run-1 (2025Q1, 2025Q2) add up to the 12303.67 CNY that were distributed.",
        f"M1: 12345.67 CNY, as published in row {proven[0].opening.label}.",
        "The other rows stay hidden. An auditor who is given all statements sees whether one is made up.",
        "It is the publication given with --run.",
        "Fingerprint of what was published (every member must have the same; compare it): " + fingerprint(published),
    ]
    chinese = run(tmp_path, "M1.json", "--lang", "zh").output.splitlines()
    assert chinese[0] == "分配付款 run-1（2025Q1, 2025Q2）的 3 笔金额之和等于所分配的 12303.67 CNY。"
    assert len(chinese) == 4


def test_an_auditor_gives_all_statements(tmp_path: Path, given_out: object) -> None:
    done = run(tmp_path, "M1.json", "M2.json", "M3.json")
    assert done.exit_code == 0
    assert "3 of 3 rows are opened, 12303.67 CNY of 12303.67 CNY." in done.output
    assert "Every row is opened: nobody else is paid by this distribution." in done.output
    told = json.loads(run(tmp_path, "M1.json", "M3.json", "--json").output)
    assert told["verified"] is True
    assert [each["amount_minor"] for each in told["statements"]] == [1_234_567, -4_200]


def test_what_was_published_is_checked_by_itself(tmp_path: Path, given_out: object) -> None:
    done = run(tmp_path, "published.json")
    assert done.exit_code == 0
    assert len(done.output.splitlines()) == 2
    assert run(tmp_path, "published.json", "M1.json").exit_code == 1


def test_a_forged_statement_is_refused_in_words(tmp_path: Path, given_out: object) -> None:
    forged = (tmp_path / "M1.json").read_bytes().replace(b'"1234567"', b'"9234567"')
    (tmp_path / "forged.json").write_bytes(forged)
    done = run(tmp_path, "M2.json", "forged.json")
    assert done.exit_code == 2
    assert done.output == f"{tmp_path / 'forged.json'}: refused. What was published for M1 is not 92345.67 CNY.\n"
    chinese = run(tmp_path, "forged.json", "--lang", "zh").output
    assert chinese == f"{tmp_path / 'forged.json'}：不予认可。为 M1 公布的金额不是 92345.67 CNY。\n"
    told = json.loads(run(tmp_path, "forged.json", "--json").stdout)
    assert (told["verified"], told["code"]) == (False, "other_amount")


def test_another_publication_and_files_that_are_not_there_are_told_apart(tmp_path: Path, given_out: object) -> None:
    (tmp_path / "other.json").write_bytes(published_file(made()[0]))
    assert run(tmp_path, "M1.json", "--run", "other.json").exit_code == 2
    assert run(tmp_path, "M1.json", "--run", "M2.json").exit_code == 2
    missing = run(tmp_path, "nowhere.json")
    assert missing.exit_code == 1
    assert missing.output == f"{tmp_path / 'nowhere.json'} cannot be read: No such file or directory\n"
    assert run(tmp_path).exit_code == 1


def test_it_needs_no_settings_and_starts_no_django(tmp_path: Path, given_out: object) -> None:
    code = (
        "import sys; from platform_site.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: print(end.code, 'django' in sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH"}}
    command = [sys.executable, "-c", code, "verify-statement", str(tmp_path / "M1.json")]
    path = os.pathsep.join([str(ROOT), str(ROOT / "platform"), environment.get("PYTHONPATH", "")])
    done = subprocess.run(
        command, env={**environment, "PYTHONPATH": path}, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 False"
