"""Bad input gets an error that names file, line, column and value, and leaves nothing half done behind."""

import resource
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.closes.command import SMALL, edit, lianchi, lianchi_apart, rejects_in, small_bundle, tree
from tests.closes.oracle import oracle_close

Change = Callable[[Path], None]


@dataclass(frozen=True)
class Spoiled:
    """A change that spoils the small bundle, and the first reject it must lead to."""

    name: str
    change: Change
    file: str
    line: int
    column: str
    code: str
    value: str


def cell(file: str, line: int, column: str, value: str, code: str = "bad_value") -> Spoiled:
    """Put a value into one cell."""

    def change(folder: Path) -> None:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        cells = lines[line - 1].split(",")
        cells[lines[0].split(",").index(column)] = f'"{value}"' if "," in value else value
        lines[line - 1] = ",".join(cells)
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")

    return Spoiled(f"{file}-{column}-{value or 'blank'}", change, file, line, column, code, value)


def without_column(file: str, column: str) -> Spoiled:
    def change(folder: Path) -> None:
        rows = [line.split(",") for line in (folder / file).read_text(encoding="utf-8").splitlines()]
        index = rows[0].index(column)
        text = "".join(",".join(row[:index] + row[index + 1 :]) + "\n" for row in rows)
        (folder / file).write_text(text, encoding="utf-8", newline="")

    return Spoiled(f"{file}-without-{column}", change, file, 1, column, "missing_column", "")


def without_file(file: str) -> Spoiled:
    def change(folder: Path) -> None:
        (folder / file).unlink()

    return Spoiled(f"without-{file}", change, file, 0, "", "missing_file", "")


def line_added(file: str, line: str, column: str, code: str, value: str) -> Spoiled:
    def change(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8", newline="") as opened:
            opened.write(line + "\n")

    last = SMALL[file].count("\n") + 1
    return Spoiled(f"{file}-{code}-{line[:20]}", change, file, last, column, code, value)


def terms(name: str, old: str, new: str, path: str) -> Spoiled:
    """Spoil the terms; the reject names the path of the key."""
    return Spoiled(f"terms-{name}", edit("programme.toml", old, new), "programme.toml", 0, path, "bad_terms", "")


NUMBERS = [
    *("NaN", "nan", "Infinity", "1e400", "1e5", "1,000", "１２", "12,5", "0x10", "1_000", " 5", "5 ", "+5", "--5"),
    *("five", "5%", "$5", "٥", "5.", ".5"),
]

SPOILED = [
    *(cell("sales.csv", 2, "units", value) for value in [*NUMBERS, "", "12.5", "1000000000000", "-1000000000000"]),
    *(
        cell("sales.csv", 2, "net_amount", value)
        for value in [*NUMBERS, "", "1,234.50", "1.1234567", "1000000000000000", "-1000000000000000"]
    ),
    *(cell("sales.csv", 3, "month", value) for value in ["2025-13", "2025-00", "2025-1", "2025-02-01", "202502", ""]),
    *(cell("sales.csv", 4, "made_in", value) for value in ["EP", "WO", "XX", "cn", "CHN", "ＣＮ", ""]),
    *(cell("sales.csv", 4, "sold_in", value) for value in ["EU", "UK", ""]),
    *(cell("sales.csv", 4, "currency", value) for value in ["XYZ", "cny", "RMB", "￥", ""]),
    cell("sales.csv", 4, "product", ""),
    cell("sales.csv", 4, "licence_id", "L9", "unknown_licence"),
    cell("sales.csv", 4, "licence_id", "l2", "unknown_licence"),
    *(cell("members.csv", 3, "enters", value) for value in ["2025-02-30", "2025-13-01", "30.02.2025", "2025/01/01"]),
    cell("members.csv", 2, "leaves", "２０２５-01-01"),
    cell("members.csv", 3, "held", "maybe"),
    cell("members.csv", 3, "segment", ""),
    cell("members.csv", 3, "member_id", "M1", "duplicate_id"),
    *(cell("patents.csv", 4, "share", value) for value in ["0", "1.5", "-0.5", "half", "0.1234567890123"]),
    cell("patents.csv", 2, "country", "EP"),
    cell("patents.csv", 3, "granted", "2016-02-30"),
    cell("patents.csv", 2, "owner", "M7", "unknown_owner"),
    cell("patents.csv", 2, "owner", ""),
    cell("patents.csv", 2, "publication", ""),
    cell("licences.csv", 2, "standing", "Standard"),
    cell("licences.csv", 2, "standing", ""),
    cell("licences.csv", 2, "signed", "2020-00-10"),
    cell("licences.csv", 2, "licensee", ""),
    cell("licences.csv", 3, "licence_id", "L1", "duplicate_id"),
    cell("licence_changes.csv", 2, "from", "2025-02-01"),
    cell("licence_changes.csv", 2, "licence_id", "L3", "unknown_licence"),
    *(cell("charges.csv", 2, "amount", value) for value in ["0", "-5", "1e3", "five"]),
    cell("charges.csv", 2, "currency", "EURO"),
    cell("bilaterals.csv", 2, "member_id", "M9", "unknown_owner"),
    cell("bilaterals.csv", 2, "ends", "2025-06-31"),
    *(cell("fx.csv", 2, "rate", value) for value in ["0", "-7.1", "7,1884", "7.1234567890123", ""]),
    cell("fx.csv", 2, "currency", "CNY"),
    cell("fx.csv", 3, "month", "2025-01", "duplicate_id"),
    *(
        without_column(file, column)
        for file, column in [
            ("members.csv", "member_id"),
            ("members.csv", "segment"),
            ("patents.csv", "owner"),
            ("patents.csv", "country"),
            ("licences.csv", "standing"),
            ("licences.csv", "licensee"),
            ("sales.csv", "units"),
            ("sales.csv", "currency"),
            ("fx.csv", "rate"),
            ("charges.csv", "kind"),
        ]
    ),
    *(without_file(file) for file in ["members.csv", "patents.csv", "licences.csv", "sales.csv", "programme.toml"]),
    line_added("sales.csv", "L1,2025-01,tv,CN,CN,1", "", "bad_value", "6"),
    line_added("sales.csv", "L1,2025-01,tv,CN,CN,1,1,000,CNY", "", "bad_value", "9"),
    line_added("members.csv", "M3", "", "bad_value", "1"),
    line_added("sales.csv", "L1,2025-01,game,CN,CN,1,5,CNY", "product", "no_rate", "game"),
    line_added("sales.csv", "L2,2025-01,tv,CN,CN,1,5,CNY", "month", "outside_licence", "2025-01"),
    line_added("sales.csv", "L1,2025-03,tv,CN,CN,-1,5,CNY", "units", "negative_total", "-1"),
    line_added("sales.csv", "L1,2025-03,tv,CN,CN,1,-0.50,CNY", "net_amount", "negative_total", "-0.5"),
    line_added("sales.csv", "L1,2025-03,tv,CN,CN,1,5,EUR", "currency", "no_fx", "EUR"),
    line_added("patents.csv", "CN1,F9,M1,CN,2015-01-01,,,,A,*,", "publication", "duplicate_id", "CN1"),
    line_added("licence_changes.csv", "L1,2025-02,,,b", "licence_id", "duplicate_id", "L1"),
    terms("unknown-key", "[programme]\n", '[programme]\nperiode = "2025"\n', "programme.periode"),
    terms("unknown-table", "[allocation]", '[rate]\nid = "x"\n[allocation]', "rate"),
    terms("unknown-rate-key", 'percent = "2"', 'percent = "2"\nflor = "1"', "rates[0].flor"),
    terms("two-forms", 'percent = "2"', 'percent = "2"\nper_unit = "1"', "rates[0]"),
    terms("no-form", 'percent = "2"\n', "", "rates[0]"),
    terms("reset-of-percent", 'percent = "2"', 'percent = "2"\nreset = "never"', "rates[0].reset"),
    terms("float", 'percent = "2"', "percent = 2.5", "rates[0].percent"),
    terms("negative", 'per_unit = "0.20"', 'per_unit = "-0.20"', "rates[1].per_unit"),
    terms("too-fine", 'per_unit = "0.20"', 'per_unit = "0.1234567890123"', "rates[1].per_unit"),
    terms("comma", 'per_unit = "0.20"', 'per_unit = "0,20"', "rates[1].per_unit"),
    terms("country", 'products = ["tv"]', 'sold_in = ["EP"]', "rates[0].sold_in"),
    terms("currency", 'currency = "USD"', 'currency = "XYZ"', "rates[1].currency"),
    terms("period", "2025Q1", "2025Q5", "programme.period"),
    terms("fee", 'admin_fee_percent = "10"', 'admin_fee_percent = "101"', "programme.admin_fee_percent"),
    terms("node", 'by = "patents"', 'by = "patent"', "allocation.by"),
    terms("reach-territory", 'territory = "any"', 'count = "reach"', "allocation.reach"),
    terms("no-allocation", '[allocation]\nby = "patents"\nterritory = "any"\n', "", "allocation"),
    terms("reversed", 'products = ["tv"]', 'from = "2025-05"\nto = "2025-04"', "rates[0].to"),
    terms(
        "falling-bands",
        'per_unit = "0.20"',
        'bands = [{ above = 0, per_unit = "1" }, { above = 0, per_unit = "2" }]',
        "rates[1].bands[1].above",
    ),
    terms(
        "unknown-member",
        'by = "patents"\nterritory = "any"',
        'by = "points"\npoints = { M1 = "1", M8 = "1" }',
        "allocation.points.M8",
    ),
]


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every spoiled bundle, closed by one command: each stands alone, so each must be told its own faults."""
    folder = tmp_path_factory.mktemp("spoiled")
    bundles = []
    for number, case in enumerate(SPOILED):
        bundles.append(small_bundle(folder / "bundles" / f"{number:03d}"))
        case.change(bundles[-1])
    completed = lianchi("close", *bundles, "--out", folder / "out")
    assert completed.returncode == 2, completed.stderr
    assert "Traceback" not in completed.stderr
    (folder / "printed").write_text(completed.stdout + completed.stderr, encoding="utf-8")
    return folder


def test_the_small_bundle_is_sound(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    assert oracle_close(bundle).rejected == []
    completed = lianchi("close", bundle, "--out", tmp_path / "out")
    assert completed.returncode == 0, completed.stderr
    assert not (tmp_path / "out" / "rejected.csv").exists()


@pytest.mark.parametrize("number", [pytest.param(n, id=case.name) for n, case in enumerate(SPOILED)])
def test_a_fault_is_named_by_file_line_column_and_value(spoiled: Path, number: int) -> None:
    case = SPOILED[number]
    rejects = rejects_in(spoiled / "out" / f"{number:03d}")
    places = [(reject.file, reject.line, reject.column, reject.code) for reject in rejects]
    assert (case.file, case.line, case.column, case.code) in places
    if case.code != "bad_terms":
        assert case.value in [reject.value for reject in rejects]
        assert rejects == oracle_close(spoiled / "bundles" / f"{number:03d}").rejected


def test_faults_are_counted_by_code_on_the_terminal(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    for case in SPOILED[:2]:
        case.change(bundle)
    edit("sales.csv", "L2,2025-03", "L7,2025-03")(bundle)
    completed = lianchi("close", bundle, "--out", tmp_path / "out")
    said = completed.stdout + completed.stderr
    assert completed.returncode == 2
    assert "bad_value" in said
    assert "unknown_licence" in said
    assert "rejected.csv" in said


# -- files that are not what they should be


def overwrite(file: str, content: bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return change


def sales_as_parquet(**types: Any) -> Change:
    """Move the sales into Parquet, with some columns of types that are not accepted (None: left out)."""

    def change(folder: Path) -> None:
        (folder / "sales.csv").unlink()
        (folder / "sales").mkdir()
        columns: dict[str, Any] = {
            "licence_id": pa.array(["L1"]),
            "month": pa.array(["2025-01"]),
            "product": pa.array(["tv"]),
            "made_in": pa.array(["CN"]),
            "sold_in": pa.array(["CN"]),
            "units": pa.array([5]),
            "net_amount": pa.array([Decimal("10.50")]),
            "currency": pa.array(["CNY"]),
        }
        columns |= types
        table = pa.table({name: values for name, values in columns.items() if values is not None})
        pq.write_table(table, folder / "sales" / "x.parquet")

    return change


def both_kinds_of_sales(folder: Path) -> None:
    (folder / "sales").mkdir()
    shutil.copy(folder / "sales.csv", folder / "sales" / "more.csv")


def nobody_to_pay(folder: Path) -> None:
    edit("programme.toml", 'by = "patents"\nterritory = "any"', 'by = "member"\nid = "M2"')(folder)
    edit("members.csv", "midstream,no", "midstream,maybe")(folder)


def corrupt_parquet(content: bytes) -> Change:
    def change(folder: Path) -> None:
        sales_as_parquet()(folder)
        whole = (folder / "sales" / "x.parquet").read_bytes()
        (folder / "sales" / "x.parquet").write_bytes(content or whole[: len(whole) // 2])

    return change


HEADER = b"licence_id,month,product,made_in,sold_in,units,net_amount,currency\n"
LINE = b"L1,2025-01,tv,CN,CN,1,5,CNY\n"

BROKEN = {
    "nul": (overwrite("sales.csv", HEADER + LINE + b"L1,2025-01,t\0v,CN,CN,1,5,CNY\n"), "sales.csv", 3, ""),
    "huge-cell": (
        overwrite("sales.csv", HEADER + LINE + b"L1,2025-01," + b"x" * 50_000_000 + b",CN,CN,1,5,CNY\n"),
        "sales.csv",
        3,
        "",
    ),
    "open-quote": (overwrite("sales.csv", HEADER + LINE + b'L1,2025-01,"tv,CN,CN,1,5,CNY\n'), "sales.csv", 3, ""),
    "undecodable": (overwrite("members.csv", b"member_id,segment\nM1,\xff\xfe\xff\n"), "members.csv", 0, ""),
    "empty-sales": (overwrite("sales.csv", b""), "sales.csv", 1, "licence_id"),
    "empty-members": (overwrite("members.csv", b""), "members.csv", 1, "member_id"),
    "empty-terms": (overwrite("programme.toml", b""), "programme.toml", 0, "programme"),
    "terms-that-are-no-toml": (overwrite("programme.toml", b'[programme]\nid = "x\n'), "programme.toml", 2, ""),
    "both-kinds-of-sales": (both_kinds_of_sales, "sales.csv", 0, ""),
    "parquet-cut-off": (corrupt_parquet(b""), "sales/x.parquet", 0, ""),
    "parquet-that-is-text": (corrupt_parquet(HEADER + LINE), "sales/x.parquet", 0, ""),
    "parquet-with-float-units": (sales_as_parquet(units=pa.array([5.0])), "sales/x.parquet", 0, "units"),
    "parquet-with-text-units": (sales_as_parquet(units=pa.array(["5"])), "sales/x.parquet", 0, "units"),
    "parquet-with-float-amounts": (sales_as_parquet(net_amount=pa.array([1.5])), "sales/x.parquet", 0, "net_amount"),
    "parquet-with-whole-products": (sales_as_parquet(product=pa.array([7])), "sales/x.parquet", 0, "product"),
    "a-bad-row-of-the-member-whom-the-tree-pays": (nobody_to_pay, "members.csv", 3, "held"),
    "parquet-without-units": (sales_as_parquet(units=None), "sales/x.parquet", 1, "units"),
}


@pytest.fixture(scope="module", params=[False, True], ids=["", "skip-rejected"])
def broken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every bundle with a broken file, closed by one command, without and with --skip-rejected."""
    folder = tmp_path_factory.mktemp("broken")
    bundles = []
    for name, (change, _, _, _) in BROKEN.items():
        bundles.append(small_bundle(folder / "bundles" / name))
        change(bundles[-1])
    options = ["--skip-rejected"] if request.param else []
    completed = lianchi("close", *bundles, "--out", folder / "out", *options)
    assert completed.returncode == 2, completed.stderr
    assert "Traceback" not in completed.stderr
    assert len(completed.stderr) + len(completed.stdout) < 1_000 * len(BROKEN)
    assert sorted(path.name for path in folder.iterdir()) == ["bundles", "out"]
    return folder


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_not_what_it_should_be_stops_the_close(broken: Path, name: str) -> None:
    _, file, line, column = BROKEN[name]
    rejects = rejects_in(broken / "out" / name)
    assert (file, line, column) in [(reject.file, reject.line, reject.column) for reject in rejects]
    assert all(len(reject.value) < 500 for reject in rejects)


def test_gb18030_text_is_read_and_said_to_be(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    text = "member_id,name,segment\nM1,第一公司,upstream\nM2,第二公司,下游\n"
    (bundle / "members.csv").write_bytes(text.encode("gb18030"))
    completed = lianchi("close", bundle, "--out", tmp_path / "out")
    assert completed.returncode == 0
    assert "GB18030" in completed.stdout + completed.stderr
    assert "members.csv" in completed.stdout + completed.stderr


def test_text_in_no_known_encoding_says_which_were_tried(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    (bundle / "members.csv").write_bytes(b"member_id,segment\nM1,\xff\xfe\xff\n")
    lianchi("close", bundle, "--out", tmp_path / "out")
    message = (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8")
    assert "UTF-8" in message
    assert "GB18030" in message


# -- places that cannot be read or written


@pytest.mark.parametrize("kind", ["nothing", "a file"])
def test_what_is_no_folder_is_no_bundle(kind: str, tmp_path: Path) -> None:
    bundle = tmp_path / "no-bundle"
    if kind == "a file":
        bundle.write_text("hello", encoding="utf-8")
    completed = lianchi("close", bundle, "--out", tmp_path / "out")
    assert completed.returncode == 1
    assert "no-bundle" in completed.stderr
    assert "Traceback" not in completed.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_without_any_of_the_files_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.txt").write_text("meow", encoding="utf-8")
    completed = lianchi("close", tmp_path / "photos", "--out", tmp_path / "out")
    assert completed.returncode == 1
    assert "photos" in completed.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        completed = lianchi("close", bundle, "--out", out)
        assert completed.returncode == 1
        assert str(tmp_path / "file") in completed.stderr
        assert "Traceback" not in completed.stderr
    assert tree(tmp_path).keys() == {"file", *(f"small/{name}" for name in tree(bundle))}


def test_an_output_without_room_leaves_the_earlier_close_untouched(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    assert lianchi("close", bundle, "--out", tmp_path / "out").returncode == 0
    before = tree(tmp_path)

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    completed = lianchi_apart("close", bundle, "--out", tmp_path / "out", limit=no_room)
    assert completed.returncode == 1
    assert "Traceback" not in completed.stderr
    assert completed.stderr.strip()
    assert tree(tmp_path) == before


def test_an_output_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    try:
        (closed / "probe").touch()
    except PermissionError:
        completed = lianchi("close", bundle, "--out", closed / "out")
        assert completed.returncode == 1
        assert "closed" in completed.stderr
        assert "Traceback" not in completed.stderr
        assert list(closed.iterdir()) == []
    else:
        pytest.skip("this user may write anywhere")


def test_a_wrong_command_line_is_no_rejected_input(tmp_path: Path) -> None:
    completed: subprocess.CompletedProcess[str] = lianchi("close", small_bundle(tmp_path / "small"))
    assert completed.returncode == 1
    assert "--out" in completed.stderr


def test_every_code_of_the_reference_is_tried() -> None:
    codes = {case.code for case in SPOILED}
    assert codes == {
        *("missing_file", "missing_column", "bad_value", "unknown_licence", "unknown_owner", "duplicate_id"),
        *("no_rate", "no_fx", "outside_licence", "negative_total", "bad_terms"),
    }
