"""The unified social credit code of an organisation in China (GB 32100-2015)."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters a code is made of: no I, O, S, V or Z."""

_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))


def normalise_uscc(text: str) -> str:
    """Return a code in capitals without surrounding or inner blanks."""
    return "".join(text.split()).upper()


def uscc_check_character(first_seventeen: str) -> str:
    """Compute the check character that follows the first seventeen characters of a code."""
    total = sum(weight * ALPHABET.index(character) for weight, character in zip(_WEIGHTS, first_seventeen, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid_uscc(code: str) -> bool:
    """Say whether a normalised code has the form and the check character of the standard.

    The first character may be a letter (A military, N rural collective, Y other), the administrative
    division is six digits, and the organisation code carries a check of its own that old codes do not always keep.
    """
    if len(code) != 18 or any(character not in ALPHABET for character in code):
        return False
    if not (code[2:8].isascii() and code[2:8].isdigit()):
        return False
    return uscc_check_character(code[:17]) == code[17]
