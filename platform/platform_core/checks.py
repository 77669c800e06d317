"""Checking what a service was given: every mistake is collected, then all are told at once with their places."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import date
from typing import Final

from django.db import IntegrityError, models, transaction

from platform_core.codes import COUNTRIES, CURRENCY_EXPONENTS
from platform_core.problems import FieldError, InvalidInput, Problem

LONGEST_TEXT: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Checks:
    """Collects the mistakes of one input; `refuse` ends it when there are any."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.errors: list[FieldError] = []

    def wrong(self, field: str, code: str, message: str) -> None:
        """Note one mistake of a field."""
        self.errors.append(FieldError(f"{self.prefix}/{field}", code, message))

    def text(self, field: str, value: str, *, needed: bool = True, longest: int = LONGEST_TEXT) -> None:
        """Note a text that is blank, too long, or holds line breaks or other control characters."""
        if needed and not value.strip():
            self.wrong(field, "required", "This must not be blank.")
        elif len(value) > longest:
            self.wrong(field, "too_long", f"This has {len(value)} characters; at most {longest} are kept.")
        elif _CONTROL.search(value):
            self.wrong(field, "control_character", "This must be one line of plain text.")

    def country(self, field: str, value: str) -> None:
        """Note what is not an ISO 3166-1 alpha-2 country."""
        if value not in COUNTRIES:
            self.wrong(field, "unknown_country", f"“{value}” is not an ISO 3166-1 alpha-2 country such as CN or DE.")

    def currency(self, field: str, value: str) -> None:
        """Note what is not an ISO 4217 currency with a minor unit."""
        if value not in CURRENCY_EXPONENTS:
            self.wrong(field, "unknown_currency", f"“{value}” is not an ISO 4217 currency such as CNY or USD.")

    def month(self, field: str, value: date) -> None:
        """Note a day that does not stand for a month."""
        if value.day != 1:
            self.wrong(field, "not_a_month", "A month is named by its first day.")

    def days(self, field: str, first: date | None, end: date | None, *, same_allowed: bool = False) -> None:
        """Note an end that lies before the first day (or on it, unless that is allowed); `field` is the end's."""
        if first is not None and end is not None and (end < first or (end == first and not same_allowed)):
            after = "on or after" if same_allowed else "after"
            self.wrong(field, "ends_before_it_begins", f"This must be {after} {first.isoformat()}.")

    def refuse(self) -> None:
        """Refuse the input when a mistake was noted."""
        if self.errors:
            raise InvalidInput(errors=self.errors)


def checked_text(field: str, text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Return a text that has to be there without the spaces around it. Raises InvalidInput at its field."""
    checks = Checks()
    checks.text(field, text, longest=longest)
    checks.refuse()
    return text.strip()


@contextmanager
def told_as(problems: Mapping[str, Problem]) -> Iterator[None]:
    """Tell the refusal of a database constraint, by its name, as the problem that explains it to people."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if isinstance(name, str) and name in problems:
            # A copy: the same refusal may be raised by two threads at once.
            raise copy(problems[name]) from error
        raise


def apply_edits(record: models.Model, given: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """Set the columns that differ on a record, and return each with its old and new value; nothing is saved."""
    changes: dict[str, tuple[object, object]] = {}
    for column, new in given.items():
        old = getattr(record, column)
        if new != old:
            setattr(record, column, new)
            changes[column] = (old, new)
    return changes
