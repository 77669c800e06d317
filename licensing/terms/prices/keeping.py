"""Whether what a licence is billed stays the same under another version of terms."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from licensing.engine.model import Flat, Limit, Minimum, Month, Percent, Rate, Steps, Terms, Tiers
from licensing.terms.prices.cells import (
    Case,
    Horizon,
    Licensed,
    TooManyCases,
    cases_of,
    horizon_of,
    limits_reaching,
    reaches,
    reaching,
)

What = Literal["royalty_bearing", "rate", "rate_shared", "waivers", "caps", "minimums", "group"]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One thing that would be billed otherwise; of rates, the case and the ids of both (blank: none is for it)."""

    what: What
    case: Case | None = None
    before: str = ""
    after: str = ""


class PriceComparison:
    """Two versions of terms, the second from the month it comes into force; licences alike are looked at once."""

    def __init__(self, before: Terms, after: Terms, *, in_force: Month) -> None:
        self.before = before
        self.after = after
        self.in_force = in_force
        self._known: dict[tuple[object, ...], list[PriceChange] | None] = {}

    def changes(self, licensed: Licensed, fellows: Sequence[Licensed] = ()) -> list[PriceChange]:
        """Return what the second version would bill a licence otherwise; none is kept.

        `fellows` are other licences that accumulate with it as one enterprise: units that they add under a rate now
        they must add under the same one then. Where the terms do not show that a bill stays the same, it counts as
        changed: waivers, caps and minimums must be written alike for the licence. Raises TooManyCases.
        """
        horizon = horizon_of(licensed, self.in_force, [*self.before.rates, *self.after.rates])
        # All that the answer depends on: which entries are for the licence, and which for those it counts with.
        of_fellows = sorted({self._entries_for(fellow, horizon) for fellow in fellows})
        alike = (horizon, self._entries_for(licensed, horizon), *of_fellows)
        if alike not in self._known:
            try:
                self._known[alike] = _changes(self.before, self.after, licensed, fellows, horizon)
            except TooManyCases:
                self._known[alike] = None
        found = self._known[alike]
        if found is None:
            raise TooManyCases
        return found

    def _entries_for(self, licensed: Licensed, horizon: Horizon) -> tuple[bool, ...]:
        found: list[bool] = []
        for terms in (self.before, self.after):
            found += [reaches(rate.match, licensed, horizon) for rate in terms.rates]
            found += [reaches(limit.match, licensed, horizon) for limit in (*terms.waivers, *terms.caps)]
            found += [each.licences is None or licensed.code in each.licences for each in terms.minimums]
        return tuple(found)


def price_changes(
    before: Terms, after: Terms, licensed: Licensed, *, in_force: Month, fellows: Sequence[Licensed] = ()
) -> list[PriceChange]:
    """Return what another version would bill one licence otherwise, as `PriceComparison` does for many."""
    return PriceComparison(before, after, in_force=in_force).changes(licensed, fellows)


def _changes(
    before: Terms, after: Terms, licensed: Licensed, fellows: Sequence[Licensed], horizon: Horizon
) -> list[PriceChange]:
    found: list[PriceChange] = []
    if before.in_force_only != after.in_force_only:
        found.append(PriceChange("royalty_bearing"))
    found += _own_changes(before, after, licensed, fellows, horizon)
    if not found and any(_shares_a_limit(terms, licensed, horizon) for terms in (before, after)):
        # What one of a group owes under a common limit depends on what the others bear.
        group = [licensed, *fellows]
        for fellow in fellows:
            others = [other for other in group if other is not fellow]
            if _own_changes(before, after, fellow, others, horizon):
                found.append(PriceChange("group"))
                break
    return found


def _own_changes(
    before: Terms, after: Terms, licensed: Licensed, fellows: Sequence[Licensed], horizon: Horizon
) -> list[PriceChange]:
    found = list(_rates_changed(before.rates, after.rates, licensed, fellows, horizon))
    if not _same_limits(before.waivers, after.waivers, licensed, fellows, horizon):
        found.append(PriceChange("waivers"))
    if not _same_limits(before.caps, after.caps, licensed, fellows, horizon):
        found.append(PriceChange("caps"))
    if not _same_minimums(before.minimums, after.minimums, licensed, fellows):
        found.append(PriceChange("minimums"))
    return found


def _shares_a_limit(terms: Terms, licensed: Licensed, horizon: Horizon) -> bool:
    limits = [limit for limit in (*terms.waivers, *terms.caps) if reaches(limit.match, licensed, horizon)]
    minimums = [minimum for minimum in terms.minimums if minimum.licences is None or licensed.code in minimum.licences]
    scopes = {limit.scope for limit in limits} | {minimum.scope for minimum in minimums}
    return "enterprise" in scopes


def _rates_changed(
    before: Sequence[Rate], after: Sequence[Rate], licensed: Licensed, fellows: Sequence[Licensed], horizon: Horizon
) -> Iterator[PriceChange]:
    """Yield the cases whose rate asks something else, or accumulates with something else."""
    pairs = _Pairs()
    used: set[str] = set()
    told: set[tuple[str, str]] = set()
    for case, one, other in cases_of(reaching(before, licensed, horizon), reaching(after, licensed, horizon), horizon):
        names = (one.id if one else "", other.id if other else "")
        same = _same_price(one, other, case.product) and (
            one is None or other is None or not _accumulates(one) or pairs.fit(*names)
        )
        if one is not None and _with_fellows(one):
            used.add(one.id)
        if not same and names not in told:
            told.add(names)
            yield PriceChange("rate", case, *names)
    yield from _fellows_apart(before, after, fellows, horizon, pairs, used)


def _fellows_apart(
    before: Sequence[Rate],
    after: Sequence[Rate],
    fellows: Iterable[Licensed],
    horizon: Horizon,
    pairs: "_Pairs",
    used: set[str],
) -> Iterator[PriceChange]:
    """Yield the rates of which a fellow's units would no longer accumulate with the licence's own, or begin to."""
    told: set[tuple[str, str]] = set()
    for fellow in fellows:
        cases = cases_of(reaching(before, fellow, horizon), reaching(after, fellow, horizon), horizon)
        for case, one, other in cases:
            names = (one.id if one else "", other.id if other else "")
            expected = pairs.after.get(names[0]) if names[0] in used else None
            shares_now = names[1] in {pairs.after[name] for name in used if name in pairs.after}
            weighs = one is None or other is None or _weight(one, case.product) == _weight(other, case.product)
            apart = (expected is not None or shares_now) and (expected != names[1] or not weighs)
            if apart and names not in told:
                told.add(names)
                yield PriceChange("rate_shared", case, *names)


class _Pairs:
    """Which rate of one version stands for which of the other: whatever accumulates together must go on to."""

    def __init__(self) -> None:
        self.after: dict[str, str] = {}
        self.before: dict[str, str] = {}

    def fit(self, one: str, other: str) -> bool:
        """Whether two rates stand for each other, and for no others."""
        return self.after.setdefault(one, other) == other and self.before.setdefault(other, one) == one


def _same_price(one: Rate | None, other: Rate | None, product: str) -> bool:
    if one is None or other is None:
        return one is other
    return _price(one, product) == _price(other, product)


def _price(rate: Rate, product: str) -> tuple[Any, ...]:
    """What a rate asks for a product, so that equal prices are written alike."""
    form = rate.form
    match form:
        case Tiers():
            rungs = _merged(form.above, form.per_unit)
            if len(rungs) == 1:
                price = rungs[0][1] * _weight(rate, product)
                return "unit", price, rate.currency if price else ""
            return "bands", rungs, _weight(rate, product), form.scope, form.never_resets, rate.currency
        case Steps():
            fees = _merged(form.above, form.fee)
            return "steps", fees, _weight(rate, product), form.scope, form.never_resets, form.peak, rate.currency
        case Flat():
            return "flat", form.amount, form.months, rate.currency
        case Percent():
            bounds = (form.floor_per_unit, form.ceiling_per_unit)
            currency = "" if bounds == (None, None) else rate.currency
            ceiling = form.percent_ceiling if form.per_patent else None
            return "percent", form.percent, form.per_patent, ceiling, *bounds, currency


def _merged(above: Sequence[Fraction], values: Sequence[Fraction]) -> tuple[tuple[Fraction, Fraction], ...]:
    """Rungs, without those that change nothing."""
    rungs: list[tuple[Fraction, Fraction]] = []
    for start, value in zip(above, values, strict=True):
        if not rungs or rungs[-1][1] != value:
            rungs.append((start, value))
    return tuple(rungs)


def _weight(rate: Rate, product: str) -> Fraction:
    return rate.form.weights.get(product, Fraction(1)) if isinstance(rate.form, Tiers | Steps) else Fraction(1)


def _accumulates(rate: Rate) -> bool:
    """Whether what is sold in one case changes what another case of the same rate costs."""
    form = rate.form
    if isinstance(form, Tiers):
        return len(_merged(form.above, form.per_unit)) > 1
    return not isinstance(form, Percent)


def _with_fellows(rate: Rate) -> bool:
    return _accumulates(rate) and isinstance(rate.form, Tiers | Steps) and rate.form.scope == "enterprise"


def _same_limits(
    before: Sequence[Limit], after: Sequence[Limit], licensed: Licensed, fellows: Iterable[Licensed], horizon: Horizon
) -> bool:
    if limits_reaching(before, licensed, horizon) != limits_reaching(after, licensed, horizon):
        return False

    def shared(limits: Sequence[Limit], fellow: Licensed) -> list[Limit | None]:
        mine = [limit for limit in limits if reaches(limit.match, licensed, horizon) and limit.scope == "enterprise"]
        return [next(iter(limits_reaching([limit], fellow, horizon)), None) for limit in mine]

    return all(shared(before, fellow) == shared(after, fellow) for fellow in fellows)


def _same_minimums(
    before: Sequence[Minimum], after: Sequence[Minimum], licensed: Licensed, fellows: Iterable[Licensed]
) -> bool:
    def of(minimums: Sequence[Minimum], who: Licensed) -> list[Minimum]:
        named = [minimum for minimum in minimums if minimum.licences is None or who.code in minimum.licences]
        return [replace(minimum, id="", licences=None) for minimum in named]

    if of(before, licensed) != of(after, licensed):
        return False
    # What a group owes at least is divided among its licences, so that who else is meant counts.
    return all(of(before, fellow) == of(after, fellow) for fellow in fellows)
