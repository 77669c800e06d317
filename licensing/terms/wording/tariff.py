"""What sales cost, in words: rates, waivers, caps and minimums, and in what two of them differ."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeVar

from licensing.engine.model import Flat, Limit, Minimum, Percent, Rate, Steps, Tiers
from licensing.terms.wording.said import (
    ALL,
    NONE,
    Said,
    day,
    listed,
    maybe_percent,
    money,
    month,
    names,
    number,
    options,
    percent,
    same,
    say,
    turned,
    weights,
    yes,
)

Form = Tiers | Steps | Percent | Flat
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Trait:
    """One field of a thing: what it is called, and how its value is said, in the currency that the thing is in."""

    field: str
    label: Said
    value: Callable[[Any, str], Said]

    def of(self, thing: object, currency: str) -> Said:
        """Say the value that a thing has."""
        return self.value(getattr(thing, self.field), currency)


def plain(value: Callable[[Any], Said]) -> Callable[[Any, str], Said]:
    """Say a value that is in no currency."""
    return lambda found, currency: value(found)


def _standing(value: str | None) -> Said:
    return {"standard": Said("standard", "一般"), "compliant": Said("compliant", "履约")}[value] if value else ALL


def _scope(value: str) -> Said:
    return Said("licence", "每份许可") if value == "licence" else Said("enterprise", "企业集团")


def _maybe_money(value: Fraction | None, currency: str) -> Said:
    return NONE if value is None else money(value, currency)


MATCH: Final = (
    Trait("products", Said("products", "产品"), plain(names)),
    Trait("sold_in", Said("sold in", "销售地"), plain(names)),
    Trait("made_in", Said("made in", "制造地"), plain(names)),
    Trait("licences", Said("licences", "许可"), plain(names)),
    Trait("option", Said("option", "计费选项"), plain(options)),
    Trait("from_month", Said("first month", "首月"), plain(month)),
    Trait("to_month", Said("last month", "末月"), plain(month)),
    Trait("standing", Said("standing", "履约状态"), plain(_standing)),
    Trait("signed_from", Said("signed from", "签约日自"), plain(day)),
    Trait("signed_to", Said("signed to", "签约日至"), plain(day)),
)

_CURRENCY: Final = Trait("currency", Said("currency", "币种"), plain(same))
_SCOPE: Final = Trait("scope", Said("counted for each", "累计范围"), plain(_scope))
_RESET: Final = Trait("never_resets", Said("counted on over the years", "跨年累计"), plain(yes))
_WEIGHTS: Final = Trait("weights", Said("what a unit counts", "每台折算"), plain(weights))

_PEAK: Final = Trait("peak", Said("measured by the highest month", "按单月最高数量"), plain(yes))

FORMS: Final[dict[type, tuple[Trait, ...]]] = {
    # Bands and fees are said rung by rung.
    Tiers: (_WEIGHTS, _SCOPE, _RESET),
    Steps: (
        _WEIGHTS,
        _SCOPE,
        _RESET,
        _PEAK,
    ),
    Percent: (
        Trait("percent", Said("percentage of net sales", "净销售额百分比"), plain(percent)),
        Trait("per_patent", Said("for each family in force", "按每个有效专利族计"), plain(yes)),
        Trait("percent_ceiling", Said("percentage at most", "百分比上限"), plain(maybe_percent)),
        Trait("floor_per_unit", Said("per unit at least", "每台最低"), _maybe_money),
        Trait("ceiling_per_unit", Said("per unit at most", "每台最高"), _maybe_money),
    ),
    Flat: (
        Trait("amount", Said("fixed amount", "固定金额"), money),
        Trait("months", Said("for every so many months", "每多少个月"), lambda months, currency: same(str(months))),
    ),
}

_AMOUNT: Final = Trait("amount", Said("amount a year", "每年金额"), money)
LIMIT: Final = (_CURRENCY, _SCOPE, _AMOUNT)
_WHOSE: Final = (
    Trait("licences", Said("licences", "许可"), plain(names)),
    Trait("option", Said("option", "计费选项"), plain(options)),
)
MINIMUM: Final = (*_WHOSE, *LIMIT)

_FORM_NAMES: Final = {
    Tiers: Said("per unit", "按台计费"),
    Steps: Said("fee by size", "按规模定额"),
    Percent: Said("percentage", "按百分比"),
    Flat: Said("fixed amount", "定额"),
}


def traits_changed(
    traits: tuple[Trait, ...], before: object, after: object, currencies: tuple[str, str]
) -> Iterator[Said]:
    """Say each trait in which two things differ, with what it was and is."""
    for trait in traits:
        if getattr(before, trait.field) != getattr(after, trait.field):
            told = turned(trait.of(before, currencies[0]), trait.of(after, currencies[1]))
            yield _labelled(trait.label, told)


def described(traits: tuple[Trait, ...], thing: object, currency: str) -> list[Said]:
    """Say all traits of a thing but those that are not given."""
    given = [trait for trait in traits if _is_given(getattr(thing, trait.field))]
    return [_labelled(trait.label, trait.of(thing, currency)) for trait in given]


def _is_given(value: object) -> bool:
    return value is not None and value is not False and value != {}


def rate_described(rate: Rate) -> Said:
    """Say whom a rate is for and what it asks, with nothing left out."""
    # A percentage names no amount that would show it.
    currency = described((_CURRENCY,), rate, rate.currency) if isinstance(rate.form, Percent) else []
    return listed([*_form_described(rate.form, rate.currency), *currency, *described(MATCH, rate.match, rate.currency)])


def rate_changed(before: Rate, after: Rate) -> Iterator[Said]:
    """Say each thing in which two rates differ."""
    currencies = (before.currency, after.currency)
    yield from traits_changed(MATCH, before.match, after.match, currencies)
    yield from traits_changed((_CURRENCY,), before, after, currencies)
    one, other = before.form, after.form
    if type(one) is not type(other):
        yield turned(listed(_form_described(one, before.currency)), listed(_form_described(other, after.currency)))
        return
    if isinstance(one, Tiers) and isinstance(other, Tiers):
        rungs = (dict(zip(one.above, one.per_unit, strict=True)), dict(zip(other.above, other.per_unit, strict=True)))
        yield from _rungs_changed(*rungs, currencies, _units_above)
    elif isinstance(one, Steps) and isinstance(other, Steps):
        rungs = (dict(zip(one.above, one.fee, strict=True)), dict(zip(other.above, other.fee, strict=True)))
        yield from _rungs_changed(*rungs, currencies, _more_than)
    yield from traits_changed(FORMS[type(one)], one, other, currencies)


def limit_described(limit: Limit) -> Said:
    """Say whom a waiver or cap is for, and what it comes to, with nothing left out."""
    return listed(
        [*described((_AMOUNT, _SCOPE), limit, limit.currency), *described(MATCH, limit.match, limit.currency)]
    )


def limit_changed(before: Limit, after: Limit) -> Iterator[Said]:
    """Say each thing in which two waivers or caps differ."""
    currencies = (before.currency, after.currency)
    yield from traits_changed(MATCH, before.match, after.match, currencies)
    yield from traits_changed(LIMIT, before, after, currencies)


def minimum_described(minimum: Minimum) -> Said:
    """Say whom a minimum is for, and what it comes to, with nothing left out."""
    return listed(described((_AMOUNT, _SCOPE, *_WHOSE), minimum, minimum.currency))


def minimum_changed(before: Minimum, after: Minimum) -> Iterator[Said]:
    """Say each thing in which two minimums differ."""
    yield from traits_changed(MINIMUM, before, after, (before.currency, after.currency))


def _labelled(label: Said, value: Said) -> Said:
    return say("{label}: {value}", "{label}：{value}", label=label, value=value)


def _form_described(form: Form, currency: str) -> list[Said]:
    parts: list[Said] = []
    if isinstance(form, Tiers):
        single = len(form.above) == 1
        for above, price in zip(form.above, form.per_unit, strict=True):
            parts.append(_labelled(_each_unit() if single else _units_above(above), money(price, currency)))
    elif isinstance(form, Steps):
        parts += [
            _labelled(_more_than(above), money(fee, currency)) for above, fee in zip(form.above, form.fee, strict=True)
        ]
    kind = _FORM_NAMES[type(form)]
    return [listed([kind, *parts, *described(FORMS[type(form)], form, currency)], en=", ", zh="，")]


def _each_unit() -> Said:
    return Said("each unit", "每台")


def _units_above(above: Fraction) -> Said:
    return say("units above {above}", "超过 {above} 台的部分每台", above=number(above))


def _more_than(above: Fraction) -> Said:
    return say("fee for more than {above} units", "超过 {above} 台的固定费用", above=number(above))


def _rungs_changed(
    before: dict[Fraction, Fraction],
    after: dict[Fraction, Fraction],
    currencies: tuple[str, str],
    label: Callable[[Fraction], Said],
) -> Iterator[Said]:
    """Say each rung that is new, gone or worth something else; what held there is said with it."""
    single = len(before) == len(after) == 1 and set(before) == set(after) == {Fraction(0)} and label is _units_above
    for above in sorted({*before, *after}):
        was, now = _held(before, above), _held(after, above)
        if above in before and above in after and was == now:
            continue
        told = turned(_maybe_money(was, currencies[0]), _maybe_money(now, currencies[1]))
        called = _each_unit() if single else label(above)
        if above in before and above in after:
            yield _labelled(called, told)
        elif above in after:
            yield say("{rung} (a new step): {told}", "{rung}（新增一级）：{told}", rung=called, told=told)
        else:
            yield say("{rung} (no step any more): {told}", "{rung}（取消该级）：{told}", rung=called, told=told)


def _held(rungs: dict[Fraction, Fraction], above: Fraction) -> Fraction | None:
    """What held beyond a quantity: the value of the highest rung that is no higher."""
    found = [rung for rung in rungs if rung <= above]
    return rungs[max(found)] if found else None
