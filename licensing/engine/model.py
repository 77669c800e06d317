"""The terms of a programme as typed values: what `terms.py` reads and every later step asks.

Amounts, rates and percentages are exact fractions in the units of the document (major units of a currency,
percent). Months are integers: year * 12 + month - 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

Month = int
Standing = Literal["standard", "compliant"]
Scope = Literal["licence", "enterprise"]
Count = Literal["families", "publications", "reach"]
Territory = Literal["sold_in", "made_in", "either", "both", "any"]


def month_of(year: int, month: int) -> Month:
    """The month as a count since year 0, so that months can be compared and subtracted."""
    return year * 12 + month - 1


def month_text(month: Month) -> str:
    """The month as the bundle writes it: 2025-03."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def first_day(month: Month) -> date:
    """The first day of the month, the day on which rights and memberships are asked."""
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Match:
    """Which buckets a rate, waiver, cap or minimum is for. `None` is no restriction."""

    products: frozenset[str] | None = None
    sold_in: frozenset[str] | None = None
    made_in: frozenset[str] | None = None
    licences: frozenset[str] | None = None
    option: frozenset[str] | None = None
    from_month: Month | None = None
    to_month: Month | None = None
    standing: Standing | None = None
    signed_from: date | None = None
    signed_to: date | None = None


@dataclass(frozen=True, slots=True)
class Tiers:
    """Marginal bands: units beyond `above[i]`, up to `above[i + 1]`, bear `per_unit[i]` each. `above[0]` is 0."""

    above: tuple[Fraction, ...]
    per_unit: tuple[Fraction, ...]
    weights: Mapping[str, Fraction]
    scope: Scope
    never_resets: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """Fees by size: the whole fee of the highest step whose `above` is less than the measure."""

    above: tuple[Fraction, ...]
    fee: tuple[Fraction, ...]
    weights: Mapping[str, Fraction]
    scope: Scope
    never_resets: bool
    peak: bool


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage of net sales; `per_patent` makes it that much for each counting family, up to `percent_ceiling`."""

    percent: Fraction
    per_patent: bool
    percent_ceiling: Fraction | None
    floor_per_unit: Fraction | None
    ceiling_per_unit: Fraction | None


@dataclass(frozen=True, slots=True)
class Flat:
    """One amount per span of `months` months (1, 3, 6 or 12) and licence."""

    amount: Fraction
    months: int


@dataclass(frozen=True, slots=True)
class Rate:
    """One entry of the tariff: whom it is for, its currency, and one of the four forms."""

    id: str
    match: Match
    currency: str
    form: Tiers | Steps | Percent | Flat


@dataclass(frozen=True, slots=True)
class Limit:
    """A waiver (`below_per_year`) or a cap (`per_year`) on a scope key's royalty in a calendar year."""

    id: str
    match: Match
    currency: str
    scope: Scope
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a scope key owes at least for a calendar year."""

    id: str
    licences: frozenset[str] | None
    option: frozenset[str] | None
    currency: str
    scope: Scope
    amount: Fraction


@dataclass(frozen=True, slots=True)
class When:
    """The buckets a node of the allocation is for; for the others it is empty."""

    licences: frozenset[str] | None = None
    products: frozenset[str] | None = None
    sold_in: frozenset[str] | None = None
    made_in: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a family reaches: a base weight, a higher one for major countries, something for each further one."""

    base: Fraction
    major_base: Fraction
    major: frozenset[str]
    extra: Fraction
    extra_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node of the allocation has: where it stands in the document, for which buckets, and what else."""

    path: str
    when: When | None = None
    otherwise: "AnyNode | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentNode(Node):
    """Shares for segments of the members, each divided further among that segment's members."""

    shares: Mapping[str, Fraction]
    within: "AnyNode"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitNode(Node):
    """Shares for branches, in their written order."""

    shares: tuple[Fraction, ...]
    branches: tuple["AnyNode", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentsNode(Node):
    """Members by the patents that count for them."""

    territory: Territory
    count: Count
    days: bool
    class_weights: Mapping[str, Fraction] = field(default_factory=dict)
    reach: Reach | None = None
    cap_percent: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageNode(Node):
    """Members with at least one counting patent, equally."""

    territory: Territory


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualNode(Node):
    """Members, equally."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsNode(Node):
    """Members by agreed points."""

    points: Mapping[str, Fraction]
    cap_percent: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnNode(Node):
    """Members by a column of the members' table."""

    column: str
    cap_percent: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberNode(Node):
    """One named member."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveNode(Node):
    """A named reserve of the pool."""

    name: str


AnyNode = (
    SegmentNode
    | SplitNode
    | PatentsNode
    | CoverageNode
    | EqualNode
    | PointsNode
    | ColumnNode
    | MemberNode
    | ReserveNode
)


@dataclass(frozen=True, slots=True)
class Terms:
    """A programme's terms for one period."""

    id: str
    currency: str
    period: str
    period_start: Month
    period_end: Month
    collected: bool
    in_force_only: bool
    admin_fee_percent: Fraction
    rates: tuple[Rate, ...]
    waivers: tuple[Limit, ...]
    caps: tuple[Limit, ...]
    minimums: tuple[Minimum, ...]
    allocation: AnyNode

    @property
    def year_start(self) -> Month:
        """January of the period's year."""
        return self.period_start - self.period_start % 12

    @property
    def needs_earlier_years(self) -> bool:
        """Whether some rate never resets, so that sales of earlier years still count."""
        return any(isinstance(rate.form, Tiers | Steps) and rate.form.never_resets for rate in self.rates)


def walk(node: AnyNode) -> list[AnyNode]:
    """The node and all below it, `otherwise` branches included, parents first."""
    below: list[AnyNode] = []
    if isinstance(node, SegmentNode):
        below.append(node.within)
    elif isinstance(node, SplitNode):
        below.extend(node.branches)
    if node.otherwise is not None:
        below.append(node.otherwise)
    return [node, *(deeper for child in below for deeper in walk(child))]
