"""The unified social credit code (GB 32100)."""

import pytest

from platform_core.identity.uscc import ALPHABET, is_valid_uscc, normalise_uscc, uscc_check_character

REAL = [
    "91110000600037341L",
    "91110108551385082Q",
    "9144030071526726XG",
    "914403001922038216",
    "91110000802100433B",
    # The check is zero here, where an implementation that takes 31 for an index breaks.
    "911522010783762860",
]


@pytest.mark.parametrize("code", REAL)
def test_published_codes_are_valid(code: str) -> None:
    assert is_valid_uscc(code)


@pytest.mark.parametrize("code", REAL)
def test_every_single_typing_mistake_is_found(code: str) -> None:
    for place in range(18):
        for other in ALPHABET:
            if other != code[place]:
                assert not is_valid_uscc(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("first", ["A1", "N1", "N2", "Y1", "51", "12"])
def test_codes_that_begin_with_a_letter_are_as_good_as_others(first: str) -> None:
    body = f"{first}110000MC0012345"[:17]
    assert is_valid_uscc(body + uscc_check_character(body))


@pytest.mark.parametrize(
    "code",
    ["", "9111000060003734", "91110000600037341LL", "91110000600037341I", "9111000060003734１L", "9A110000600037341L"],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    assert not is_valid_uscc(code)


def test_the_division_is_six_digits_even_when_the_check_fits() -> None:
    body = "91A10000600037341"[:17]
    assert not is_valid_uscc(body + uscc_check_character(body))


def test_blanks_and_small_letters_are_put_right() -> None:
    assert normalise_uscc(" 9111 0000 6000 3734 1l ") == "91110000600037341L"
