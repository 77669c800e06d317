"""Explanations as lines of text."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from licensing.engine.cells import plain
from platform_core.money import exponent, format_minor, round_half_away


def as_lines(explanation: dict[str, Any], most: int) -> Iterator[str]:
    """The explanation in lines; buckets beyond `most` are summed in one, so that the parts still add up."""
    currency = explanation["currency"]
    head = f"{explanation['programme']} {explanation['period']}"
    if explanation["kind"] == "licence":
        yield f"{head}: licence {explanation['licence']} ({explanation['licensee']})"
        yield f"  royalty {format_minor(explanation['royalty_minor'], currency)}"
        yield f"  credit  {format_minor(explanation['credit_minor'], currency)} (bilateral licences)"
        yield f"  due     {format_minor(explanation['due_minor'], currency)}"
        if "paid_minor" in explanation:
            yield f"  paid    {format_minor(explanation['paid_minor'], currency)}"
        value, show = "royalty_micros", _licence_bucket
    else:
        yield f"{head}: payee {explanation['payee']}" + (f" ({explanation['name']})" if explanation["name"] else "")
        yield f"  amount  {format_minor(explanation['amount_minor'], currency)}"
        value, show = "micros", _payee_bucket
    yield f"  made of {_money(explanation['parts']['buckets_micros'], currency)} in buckets"
    yield f"      and {_money(explanation['parts']['rounding_micros'], currency)} of rounding"
    buckets = sorted(explanation["buckets"], key=lambda bucket: (-bucket[value], tuple(map(str, bucket.values()))))
    for bucket in buckets[:most]:
        yield ""
        yield f"  {_money(bucket[value], currency)}  {_key(bucket)}"
        for line in show(bucket, currency):
            yield f"      {line}"
    rest = buckets[most:]
    if rest:
        yield ""
        amount = sum(bucket[value] for bucket in rest)
        how = f"--most {len(buckets)} or --json shows all"
        yield f"  {_money(amount, currency)}  in {len(rest)} further buckets ({how})"
    if explanation["kind"] == "payee":
        yield from _patents(
            explanation["patents"], {step.get("patents") for b in buckets[:most] for step in b["nodes"]}
        )


def _money(micros: int, currency: str) -> str:
    """Micros in major units, written out exactly."""
    return f"{plain(Fraction(micros, 10 ** (exponent(currency) + 6)))} {currency}"


def _key(bucket: dict[str, Any]) -> str:
    made, sold = bucket["made_in"] or "-", bucket["sold_in"] or "-"
    return f"{bucket['licence_id']} {bucket['product']} {made}->{sold} {bucket['month']} {bucket['currency']}"


def _licence_bucket(bucket: dict[str, Any], currency: str) -> Iterator[str]:
    if bucket["reason"]:
        yield "bears nothing: no patent counts where it was made or sold"
    rate = bucket.get("rate")
    if rate is None:
        if bucket["rate_id"]:
            yield f"{bucket['rate_id']}: no sales behind it"
        return
    sales = f"{bucket['units']:,} units, net {bucket['net_amount']} {bucket['currency']}"
    yield f"rate {rate['id']} ({rate['form']}), {sales}"
    yield from _rate(rate)
    yield f"comes to {_money(bucket['rated_micros'], currency)}"
    for limit in bucket["limits"]:
        yield (
            f"{limit['kind']} {limit['id']} of {_money(limit['limit_micros'], currency)} for {limit['scope_name']}: "
            f"{_money(limit['before_month_micros'], currency)} before the month, "
            f"{_money(limit['with_month_micros'], currency)} with it; "
            f"changes {_money(limit['change_micros'], currency)}"
        )
    for payee, micros in bucket["credited_micros"].items():
        yield f"credited {_money(micros, currency)} ({payee})"


def _rate(rate: dict[str, Any]) -> Iterator[str]:
    exchange = "" if rate.get("exchange", "1") == "1" else f", exchange {rate['exchange']}"
    if rate["form"] == "bands":
        yield (
            f"{rate['scope']} {rate['scope_name']}: {rate['units_before']} units before the month, "
            f"{rate['units_with']} with it; this bucket has {rate['bucket_units']} of {rate['month_units']}"
        )
        for band in rate["bands"]:
            yield f"  {band['units']} units above {band['above']} at {band['per_unit']} {rate['currency']}{exchange}"
    elif rate["form"] == "steps":
        yield (
            f"{rate['scope']} {rate['scope_name']}: fee {rate['fee_before']} at {rate['units_before']} units, "
            f"{rate['fee_with']} {rate['currency']} at {rate['units_with']}{exchange}; "
            f"this bucket has {rate['bucket_units']} of {rate['month_units']} units"
        )
    elif rate["form"] == "percent":
        families = f" ({rate['families']} families)" if "families" in rate else ""
        bounds = [
            f"{word} {rate[name]} {rate['currency']} a unit"
            for word, name in (("at least", "floor_per_unit"), ("at most", "ceiling_per_unit"))
            if rate[name] is not None
        ]
        yield ", ".join([f"{rate['percent']} %{families} of net{exchange}", *bounds])
    else:
        yield f"{rate['amount']} {rate['currency']} for {rate['months']} months"


def _payee_bucket(bucket: dict[str, Any], currency: str) -> Iterator[str]:
    yield f"of {_money(bucket['billed_micros'], currency)} billed under {bucket['rate_id'] or 'no rate'}"
    for step in bucket["nodes"]:
        line = f"{step['path']} ({step['by']}): {_money(step['reached_micros'], currency)} reached it"
        if "weight" in step:
            line += f", weight {step['weight']} of {step['weights']}"
        if "cap_percent" in step:
            share = plain(Fraction(round_half_away(Fraction(step["share_under_cap"]) * 10**8), 10**6))
            line += f" (share {share} % under the cap of {step['cap_percent']} %)"
        if "gave_micros" in step:
            line += f", gave {_money(step['gave_micros'], currency)}"
        yield line
        if "patents" in step:
            yield f"  patents: {step['patents']}"
    if bucket["owed_micros"] != bucket["micros"]:
        yield f"{_money(bucket['owed_micros'], currency)} were owed; the rest was not received"


def _patents(patents: dict[str, list[dict[str, str]]], wanted: set[str | None]) -> Iterator[str]:
    for name, found in patents.items():
        if name in wanted:
            yield ""
            yield f"  patents counted: {name}"
            for patent in found:
                label = f", class {patent['class']}" if patent["class"] else ""
                share = f", share {patent['share']}" if patent["share"] != "1" else ""
                yield f"      {patent['publication']} {patent['country']}, family {patent['family']}{label}{share}"
