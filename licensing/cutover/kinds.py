"""Why an old workbook and a close of ours came to different amounts."""

from enum import StrEnum
from typing import Final


class Cause(StrEnum):
    """What a difference comes from, as far as figures of both sides prove it."""

    ONLY_OLD = "only_old"
    ONLY_OURS = "only_ours"
    ROUNDING = "rounding"
    UNITS = "units"
    RATE = "rate"
    WAIVER = "waiver"
    CAP = "cap"
    MINIMUM = "minimum"
    CHARGE = "charge"
    TAX = "tax"
    EXCHANGE = "exchange"
    CREDIT = "credit"
    SHIFT = "shift"
    INVOICES = "invoices"
    """A payee's, which follows from what licences were billed otherwise."""
    FEE = "fee"
    WEIGHTS = "weights"
    HELD = "held"
    UNEXPLAINED = "unexplained"


class Side(StrEnum):
    """Whether an amount is owed by a licensee or due to a payee."""

    LICENCE = "licence"
    PAYEE = "payee"


PERIODS_NEEDED: Final = 2
"""How many past periods run in parallel before the first live close."""
