"""Patent numbers are read in every form they are met in, and no mistake in one goes unseen."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.patents.numbers import Check, PatentNumber, Stage, kind_meanings, read_number
from pools.patents.numbers.chinese import check_digit
from pools.patents.numbers.european import check_digit as luhn_digit

TABLE = tomllib.loads(Path(__file__).with_name("numbers.toml").read_text(encoding="utf-8"))

FORMS = ("canonical", "docdb", "epodoc", "printed")


@pytest.mark.parametrize("row", TABLE["number"], ids=lambda row: row["given"])
def test_a_number_is_what_the_table_says_in_all_its_forms(row: dict[str, Any]) -> None:
    number = read_number(row["given"], office=row.get("as_office", ""))

    told = {name: getattr(number, name) for name in row if name not in ("given", "same", "as_office", "office")}
    assert told == {name: row[name] for name in told}
    assert number.office == row.get("as_office", row["office"])
    assert number.flaws == ()
    for other in row.get("same", ()):
        assert read_number(other).key == number.key, other


@pytest.mark.parametrize("row", TABLE["wrong"], ids=lambda row: row["given"])
def test_a_mistake_is_told_with_what_is_right(row: dict[str, Any]) -> None:
    number = read_number(row["given"])

    assert not number.is_valid
    assert row["flaw"] in {flaw.code for flaw in number.flaws}
    if "expected" in row:
        [flaw] = [flaw for flaw in number.flaws if flaw.code == row["flaw"]]
        assert flaw.values["expected"] == row["expected"]
        assert number.check is Check.WRONG


@pytest.mark.parametrize("row", TABLE["number"], ids=lambda row: row["given"])
def test_each_form_is_read_as_the_same_number_again(row: dict[str, Any]) -> None:
    number = read_number(row["given"], office=row.get("as_office", ""))

    for form in FORMS:
        written = getattr(number, form)
        # A form may be impossible (the year of an American application), or leave out what tells its stage.
        if written:
            again = read_number(written, office=number.office, stage=number.stage)
            assert again.key == number.key, (form, written)


def test_a_wrong_check_digit_is_kept_as_written_beside_the_right_one() -> None:
    number = read_number("202111135737.X")

    assert (number.canonical, number.check_digit) == ("CN202111135737.X", "0")


def test_a_right_is_marked_as_granted_only_once_it_is() -> None:
    assert read_number("ZL201310199708.X", is_granted=True).is_valid
    assert read_number("ZL201310199708.X").is_marked_granted
    [flaw] = read_number("ZL201310199708.X", is_granted=False).flaws
    assert flaw.code == "not_granted"


def test_what_can_be_two_things_says_so_and_is_decided_by_its_column() -> None:
    assert read_number("KR 20030095224 A").could_be == (Stage.APPLICATION,)

    application = read_number("KR 20030095224 A", stage=Stage.APPLICATION)
    assert (application.stage, application.canonical, application.could_be) == (
        Stage.APPLICATION,
        "KR10-2003-0095224",
        (),
    )


@pytest.mark.parametrize(
    ("kind", "on", "document"),
    [
        ("C", date(2010, 4, 6), "grant"),
        ("C", date(2010, 4, 7), "partial_invalidation"),
        ("Y", date(2010, 4, 6), "grant"),
        ("Y2", date(2010, 4, 7), "partial_invalidation"),
        ("B", date(2010, 4, 7), "grant"),
        ("B", date(1990, 1, 1), "examined_application"),
        ("S", date(2020, 1, 1), "grant"),
        ("S3", date(2020, 1, 1), "partial_invalidation"),
    ],
)
def test_a_kind_code_is_read_by_its_day(kind: str, on: date, document: str) -> None:
    [meaning] = kind_meanings("CN", kind, on=on)

    assert meaning.document == document


def test_without_its_day_a_kind_code_that_changed_means_both() -> None:
    assert {meaning.document for meaning in kind_meanings("CN", "C")} == {"grant", "partial_invalidation"}


digits_of_applications = st.builds(
    "{:04}{}{:07}".format,
    st.integers(2004, 2030),
    st.sampled_from("12389"),
    st.integers(0, 9_999_999),
)


@given(digits_of_applications, st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_of_a_chinese_application_is_always_seen(digits: str, at: int, off: int) -> None:
    mistyped = f"{digits[:at]}{(int(digits[at]) + off) % 10}{digits[at + 1 :]}"

    assert read_number(f"{digits}.{check_digit(digits)}").is_valid
    assert not read_number(f"{mistyped}.{check_digit(digits)}").is_valid


@given(digits_of_applications)
def test_all_ways_to_write_a_chinese_application_are_one(digits: str) -> None:
    check = check_digit(digits)
    forms = [
        f"{digits}.{check}",
        f"CN{digits}{check}",
        f"ZL {digits[:4]} {digits[4]} {digits[5:]}.{check}",
        f"cn{digits}.{check.lower()}a" if digits[4] in "18" else f"cn{digits}.{check.lower()}",
        f"CN {digits}",
    ]

    assert {read_number(form).canonical for form in forms} == {f"CN{digits}.{check}"}


@given(st.integers(78, 99) | st.integers(0, 30), st.integers(0, 999_999), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_of_a_european_application_is_always_seen(year: int, serial: int, at: int, off: int) -> None:
    digits = f"{year:02}{serial:06}"
    mistyped = f"{digits[:at]}{(int(digits[at]) + off) % 10}{digits[at + 1 :]}"

    assert read_number(f"EP{digits}.{luhn_digit(digits)}").check is Check.OK
    assert read_number(f"EP{mistyped}.{luhn_digit(digits)}").check is Check.WRONG


@given(st.text(max_size=80) | st.from_regex(r"[A-Z]{0,3}[ /.-]?[0-9A-Z /.-]{0,20}", fullmatch=True))
def test_whatever_is_given_is_answered(text: str) -> None:
    number = read_number(text)

    assert isinstance(number, PatentNumber)
    assert number.is_valid == (not number.flaws)
    assert number.canonical or number.flaws
