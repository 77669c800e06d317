"""Sections 3 to 6 of the reference as read from programme.toml: what the keys are and which values they take."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.closes.oracle.calendar import months_of_period
from tests.closes.oracle.codes import EXPONENTS
from tests.closes.oracle.toml import Problem, Table

RATE_FORMS = ("per_unit", "bands", "steps", "percent", "percent_per_patent", "flat")
ALLOCATIONS = ("segment", "split", "patents", "coverage", "equal", "points", "column", "member", "reserve")


@dataclass
class Match:
    """The matching keys of a rate, waiver, cap or minimum; None matches everything."""

    products: list[str] | None = None
    sold_in: list[str] | None = None
    made_in: list[str] | None = None
    licences: list[str] | None = None
    option: list[str] | None = None
    standing: str | None = None
    first_month: str | None = None
    last_month: str | None = None
    signed_from: date | None = None
    signed_to: date | None = None


@dataclass
class Rate:
    id: str
    match: Match
    currency: str
    form: str
    bands: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    steps: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    measure: str = "sum"
    percent: Fraction = Fraction(0)
    percent_ceiling: Fraction | None = None
    floor_per_unit: Fraction | None = None
    ceiling_per_unit: Fraction | None = None
    flat: Fraction = Fraction(0)
    flat_per: str = ""
    product_weights: dict[str, Fraction] = field(default_factory=dict)
    scope: str = "enterprise"
    reset: str = "year"


@dataclass
class Limit:
    """A waiver (below_per_year), a cap (per_year) or a minimum (per_year)."""

    id: str
    path: str
    match: Match
    currency: str
    scope: str
    amount: Fraction


@dataclass
class Reach:
    base: Fraction
    major_base: Fraction
    major: list[str]
    extra: Fraction
    extra_max: int


@dataclass
class When:
    licences: list[str] | None
    products: list[str] | None
    sold_in: list[str] | None
    made_in: list[str] | None


@dataclass
class Node:
    by: str
    shares: dict[str, Fraction] = field(default_factory=dict)
    within: "Node | None" = None
    branches: "list[tuple[Fraction, Node]]" = field(default_factory=list)
    territory: str = "sold_in"
    count: str = "families"
    time: str = "first_day"
    class_weights: dict[str, Fraction] = field(default_factory=dict)
    reach: Reach | None = None
    cap_percent: Fraction | None = None
    points: dict[str, Fraction] = field(default_factory=dict)
    column: str = ""
    member: str = ""
    reserve: str = ""
    when: When | None = None
    otherwise: "Node | None" = None


@dataclass
class Terms:
    id: str
    currency: str
    period: str
    months: list[str]
    basis: str
    royalty_bearing: str
    admin_fee_percent: Fraction
    rates: list[Rate]
    waivers: list[Limit]
    caps: list[Limit]
    minimums: list[Limit]
    allocation: Node
    columns: set[str]

    @property
    def year(self) -> str:
        return self.months[0][:4]

    @property
    def exponent(self) -> int:
        return EXPONENTS[self.currency]

    @property
    def never_resets(self) -> bool:
        return any(rate.reset == "never" for rate in self.rates)


class TermsRefusedError(Exception):
    """The terms cannot be used; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{problem.path}: {problem.code}" for problem in problems))
        self.problems = list(problems)


def read_terms(text: str) -> Terms:
    """The terms a programme.toml spells out; every mistake in it is reported at once."""
    problems: list[Problem] = []
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TermsRefusedError([Problem("", "bad_terms", str(error))]) from error
    root = Table(document, "", problems)

    head = Table(root.get("programme") or {}, "programme", problems)
    programme_id = head.text("id")
    currency = head.currency("")
    period = head.text("period")
    months = months_of_period(period)
    if months is None:
        if period:
            head.bad("period", period)
        months = ["2000-01"]
    basis = head.choice("basis", ["accrued", "collected"], default="accrued")
    bearing = head.choice("royalty_bearing", ["always", "in_force"], default="always")
    fee = head.optional_amount("admin_fee_percent", most=100) or Fraction(0)
    head.close()

    rates = [_read_rate(table, currency) for table in root.tables("rates")]
    waivers = [_read_limit(table, currency, "below_per_year") for table in root.tables("waivers")]
    caps = [_read_limit(table, currency, "per_year") for table in root.tables("caps")]
    minimums = [_read_minimum(table, currency) for table in root.tables("minimums")]
    _refuse_repeated_ids("rates", [rate.id for rate in rates], problems)
    _refuse_repeated_ids("waivers", [limit.id for limit in waivers], problems)
    _refuse_repeated_ids("caps", [limit.id for limit in caps], problems)
    _refuse_repeated_ids("minimums", [limit.id for limit in minimums], problems)

    columns: set[str] = set()
    allocation = _read_node(root.get("allocation"), "allocation", problems, columns)
    root.close()
    if problems:
        raise TermsRefusedError(problems)
    return Terms(
        id=programme_id,
        currency=currency,
        period=period,
        months=months,
        basis=basis,
        royalty_bearing=bearing,
        admin_fee_percent=fee,
        rates=rates,
        waivers=waivers,
        caps=caps,
        minimums=minimums,
        allocation=allocation,
        columns=columns,
    )


def _refuse_repeated_ids(key: str, ids: list[str], problems: list[Problem]) -> None:
    for index, name in enumerate(ids):
        if name and name in ids[:index]:
            problems.append(Problem(f"{key}[{index}].id", "duplicate_id", name))


def _read_match(table: Table) -> Match:
    match = Match(
        products=table.words("products", star=True),
        sold_in=table.words("sold_in", star=True, countries=True),
        made_in=table.words("made_in", star=True, countries=True),
        licences=table.words("licences"),
        option=table.words("option"),
        first_month=table.month("from"),
        last_month=table.month("to"),
        signed_from=table.day("signed_from"),
        signed_to=table.day("signed_to"),
    )
    if match.first_month and match.last_month and match.first_month > match.last_month:
        table.bad("to", match.last_month)
    if match.signed_from and match.signed_to and match.signed_from > match.signed_to:
        table.bad("signed_to", match.signed_to)
    if table.has("standing"):
        match.standing = table.choice("standing", ["standard", "compliant"])
    return match


def _read_rate(table: Table, programme_currency: str) -> Rate:
    forms = [form for form in RATE_FORMS if table.has(form)]
    form = forms[0] if forms else ""
    if len(forms) != 1:
        table.problems.append(Problem(table.path, "bad_terms", " ".join(forms)))
    rate = Rate(table.text("id"), _read_match(table), table.currency(programme_currency), form)
    # A key that belongs to another form is never asked for, and so is reported as unknown.
    if form == "per_unit":
        rate.bands = [(Fraction(0), table.amount("per_unit"))]
    if form == "bands":
        rate.bands = _read_ladder(table, "bands", "per_unit")
        if rate.bands and rate.bands[0][0] != 0:
            table.problems.append(Problem(f"{table.path}.bands[0].above", "bad_terms", str(rate.bands[0][0])))
    if form == "steps":
        rate.steps = _read_ladder(table, "steps", "fee")
        for index in range(1, len(rate.steps)):
            if rate.steps[index][1] < rate.steps[index - 1][1]:
                problem = Problem(f"{table.path}.steps[{index}].fee", "bad_terms", str(rate.steps[index][1]))
                table.problems.append(problem)
        rate.measure = table.choice("measure", ["sum", "peak"], default="sum")
    if form in ("percent", "percent_per_patent"):
        rate.percent = table.amount(form)
        rate.floor_per_unit = table.optional_amount("floor_per_unit")
        rate.ceiling_per_unit = table.optional_amount("ceiling_per_unit")
    if form == "percent_per_patent":
        rate.percent_ceiling = table.optional_amount("percent_ceiling")
    if form == "flat":
        rate.flat = table.amount("flat")
        rate.flat_per = table.choice("flat_per", ["month", "quarter", "half", "year"])
    if form in ("bands", "per_unit", "steps"):
        rate.product_weights = table.amounts("product_weights")
        rate.scope = table.choice("scope", ["licence", "enterprise"], default="enterprise")
    if form in ("bands", "steps"):
        rate.reset = table.choice("reset", ["year", "never"], default="year")
    table.close()
    return rate


def _read_ladder(table: Table, key: str, amount: str) -> list[tuple[Fraction, Fraction]]:
    """Bands or steps: thresholds that rise, each with its amount."""
    entries = []
    for entry in table.tables(key):
        entries.append((entry.amount("above"), entry.amount(amount)))
        entry.close()
    if not entries:
        table.bad(key, "[]")
    for index in range(1, len(entries)):
        if entries[index][0] <= entries[index - 1][0]:
            problem = Problem(f"{table.path}.{key}[{index}].above", "bad_terms", str(entries[index][0]))
            table.problems.append(problem)
    return entries


def _read_limit(table: Table, programme_currency: str, amount: str) -> Limit:
    limit = Limit(
        id=table.text("id"),
        path=table.path,
        match=_read_match(table),
        currency=table.currency(programme_currency),
        scope=table.choice("scope", ["licence", "enterprise"], default="enterprise"),
        amount=table.amount(amount),
    )
    table.close()
    return limit


def _read_minimum(table: Table, programme_currency: str) -> Limit:
    limit = Limit(
        id=table.text("id"),
        path=table.path,
        match=Match(licences=table.words("licences"), option=table.words("option")),
        currency=table.currency(programme_currency),
        scope=table.choice("scope", ["licence", "enterprise"], default="enterprise"),
        amount=table.amount("per_year"),
    )
    table.close()
    return limit


def _read_node(content: object, path: str, problems: list[Problem], columns: set[str]) -> Node:
    table = Table(content, path, problems)
    node = Node(table.choice("by", ALLOCATIONS))
    by = node.by
    if by == "segment":
        node.shares = table.amounts("shares")
        if not node.shares:
            table.bad("shares", table.content.get("shares"))
        node.within = _read_node(table.get("within"), f"{path}.within", problems, columns)
    if by == "split":
        for branch in table.tables("branches"):
            share = branch.amount("share")
            node.branches.append((share, _read_node(branch.get("to"), f"{branch.path}.to", problems, columns)))
            branch.close()
        if not node.branches:
            table.bad("branches", table.content.get("branches"))
    if by in ("patents", "coverage"):
        node.territory = table.choice("territory", ["sold_in", "made_in", "either", "both", "any"], default="sold_in")
    if by == "patents":
        node.count = table.choice("count", ["families", "publications", "reach"], default="families")
        node.time = table.choice("time", ["first_day", "days"], default="first_day")
        if node.count == "reach":
            node.reach = _read_reach(table)
            if node.territory != "any":
                table.bad("territory", node.territory)
            if node.time != "first_day":
                table.bad("time", node.time)
        else:
            node.class_weights = table.amounts("class_weights")
    if by == "points":
        node.points = table.amounts("points")
        if not table.has("points"):
            table.bad("points", None)
    if by == "column":
        node.column = table.text("column")
        columns.add(node.column)
    if by == "member":
        node.member = table.text("id")
    if by == "reserve":
        node.reserve = table.text("name")
    if by in ("patents", "points", "column"):
        node.cap_percent = table.optional_amount("cap_percent", most=100, above_zero=True)
    if table.has("when"):
        when = Table(table.get("when"), f"{path}.when", problems)
        node.when = When(
            licences=when.words("licences"),
            products=when.words("products"),
            sold_in=when.words("sold_in", countries=True),
            made_in=when.words("made_in", countries=True),
        )
        when.close()
    if table.has("otherwise"):
        node.otherwise = _read_node(table.get("otherwise"), f"{path}.otherwise", problems, columns)
    table.close()
    return node


def _read_reach(table: Table) -> Reach:
    reach = Table(table.get("reach"), table.below("reach"), table.problems)
    extra_max = reach.get("extra_max")
    if not isinstance(extra_max, int) or isinstance(extra_max, bool) or extra_max < 0:
        reach.bad("extra_max", extra_max)
        extra_max = 0
    result = Reach(
        base=reach.amount("base"),
        major_base=reach.amount("major_base"),
        major=reach.words("major", countries=True) or [],
        extra=reach.amount("extra"),
        extra_max=extra_max,
    )
    reach.close()
    return result
