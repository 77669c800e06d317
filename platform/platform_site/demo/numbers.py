"""Numbers of the right shape for patents and organisations, with the check digits their offices prescribe.

Serials lie in ranges that no office has reached, so that the demonstration never names a real patent or a real firm.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

# ZC 0006-2003: one weight per digit of the year, the kind and the serial.
_CN_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

# GB 11714: weights of the eight characters of the organisation code inside a social credit code.
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

# Publication numbers grow with the day; every office has its own start and its own pace.
_EPOCH: Final = date(2005, 1, 1)

# Until then a granted Chinese invention was published with the letter C and a utility model with Y.
CN_NEW_KIND_CODES_ON: Final = date(2010, 4, 7)

INVENTION: Final = 1
UTILITY_MODEL: Final = 2
PCT_INVENTION: Final = 8


@dataclass(frozen=True, slots=True)
class Numbers:
    """The application number, the publication number and, for a granted Chinese right, the patent number."""

    application: str
    publication: str
    patent_number: str = ""


def cn_check_digit(digits: str) -> str:
    """Return the check digit of a twelve-digit Chinese application number (ZC 0006-2003): weighted sum modulo 11."""
    if len(digits) != len(_CN_WEIGHTS) or not digits.isdecimal():
        raise ValueError(f"a Chinese application number has twelve digits before the dot, not {digits!r}")
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, _CN_WEIGHTS, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)


def luhn_check_digit(digits: str) -> str:
    """Return the check digit that European application numbers carry (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def organisation_code(body: str) -> str:
    """Complete eight characters to an organisation code (GB 11714)."""
    values = [int(character, 36) for character in body]
    rest = 11 - sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return body + {10: "X", 11: "0"}.get(rest, str(rest))


def social_credit_code(registrar: str, region: str, body: str) -> str:
    """Build a unified social credit code (GB 32100).

    `registrar` is the authority and kind (91 company, 51 association, 12 public institution), `region` the six digits
    of the district, `body` the first eight characters of the organisation code.
    """
    head = registrar + region + organisation_code(body)
    total = sum(_USCC_ALPHABET.index(character) * weight for character, weight in zip(head, _USCC_WEIGHTS, strict=True))
    return head + _USCC_ALPHABET[-total % 31]


def cn_numbers(*, filed: date, published: date, granted: date | None, kind: int, place: int, draw: int) -> Numbers:
    """Number a Chinese application, and its patent once it is granted: only then does the number carry ZL.

    `place` (below 120) keeps applications of one day apart; `draw` spreads the numbers.
    """
    digits = f"{filed.year}{kind}{3_000_000 + _since(filed) * 250 + place + draw % 2 * 120:07d}"
    application = f"{digits}.{cn_check_digit(digits)}"
    serial = f"{50_000_000 + _since(published) * 5_000 + place + draw % 40 * 120:08d}"
    if kind == UTILITY_MODEL:
        letter = "U" if granted is None or granted >= CN_NEW_KIND_CODES_ON else "Y"
        publication = f"CN2{serial}{letter}"
    else:
        letter = "A" if granted is None else "B" if granted >= CN_NEW_KIND_CODES_ON else "C"
        publication = f"CN1{serial}{letter}"
    return Numbers(application, publication, f"ZL{application}" if granted is not None else "")


def foreign_numbers(
    office: str, *, filed: date, published: date, granted: date | None, place: int, draw: int
) -> Numbers:
    """Number an application at the office US, EP, JP, KR, DE or IN, and its grant where there is one.

    `place` (below 120) keeps applications of one day apart; `draw` spreads the numbers.
    """
    days = _since(granted or published)
    serial = f"{800_000 + filed.timetuple().tm_yday * 500 + place + draw % 4 * 120}"
    match office:
        case "US":
            application = f"24/{_since(filed) * 120 + place:06d}"
            if granted is None:
                return Numbers(application, f"US{published.year}9{serial}A1")
            return Numbers(application, f"US{14_000_000 + days * 900 + place + draw % 6 * 120}B2")
        case "EP":
            head = f"{filed.year % 100:02d}{serial}"
            number = 6_000_000 + days * 120 + place
            return Numbers(f"{head}.{luhn_check_digit(head)}", f"EP{number}{'A1' if granted is None else 'B1'}")
        case "JP":
            if granted is None:
                return Numbers(f"{filed.year}-{serial}", f"JP{published.year}{serial}A")
            return Numbers(f"{filed.year}-{serial}", f"JP{9_000_000 + days * 120 + place}B2")
        case "KR":
            if granted is None:
                return Numbers(f"10-{filed.year}-0{serial}", f"KR10{published.year}0{serial}A")
            return Numbers(f"10-{filed.year}-0{serial}", f"KR10{6_000_000 + days * 250 + place + draw % 2 * 120}B1")
        case "DE":
            number_of_file = f"10{filed.year}{serial}"
            return Numbers(number_of_file, f"DE{number_of_file}{'A1' if granted is None else 'B4'}")
        case "IN":
            application = f"{filed.year}41{serial}"
            if granted is None:
                return Numbers(application, f"IN{application}A")
            return Numbers(application, f"IN{800_000 + days * 20 + place % 20}B")
        case _:
            raise ValueError(f"no numbering is known for the office {office}")


def _since(day: date) -> int:
    return (day - _EPOCH).days
