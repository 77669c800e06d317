"""The demonstration's numbers carry the check digits of their offices, tested by formulas written apart from it."""

from collections import Counter
from itertools import groupby, pairwise

import pytest

from platform_site.demo.names import FOUNDED_ON, MEMBERS, every_firm
from platform_site.demo.numbers import cn_check_digit, luhn_check_digit, organisation_code, social_credit_code
from platform_site.demo.patents import Right, families

RIGHTS = [right for family in families() for right in family.rights]


# Published numbers, whose check digits their offices worked out.
@pytest.mark.parametrize(
    "number",
    ["201710117081.7", "201610311380.X", "202310397744.0", "201580063671.5", "201820557176.0", "201310199708.X"],
)
def test_check_digits_of_published_chinese_applications_come_out(number: str) -> None:
    digits, check = number.split(".")
    assert cn_check_digit(digits) == check


@pytest.mark.parametrize("number", ["16849316.1", "00957359.3", "01902442.1", "98660050.0"])
def test_check_digits_of_published_european_applications_come_out(number: str) -> None:
    digits, check = number.split(".")
    assert luhn_check_digit(digits) == check


@pytest.mark.parametrize(
    "code", ["91110000600037341L", "91110108551385082Q", "9144030071526726XG", "91110000802100433B"]
)
def test_known_social_credit_codes_come_out_with_both_their_checks(code: str) -> None:
    assert social_credit_code(code[:2], code[2:8], code[8:16]) == code
    assert organisation_code(code[8:16]) == code[8:17]


def test_every_chinese_application_has_its_check_digit() -> None:
    chinese = [right for right in RIGHTS if right.office == "CN"]
    assert len(chinese) == 120
    for right in chinese:
        digits, check = right.numbers.application.split(".")
        weighted = sum((2 + place % 8) * int(digit) for place, digit in enumerate(digits))
        assert weighted % 11 == (10 if check == "X" else int(check)), right.numbers.application


def test_only_granted_chinese_patents_are_written_with_zl() -> None:
    for right in RIGHTS:
        expected = f"ZL{right.numbers.application}" if right.office == "CN" and right.granted_on else ""
        assert right.numbers.patent_number == expected


def test_the_year_and_kind_in_a_chinese_number_are_those_of_the_application() -> None:
    for right in RIGHTS:
        if right.office == "CN":
            assert right.numbers.application[:4] == str(right.filed_on.year)
            assert int(right.numbers.application[4]) == right.kind
            assert right.numbers.publication[2] == ("2" if right.kind == 2 else "1")
            expected = "U" if right.kind == 2 else "A" if right.granted_on is None else "B"
            if right.granted_on is not None and right.granted_on.isoformat() < "2010-04-07":
                expected = "C"
            assert right.numbers.publication[-1] == expected


def test_every_european_application_passes_luhn() -> None:
    doubled = {str(digit): sum(map(int, str(2 * digit))) for digit in range(10)}
    european = [right for right in RIGHTS if right.office == "EP"]
    assert european
    for right in european:
        number = right.numbers.application.replace(".", "")
        assert len(number) == 9
        total = sum(map(int, number[::-2])) + sum(doubled[digit] for digit in number[-2::-2])
        assert total % 10 == 0, right.numbers.application


def test_every_chinese_organisation_has_a_valid_social_credit_code_of_its_kind() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    codes = [(firm.name_zh, firm.credit_code) for firm in every_firm() if firm.country == "CN"]
    assert len({code for _, code in codes}) == len(codes)
    for name, code in codes:
        assert len(code) == 18
        # Horner's way from the right: the check character makes the weighted sum a multiple of 31.
        total = 0
        for character in reversed(code[:17]):
            total = 3 * total + alphabet.index(character)
        assert (total + alphabet.index(code[17])) % 31 == 0, name
        values = [int(character, 36) for character in code[8:16]]
        rest = sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        assert code[16] == {0: "0", 1: "X"}.get(rest, str(11 - rest)), name
    assert all(firm.credit_code == "" for firm in every_firm() if firm.country != "CN")
    kinds = {code[:2] for name, code in codes if name.endswith("公司")}
    assert kinds == {"91"}
    assert {code[:2] for name, code in codes if name.endswith("促进会")} == {"51"}


def test_no_number_is_used_twice() -> None:
    assert max(Counter((right.numbers.publication, right.country) for right in RIGHTS).values()) == 1
    for office in {right.office for right in RIGHTS}:
        files = {(right.family, right.numbers.application) for right in RIGHTS if right.office == office}
        assert len({application for _, application in files}) == len(files)


def test_publication_numbers_of_an_office_grow_with_the_day_of_grant() -> None:
    def year(right: Right) -> int:
        assert right.granted_on is not None
        return right.granted_on.year

    for office in ("US", "EP", "JP", "KR"):
        granted = sorted((right for right in RIGHTS if right.office == office and right.granted_on), key=year)
        spans = [
            (min(numbers), max(numbers))
            for _, group in groupby(granted, key=year)
            for numbers in [[int("".join(filter(str.isdigit, right.numbers.publication[:-1]))) for right in group]]
        ]
        assert all(earlier[1] < later[0] for earlier, later in pairwise(spans)), office


def test_the_members_stand_at_every_stage_of_the_industry() -> None:
    segments = Counter(member.segment for member in MEMBERS)
    assert segments == {"upstream": 2, "midstream": 2, "downstream": 3, "research": 1}
    assert sum(member.joined == FOUNDED_ON for member in MEMBERS) == 7
