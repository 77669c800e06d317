"""What is typed into the search box, read as a number or a name."""

import pytest

from platform_core.search.asked import asked


@pytest.mark.parametrize(
    ("text", "office", "digits"),
    [
        ("CN 109876543 B", "CN", "109876543"),
        ("cn-109876543", "CN", "109876543"),
        ("ZL 2010 1 0123456.7", "CN", "2010101234567"),
        ("201010123456", "", "201010123456"),
        ("EP 0 123 456 B1", "EP", "1234561"),
        ("WO 2019/123456", "WO", "2019123456"),
        ("10,123,456", "", "10123456"),
        ("UHD-TV", "", ""),
        ("CN", "CN", ""),
        ("video codec 2019", "", ""),
        ("123", "", ""),
    ],
)
def test_a_number_is_read_in_any_form(text: str, office: str, digits: str) -> None:
    found = asked(text)
    assert found is not None
    assert (found.office, found.digits) == (office, digits)


def test_names_are_read_two_letters_at_a_time_and_too_little_is_no_search() -> None:
    found = asked("江汉 视频")
    assert found is not None
    assert found.grams == sorted(["江汉", "汉视", "视频"])
    assert asked(" a ") is None
    assert asked("\x00") is None
