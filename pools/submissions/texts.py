"""What texts of several lines have to be."""

from typing import Final

from platform_core.checks import Checks

LONGEST: Final = 50_000
"""Characters of a text that is kept; a longer one is a document."""


def check_long_text(checks: Checks, field: str, value: str) -> None:
    """Note a text that is too long, or is no plain text; it may have several lines."""
    if len(value) > LONGEST:
        checks.wrong(field, "too_long", f"At most {LONGEST:,} characters are kept: attach a document.")
    if "\x00" in value:
        checks.wrong(field, "control_character", "This must be plain text.")
