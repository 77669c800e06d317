"""The states of a table of rates and of a conversion, and the steps between them."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class RateSource(models.TextChoices):
    """Where rates are from."""

    ECB = "ecb", "Reference rates of the European Central Bank"
    MANUAL = "manual", "Written down by finance"


class RatesState(models.TextChoices):
    """Where a table of rates stands."""

    ENTERED = "entered", "Brought, to be confirmed"
    CONFIRMED = "confirmed", "Confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


RATES_LIFECYCLE: Final = Lifecycle(
    {
        "confirm": ({RatesState.ENTERED}, RatesState.CONFIRMED),
        "withdraw": ({RatesState.ENTERED, RatesState.CONFIRMED}, RatesState.WITHDRAWN),
    }
)


class ConversionState(models.TextChoices):
    """Where a conversion stands."""

    DRAFTED = "drafted", "To be confirmed"
    CONFIRMED = "confirmed", "Confirmed"
    CANCELLED = "cancelled", "Cancelled"


CONVERSION_LIFECYCLE: Final = Lifecycle(
    {
        "confirm": ({ConversionState.DRAFTED}, ConversionState.CONFIRMED),
        "cancel": ({ConversionState.DRAFTED}, ConversionState.CANCELLED),
    }
)
