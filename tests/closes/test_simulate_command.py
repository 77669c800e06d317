"""`lianchi simulate` works terms out beside others, with a bundle's sales or with any, and says what it made up."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.closes.command import PROGRAMME, edit, lianchi, lianchi_apart, printed, small_bundle, tree

DEARER = PROGRAMME.replace('percent = "2"', 'percent = "3"').replace('"10"', '"20"')
FLAT = """
[programme]
currency = "CNY"
[[rates]]
id = "unit"
per_unit = "0.50"
[[caps]]
id = "most"
per_year = "100"
[allocation]
by = "points"
points = { A = "3", B = "1" }
"""
SALES = (
    "licence_id,month,product,made_in,sold_in,units,net_amount,currency\n"
    "甲,2025-01,tv,CN,CN,100,,CNY\n"
    "甲,2025-05,tv,CN,US,300,,CNY\n"
    "乙,2025-02,phone,VN,US,20,,CNY\n"
)


def terms(folder: Path, text: str, name: str = "draft.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def payees(results: Path) -> dict[str, int]:
    with (results / "payees.csv").open(encoding="utf-8") as file:
        return {row["payee"]: int(row["amount_minor"]) for row in csv.DictReader(file)}


def test_it_gives_what_a_close_by_these_terms_gives(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "bundle")
    before = tree(bundle)
    found = printed(
        lianchi("simulate", terms(tmp_path, DEARER), bundle, "--against", bundle / "programme.toml", "--json")
    )
    assert tree(bundle) == before

    closes = {}
    for side, text in (("this", DEARER), ("against", PROGRAMME)):
        edited = small_bundle(tmp_path / side)
        (edited / "programme.toml").write_text(text, encoding="utf-8")
        assert lianchi("close", edited, "--out", tmp_path / f"{side}-out").returncode == 0
        closes[side] = payees(tmp_path / f"{side}-out")
    told = {line["payee"]: line["amount_minor"] for line in found["payees"]}
    assert {payee: amounts["this"] for payee, amounts in told.items()} == closes["this"]
    assert {payee: amounts["against"] for payee, amounts in told.items()} == closes["against"]
    assert all(amounts["difference"] == amounts["this"] - amounts["against"] for amounts in told.values())
    assert found["differences"] == [
        "Administration fee: 10 % → 20 %.",
        "Rate “tv”: percentage of net sales: 2 % → 3 %.",
    ]
    television = next(line for line in found["markets"] if (line["licence"], line["product"]) == ("L1", "tv"))
    assert (television["rates"], television["units"]) == (["tv"], 100)
    # 3 and 2 % of 12345.67, with what rounding the invoice took.
    assert television["billed_micros"] == {"this": 37037008857, "against": 24691313060, "difference": 12345695797}


def test_sales_alone_are_enough_and_what_is_made_up_is_said(tmp_path: Path) -> None:
    sales = terms(tmp_path, SALES, "sales.csv")
    done = lianchi("simulate", terms(tmp_path, FLAT), sales, "--period", "2025")
    assert done.returncode == 0
    assert done.stderr == (
        "draft.toml: there is no bundle: 2 licences without dates, each by itself, and 2 members that the allocation "
        "names\n"
    )
    assert done.stdout.splitlines() == [
        "licence  product  made in  sold in  units  rates  draft.toml",
        "乙       phone    VN       US       20     unit    10.00 CNY",
        "甲       tv       CN       CN       100    unit    50.00 CNY",
        "甲       tv       CN       US       300    unit    50.00 CNY",
        "",
        "rate  kind      of which   draft.toml",
        "unit  per_unit  all        210.00 CNY",
        "unit  per_unit  capped    -100.00 CNY",
        "",
        "licence owes  draft.toml",
        "乙             10.00 CNY",
        "甲            100.00 CNY",
        "in all        110.00 CNY",
        "",
        "payee is due  draft.toml",
        "A              82.50 CNY",
        "B              27.50 CNY",
    ]


def test_days_of_terms_may_be_those_of_toml(tmp_path: Path) -> None:
    early = FLAT.replace("per_unit", "signed_to = 2025-06-30\nper_unit")
    done = lianchi("simulate", terms(tmp_path, early), terms(tmp_path, SALES, "sales.csv"), "--period", "2025")
    # Nobody signed, as far as a file of sales tells.
    assert (done.returncode, done.stdout) == (2, "")
    assert "rejected 3 no_rate" in done.stderr


def test_other_terms_stand_beside(tmp_path: Path) -> None:
    sales = terms(tmp_path, SALES, "sales.csv")
    other = terms(tmp_path, FLAT.replace('"100"', '"1000"').replace('id = "unit"', 'id = "each"'), "other.toml")
    done = lianchi("simulate", terms(tmp_path, FLAT), sales, "--against", other, "--period", "2025", "--lang", "zh")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0].startswith("删除费率“each”")
    assert "甲 tv CN US 300 each → unit 50.00 CNY 150.00 CNY -100.00 CNY" in lines
    assert "in all 110.00 CNY 210.00 CNY -100.00 CNY" in lines
    assert "A 82.50 CNY 157.50 CNY -75.00 CNY" in lines


def test_rejected_input_is_shown_and_nothing_is_worked_out(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "bundle")
    edit("sales.csv", "L2,2025-03,tv,CN,DE,50,9000", "L2,2025-03,radio,CN,DE,50,9000")(bundle)
    done = lianchi("simulate", terms(tmp_path, DEARER), bundle)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == "draft.toml: rejected 1 no_rate; nothing was worked out"
    assert done.stderr.splitlines()[1].startswith("  sales.csv 4: no_rate: no rate of the programme is for this")
    assert printed(lianchi("simulate", terms(tmp_path, DEARER), bundle, "--json")) == {
        "worked_out": False,
        "rejected": [{"no_rate": 1}],
    }
    skipped = lianchi("simulate", terms(tmp_path, DEARER), bundle, "--skip-rejected", "--json")
    assert skipped.returncode == 2
    assert printed(skipped)["worked_out"] is True


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("[programme", [], "draft.toml: not valid TOML"),
        ('[programme]\ncurrency = "CNY"\n[allocation]\nby = "shares"\n', ["--period", "2025"], "allocation.by: "),
        (FLAT, [], "name the period to work out with --period"),
        (FLAT, ["--period", "soon"], "name the period to work out with --period"),
        (FLAT.replace('currency = "CNY"', ""), ["--period", "2025"], "name the currency in its [programme] table"),
        (FLAT.replace('"CNY"', '"CNY"\nbasis = "collected"'), ["--period", "2025"], "share out what was received"),
        (FLAT, ["--period", "2025", "--against", "usd.toml"], "usd.toml in USD: not comparable"),
        (FLAT, ["--period", "2025", "--against", "nowhere.toml"], "cannot be read: No such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_said(tmp_path: Path, text: str, more: list[str], said: str) -> None:
    terms(tmp_path, FLAT.replace('"CNY"', '"USD"'), "usd.toml")
    named: list[Any] = [tmp_path / each if each.endswith(".toml") else each for each in more]
    done = lianchi("simulate", terms(tmp_path, text), terms(tmp_path, SALES, "sales.csv"), *named)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


@pytest.mark.parametrize("content", ["month,units\n2025-01,5\n", "", "\0\1"])
def test_a_file_that_is_none_of_sales_is_said_to_be_so(tmp_path: Path, content: str) -> None:
    done = lianchi("simulate", terms(tmp_path, FLAT), terms(tmp_path, content, "s.csv"), "--period", "2025")
    assert (done.returncode, done.stdout) == (1, "")
    assert "has no licence_id to be read" in done.stderr


def test_it_runs_by_itself(tmp_path: Path) -> None:
    done = lianchi_apart("simulate", terms(tmp_path, FLAT), terms(tmp_path, SALES, "sales.csv"), "--period", "2025")
    assert done.returncode == 0, done.stderr
