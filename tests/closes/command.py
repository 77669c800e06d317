"""The `lianchi` command, and a small sound bundle to spoil."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from platform_site.cli import main
from tests.closes.engine_outputs import read_rejects
from tests.closes.oracle import Reject

PROGRAMME = """\
[programme]
id = "SMALL"
currency = "CNY"
period = "2025Q1"
admin_fee_percent = "10"

[[rates]]
id = "tv"
products = ["tv"]
percent = "2"

[[rates]]
id = "rest"
products = ["phone", "stb"]
per_unit = "0.20"
currency = "USD"

[allocation]
by = "patents"
territory = "any"
"""

SMALL = {
    "programme.toml": PROGRAMME,
    "members.csv": "member_id,name,segment,held,enters,leaves\nM1,First,upstream,,,\nM2,Second,midstream,no,,\n",
    "patents.csv": (
        "publication,family,owner,country,granted,ends,enters,leaves,class,products,share\n"
        "CN1,F1,M1,CN,2015-01-01,,,,A,*,\n"
        "US1,F1,M1,US,2016-01-01,2035-01-01,,,A,tv|phone,\n"
        "CN2,F2,M2,CN,2018-01-01,,,,B,tv,0.5\n"
    ),
    "licences.csv": (
        "licence_id,licensee,enterprise,signed,starts,ends,standing,option\n"
        "L1,Licensee One,,2020-01-01,2020-01-01,,standard,\n"
        "L2,Licensee Two,,,2025-02-01,2025-12-31,compliant,\n"
    ),
    "sales.csv": (
        "licence_id,month,product,made_in,sold_in,units,net_amount,currency\n"
        "L1,2025-01,tv,CN,CN,100,12345.67,CNY\n"
        "L1,2025-02,phone,CN,US,2000,,CNY\n"
        "L2,2025-03,tv,CN,DE,50,9000,CNY\n"
    ),
    "licence_changes.csv": "licence_id,from,standing,enterprise,option\nL1,2025-02,compliant,,\n",
    "charges.csv": "licence_id,month,kind,amount,currency\nL2,2025-01,entry,500.00,CNY\n",
    "bilaterals.csv": "licence_id,member_id,starts,ends\nL2,M2,2024-01-01,\n",
    "fx.csv": "month,currency,rate\n2025-01,USD,7.1884\n2025-02,USD,7.1731\n2025-03,USD,7.1782\n",
}


def small_bundle(folder: Path) -> Path:
    """A sound bundle with a row in every table but payments."""
    folder.mkdir(parents=True)
    for file, text in SMALL.items():
        (folder / file).write_text(text, encoding="utf-8", newline="")
    return folder


def edit(file: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of one piece of text in one file of a bundle."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    return change


def lianchi(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `lianchi` to its end in this process, which spares each of many calls the start of another one."""
    result = CliRunner().invoke(main, [*map(str, arguments)], prog_name="lianchi")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return subprocess.CompletedProcess(list(arguments), result.exit_code, result.stdout, result.stderr)


def lianchi_apart(
    *arguments: str | Path, limit: Callable[[], None] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `lianchi` to its end in a process of its own, as people do."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, timeout=120, preexec_fn=limit, cwd=cwd
    )


def command(*arguments: str | Path) -> list[str]:
    return [str(Path(sys.executable).with_name("lianchi")), *map(str, arguments)]


def rejects_in(out: Path) -> list[Reject]:
    """What rejected.csv says; it must stand alone in its folder."""
    assert [path.name for path in out.iterdir()] == ["rejected.csv"]
    return read_rejects(out)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def printed(completed: subprocess.CompletedProcess[str]) -> Any:
    """The JSON that `--json` prints on standard output."""
    return json.loads(completed.stdout)
