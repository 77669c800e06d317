"""Working a close out again and comparing: whether results and inputs belong together."""

import csv
import json
import tempfile
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from licensing.engine.close import close_bundle
from licensing.engine.compute import input_files
from licensing.engine.output import RESULT_FILES
from licensing.engine.rejects import BundleError
from licensing.engine.sales import fingerprint


def read_run(results: Path) -> dict[str, Any]:
    """The `run.json` of a close. Raises BundleError where there is none."""
    path = results / "run.json"
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BundleError(f"{results} has no run.json: name the folder of a finished close") from None
    except (OSError, ValueError) as error:
        raise BundleError(f"{path} cannot be read: {error}") from error
    if not isinstance(run, dict) or not isinstance(run.get("inputs"), dict):
        raise BundleError(f"{path} is not the record of a close")
    return run


def changed_input(run: dict[str, Any], bundle: Path) -> str | None:
    """The first input file whose content is not what the close read; None where all are."""
    if not bundle.is_dir():
        raise BundleError(f"{bundle} is not a folder: name the bundle that was closed")
    recorded: dict[str, str] = run["inputs"]
    for name in sorted({*recorded, *input_files(bundle)}):
        path = bundle / name
        if name not in recorded:
            if name == "payments.csv":
                continue  # it is not read where the programme's basis is accrued
            return f"input {name} was not there when the close was made"
        if not path.is_file():
            return f"input {name} is missing"
        if fingerprint(path).sha256 != recorded[name]:
            return f"input {name} has changed since the close (its sha256 differs)"
    return None


def read_results(path: Path) -> list[dict[str, str]]:
    """The rows of a result file by column. Raises BundleError where it is missing or has no text."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BundleError(f"{path} cannot be read: {error}") from error


def verify_close(results: Path, bundle: Path) -> str | None:
    """The first difference between a close and what its bundle gives now; None where there is none.

    Raises BundleError where one of the two cannot be read.
    """
    rejected_only = (results / "rejected.csv").is_file() and not (results / "run.json").is_file()
    run: dict[str, Any] = {} if rejected_only else read_run(results)
    if run and (difference := changed_input(run, bundle)):
        return difference
    with tempfile.TemporaryDirectory(prefix="lianchi-verify-") as scratch:
        again = Path(scratch) / "results"
        close_bundle(bundle, again, skip_rejected="rejected" in run)
        for name in RESULT_FILES:
            difference = _compare(name, results / name, again / name)
            if difference:
                return difference
    return None


def _compare(name: str, found: Path, expected: Path) -> str | None:
    if not found.is_file() and not expected.is_file():
        return None
    if not found.is_file():
        return f"{name} is missing"
    if not expected.is_file():
        return f"{name} should not be there"
    if fingerprint(found).sha256 == fingerprint(expected).sha256:
        return None
    if name.endswith(".csv"):
        return _compare_rows(name, found, expected)
    if name.endswith(".parquet"):
        return _compare_parquet(name, found, expected)
    return _compare_json(name, found, expected)


def _compare_rows(name: str, found: Path, expected: Path) -> str:
    with (
        found.open(encoding="utf-8", errors="replace", newline="") as left,
        expected.open(encoding="utf-8", newline="") as right,
    ):
        for line, (one, other) in enumerate(zip_longest(csv.reader(left), csv.reader(right)), start=1):
            if one != other:
                return f"{name} line {line}: found {_row(one)}, worked out {_row(other)}"
    return f"{name}: the same rows are written differently"


def _row(cells: list[str] | None) -> str:
    return "nothing" if cells is None else ",".join(cells)


def _compare_parquet(name: str, found: Path, expected: Path) -> str:
    try:
        one, other = pq.read_table(found), pq.read_table(expected)
    except (pa.ArrowException, OSError) as error:
        return f"{name} cannot be read: {str(error).splitlines()[0]}"
    if one.schema != other.schema:
        return f"{name}: its columns are not those of an allocation"
    first, last = 0, max(one.num_rows, other.num_rows)
    if one.equals(other):
        return f"{name}: the same rows are written differently"
    # Halve the rows until one is left: everything before `first` is equal, something before `last` is not.
    while last - first > 1:
        middle = (first + last) // 2
        if one.slice(first, middle - first).equals(other.slice(first, middle - first)):
            first = middle
        else:
            last = middle
    left, right = one.slice(first, 1).to_pylist(), other.slice(first, 1).to_pylist()
    return f"{name} row {first + 1}: found {_record(left)}, worked out {_record(right)}"


def _record(rows: list[dict[str, Any]]) -> str:
    return ",".join(str(value) for value in rows[0].values()) if rows else "nothing"


def _compare_json(name: str, found: Path, expected: Path) -> str:
    one, other = read_run(found.parent), read_run(expected.parent)
    for key in sorted({*one, *other}):
        if one.get(key) != other.get(key):
            return f"{name} {key}: found {one.get(key)}, worked out {other.get(key)}"
    return f"{name}: the same record is written differently"
