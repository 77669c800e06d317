"""Rates of exchange, what amounts come to by them, and the files they are published in: exact cases."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.distribution.exchange.calculation import Crossed, converted, cross_rate
from licensing.distribution.exchange.reading import ReadRate, read_reference_rates
from platform_core.exchange.reading import UnreadableFile

EURO = {("EUR", "USD"): Decimal("1.1684"), ("EUR", "CNY"): Decimal("7.9827"), ("EUR", "JPY"): Decimal("186.75")}

CSV = "Date,USD,JPY,CYP,CNY,\n2026-04-13,1.1684,186.75,N/A,7.9827,\n2026-04-10,1.1711,186.43,N/A,7.9967,\n"
ONE_DAY = "Date, USD, CNY, \n13 April 2026, 1.1684, 7.9827, \n"
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
 <gesmes:subject>Reference rates</gesmes:subject>
 <Cube><Cube time='2026-04-13'><Cube currency='USD' rate='1.1684'/><Cube currency='CNY' rate='7.9827'/></Cube></Cube>
</gesmes:Envelope>"""


@pytest.mark.parametrize(
    ("source", "target", "rate", "made_of"),
    [
        ("EUR", "USD", "1.168400000000", "1 EUR = 1.1684 USD"),
        ("USD", "EUR", "0.855871276960", "1 EUR = 1.1684 USD"),
        # 1.1684 / 7.9827 = 0.146366517594…
        ("CNY", "USD", "0.146366517594", "1 EUR = 7.9827 CNY = 1.1684 USD"),
        ("CNY", "JPY", "23.394340260814", "1 EUR = 7.9827 CNY = 186.75 JPY"),
    ],
)
def test_a_rate_is_as_given_turned_round_or_by_a_third_currency(
    source: str, target: str, rate: str, made_of: str
) -> None:
    assert cross_rate(EURO, source, target) == Crossed(Decimal(rate), made_of)


def test_what_the_rates_do_not_tell_is_not_guessed() -> None:
    assert cross_rate(EURO, "CNY", "GBP") is None
    assert cross_rate({}, "CNY", "USD") is None


@pytest.mark.parametrize(
    ("minor", "rate", "source", "target", "comes_to"),
    [
        (1_620_000, "0.146366517594", "CNY", "USD", 237_114),
        (100, "0.145", "CNY", "USD", 15),
        (100, "0.144999999999", "CNY", "USD", 14),
        # A yen has no cents: 16,200.00 yuan are so many yen.
        (1_620_000, "23.394340260814", "CNY", "JPY", 378_988),
        (378_988, "0.042745381526", "JPY", "CNY", 1_619_999),
    ],
)
def test_an_amount_is_rounded_once_to_the_unit_of_its_currency(
    minor: int, rate: str, source: str, target: str, comes_to: int
) -> None:
    assert converted(minor, Decimal(rate), source=source, target=target) == comes_to


@given(st.integers(1, 10**12), st.decimals("0.000001", "10000", places=6))
def test_nothing_is_lost_but_half_a_unit(minor: int, rate: Decimal) -> None:
    assert abs(Decimal(converted(minor, rate, source="CNY", target="USD")) - minor * rate) <= Decimal("0.5")


def written(folder: Path, text: str) -> Path:
    path = folder / "rates"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_files_of_the_bank_are_read_in_each_form(tmp_path: Path) -> None:
    usd, cny = Decimal("1.1684"), Decimal("7.9827")
    day = date(2026, 4, 13)
    one = [ReadRate(day, "CNY", cny), ReadRate(day, "USD", usd)]
    assert read_reference_rates(written(tmp_path, ONE_DAY)) == one
    assert read_reference_rates(written(tmp_path, XML)) == one
    assert [(row.on.day, row.currency, str(row.rate)) for row in read_reference_rates(written(tmp_path, CSV))] == [
        (10, "CNY", "7.9967"),
        (10, "JPY", "186.43"),
        (10, "USD", "1.1711"),
        (13, "CNY", "7.9827"),
        (13, "JPY", "186.75"),
        (13, "USD", "1.1684"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no CSV"),
        ("Day,USD\n2026-04-13,1.1\n", "no CSV"),
        ("Date,USD\n", "no rates"),
        ("Date,USD\n13.4.2026,1.1\n", "is no day"),
        ("Date,USD\n2026-02-30,1.1\n", "is no day"),
        ("Date,USD\n2026-04-13,0\n", "is no rate"),
        ("Date,USD\n2026-04-13,-1\n", "is no rate"),
        ("Date,USD\n2026-04-13,NaN\n", "is no rate"),
        ("Date,USD\n2026-04-13,1.0000000000001\n", "is no rate"),
        ("Date,EUR\n2026-04-13,1\n", "beside the euro"),
        ("Date,usd\n2026-04-13,1\n", "beside the euro"),
        ("Date,USD\n2026-04-13,1\n2026-04-13,1\n", "twice"),
        ("<a", "no XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "no XML"),
        ("<a/>", "no rates"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read_reference_rates(written(tmp_path, text))


def test_of_a_long_history_the_latest_days_are_taken(tmp_path: Path) -> None:
    first = date(2025, 1, 1).toordinal()
    days = [date.fromordinal(first + place).isoformat() for place in range(300)]
    read = read_reference_rates(written(tmp_path, "Date,USD\n" + "".join(f"{day},1.1\n" for day in days)))
    assert (len(read), read[0].on.isoformat(), read[-1].on.isoformat()) == (120, days[180], days[-1])
