"""What EPO's services tell of how busy they are is read, and what is not understood counts as nothing said."""

import pytest

from pools.patents.lookups.throttling import read_throttling, read_used, read_wait

TOLD = "busy (images=green:100, inpadoc=yellow:45, other=green:1000, retrieval=red:50, search=black:0)"


def test_the_distance_between_calls_follows_colour_and_limit() -> None:
    told = read_throttling(TOLD)
    assert told.system == "busy"
    assert told.services["retrieval"] == ("red", 50)
    assert [told.spacing(service) for service in ("images", "inpadoc", "retrieval", "search", "unheard of")] == [
        60 / 100,
        2 * 60 / 45,
        4 * 60 / 50,
        None,
        0.0,
    ]


@pytest.mark.parametrize("colour", ["green", "yellow", "red", "black"])
def test_no_calls_in_a_minute_are_none_whatever_the_colour(colour: str) -> None:
    assert read_throttling(f"busy (inpadoc={colour}:0)").spacing("inpadoc") is None


@pytest.mark.parametrize("header", ["", "idle", "purple (inpadoc=green:x)", "busy (inpadoc=blue:45)"])
def test_other_words_ask_for_no_distance(header: str) -> None:
    assert read_throttling(header).spacing("inpadoc") == 0.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("999", 999.0),
        ("60000", 60.0),
        ("9" * 15, 604_800.0),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
    ],
)
def test_a_wait_is_in_seconds_or_in_thousandths_of_them(header: str, seconds: float | None) -> None:
    assert read_wait(header) == seconds


def test_bytes_used_are_whole_numbers() -> None:
    assert (read_used(" 900006 "), read_used("much")) == (900006, None)
