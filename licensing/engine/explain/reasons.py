"""Reasons as keys with values, for whoever tells them in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from licensing.engine.cells import plain
from licensing.engine.model import Flat, Percent, Rate, Steps, Tiers


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a key for the words, and the values that go into them."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def why_rate(rate: Rate) -> Reason:
    """Say an entry of the tariff in the words of the terms."""

    def text(value: Fraction | None) -> str | None:
        return None if value is None else plain(value)

    values: dict[str, Any] = {"id": rate.id, "currency": rate.currency}
    form = rate.form
    if isinstance(form, Tiers):
        tiers = [
            {"above": plain(above), "per_unit": plain(price)}
            for above, price in zip(form.above, form.per_unit, strict=True)
        ]
        if len(tiers) == 1:
            return Reason("close.rate.per_unit", values | {"per_unit": tiers[0]["per_unit"]})
        return Reason("close.rate.bands", values | {"bands": tiers, "scope": form.scope})
    if isinstance(form, Steps):
        steps = [{"above": plain(above), "fee": plain(fee)} for above, fee in zip(form.above, form.fee, strict=True)]
        return Reason("close.rate.steps", values | {"steps": steps, "scope": form.scope, "peak": form.peak})
    if isinstance(form, Percent):
        return Reason(
            "close.rate.percent_per_patent" if form.per_patent else "close.rate.percent",
            values
            | {
                "percent": plain(form.percent),
                "percent_ceiling": text(form.percent_ceiling),
                "floor_per_unit": text(form.floor_per_unit),
                "ceiling_per_unit": text(form.ceiling_per_unit),
            },
        )
    if isinstance(form, Flat):
        return Reason("close.rate.flat", values | {"amount": plain(form.amount), "months": form.months})
    raise TypeError(f"rate {rate.id} has no form that is known here")
