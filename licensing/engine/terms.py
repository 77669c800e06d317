"""Reading a programme's terms: the TOML document to typed values, with every mistake named by its path.

Source: the close specification, sections 3 to 6.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar, cast

from licensing.engine.model import (
    AnyNode,
    ColumnNode,
    Count,
    CoverageNode,
    EqualNode,
    Flat,
    Limit,
    Match,
    MemberNode,
    Minimum,
    Month,
    PatentsNode,
    Percent,
    PointsNode,
    Rate,
    Reach,
    ReserveNode,
    SegmentNode,
    SplitNode,
    Standing,
    Steps,
    Terms,
    Territory,
    Tiers,
    When,
    month_of,
)
from platform_core.codes import COUNTRIES, CURRENCY_EXPONENTS

_AMOUNT: Final = re.compile(r"\d{1,30}(\.\d{1,12})?", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_PERIOD: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|Q([1-4])|H([12]))?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WORD: Final = re.compile(r"[^\x00-\x1f]+")
_FORMS: Final = ("per_unit", "bands", "steps", "percent", "percent_per_patent", "flat")
_SPANS: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_DEEPEST: Final = 40

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TermsProblem:
    """One mistake: the key's path in the document, what was found there, and what to do."""

    path: str
    value: str
    message: str
    code: Literal["bad_terms", "duplicate_id"] = "bad_terms"
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class TermsError(ValueError):
    """The document is not a programme's terms; `problems` names every mistake found."""

    def __init__(self, problems: list[TermsProblem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def parse_terms(document: str | bytes) -> Terms:
    """Read terms from TOML (UTF-8, a byte-order mark is accepted).

    Raises TermsError naming the line of a syntax error, or the path of every wrong key.
    """
    return validate_terms(load_document(document))


def load_document(document: str | bytes) -> dict[str, Any]:
    """The TOML as plain tables and lists, not yet checked. Raises TermsError for text that is not TOML in UTF-8."""
    try:
        text = document if isinstance(document, str) else document.decode("utf-8-sig")
        return tomllib.loads(text.removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 (byte {error.start}): save it as UTF-8"
        raise TermsError([TermsProblem("", "", message)]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        problem = TermsProblem("", "", f"not valid TOML: {error}", line=int(place[1]) if place else 0)
        raise TermsError([problem]) from error


def validate_terms(document: Mapping[str, Any]) -> Terms:
    """Check a document of plain tables and lists and return it as typed terms. Raises TermsError with every mistake."""
    reader = _Reader()
    terms = reader.terms(document)
    if reader.problems or terms is None:
        raise TermsError(reader.problems)
    return terms


def period_months(period: str) -> tuple[Month, Month] | None:
    """First and last month of a period written 2025-03, 2025Q1, 2025H1 or 2025; None where it is none of these."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        return None
    year = int(found[1])
    if not 1 <= year < 9999:
        return None
    start, length = (
        (int(found[2]), 1)
        if found[2]
        else (int(found[3]) * 3 - 2, 3)
        if found[3]
        else (int(found[4]) * 6 - 5, 6)
        if found[4]
        else (1, 12)
    )
    return month_of(year, start), month_of(year, start) + length - 1


class _Table:
    """One table of the document: hands out its keys by kind, and reports those that nobody asked for."""

    def __init__(self, reader: "_Reader", path: str, content: object) -> None:
        self.reader = reader
        self.path = path
        self.content: dict[str, Any] = {}
        self.used: set[str] = set()
        if isinstance(content, dict):
            self.content = content
        else:
            reader.wrong(path, content, "must be a table of keys")

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return key in self.content

    def wrong(self, key: str, message: str) -> None:
        self.reader.wrong(self.at(key), self.content.get(key), message)

    def get(self, key: str, kind: Callable[[str, object], T | None], default: T | None = None) -> T | None:
        """The key's value read by `kind`, or the default where it is absent or wrong (a wrong one is reported)."""
        self.used.add(key)
        if key not in self.content:
            return default
        value = kind(self.at(key), self.content[key])
        return default if value is None else value

    def need(self, key: str, kind: Callable[[str, object], T | None], instead: T, hint: str = "") -> T:
        """As `get`, but its absence is a mistake; `instead` only lets the reading go on to find further ones."""
        if key not in self.content:
            self.used.add(key)
            self.wrong(key, f"is missing{hint and ': ' + hint}")
        value = self.get(key, kind)
        return instead if value is None else value

    def only_with(self, keys: tuple[str, ...], condition: bool, message: str) -> None:
        for key in keys:
            if key in self.content and not condition:
                self.used.add(key)
                self.wrong(key, message)

    def finish(self) -> None:
        for key in self.content:
            if key not in self.used:
                known = ", ".join(sorted(self.used)) or "none"
                self.wrong(key, f"is not a known key here; known are: {known}")


class _Reader:
    """Goes through the document once and collects every problem on its way."""

    def __init__(self) -> None:
        self.problems: list[TermsProblem] = []
        self.currency = ""

    def wrong(
        self, path: str, value: object, message: str, code: Literal["bad_terms", "duplicate_id"] = "bad_terms"
    ) -> None:
        shown = value if isinstance(value, str) else "" if value is None else str(value)
        self.problems.append(TermsProblem(path, shown[:200], message, code))

    # -- kinds of values --------------------------------------------------------------------------------------

    def word(self, path: str, value: object) -> str | None:
        if isinstance(value, str) and _WORD.fullmatch(value) and value.strip():
            return value
        self.wrong(path, value, "must be a text that is not empty")
        return None

    def choice(self, *words: str) -> Callable[[str, object], str | None]:
        def read(path: str, value: object) -> str | None:
            if isinstance(value, str) and value in words:
                return value
            self.wrong(path, value, f"must be one of: {', '.join(words)}")
            return None

        return read

    def amount(self, path: str, value: object) -> Fraction | None:
        if isinstance(value, float):
            self.wrong(path, value, f'must be written as a string, so that it stays exact: "{value}"')
        elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**30:
            return Fraction(value)
        elif isinstance(value, str) and _AMOUNT.fullmatch(value):
            return Fraction(value)
        else:
            self.wrong(
                path, value, "must be a plain decimal of 0 or more with at most 12 decimals, written as a string"
            )
        return None

    def percentage(self, path: str, value: object) -> Fraction | None:
        amount = self.amount(path, value)
        if amount is not None and amount > 100:
            self.wrong(path, value, "must be between 0 and 100")
            return None
        return amount

    def positive(self, path: str, value: object) -> Fraction | None:
        amount = self.percentage(path, value)
        if amount == 0:
            self.wrong(path, value, "must be above 0")
            return None
        return amount

    def whole(self, path: str, value: object) -> int | None:
        amount = self.amount(path, value)
        if amount is not None and amount.denominator != 1:
            self.wrong(path, value, "must be a whole number")
            return None
        return None if amount is None else int(amount)

    def known_currency(self, path: str, value: object) -> str | None:
        if isinstance(value, str) and value in CURRENCY_EXPONENTS:
            return value
        self.wrong(path, value, "is not an ISO 4217 currency with a minor unit; write a code such as CNY or USD")
        return None

    def month(self, path: str, value: object) -> Month | None:
        found = _MONTH.fullmatch(value) if isinstance(value, str) else None
        if found is None or int(found[1]) == 0:
            self.wrong(path, value, "must be a month written as text: 2025-03")
            return None
        return month_of(int(found[1]), int(found[2]))

    def day(self, path: str, value: object) -> date | None:
        # TOML has dates of its own; both spellings mean the same day.
        if type(value) is date:
            return value
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.wrong(path, value, "must be a day that exists, written 2025-03-31")
        return None

    def words(self, path: str, value: object) -> frozenset[str] | None:
        if value == "*":
            return None
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return frozenset(value)
        self.wrong(path, value, 'must be a list of texts, such as ["a", "b"], or "*" for all')
        return None

    def countries(self, path: str, value: object) -> frozenset[str] | None:
        words = self.words(path, value)
        for code in sorted(words or ()):
            if code not in COUNTRIES:
                self.wrong(path, code, f"{code!r} is not an ISO 3166-1 alpha-2 country")
        return words

    def country_list(self, path: str, value: object) -> frozenset[str] | None:
        if value == "*":
            self.wrong(path, value, "must be a list of countries")
            return None
        return self.countries(path, value)

    def weights(self, path: str, value: object) -> dict[str, Fraction] | None:
        if not isinstance(value, dict):
            self.wrong(path, value, 'must be a table of weights, such as { A = "3", B = "1" }')
            return None
        read = {key: self.amount(f"{path}.{key}", weight) for key, weight in value.items()}
        return {key: weight for key, weight in read.items() if weight is not None}

    def some_weights(self, path: str, value: object) -> dict[str, Fraction] | None:
        if value == {}:
            self.wrong(path, "", "must name at least one")
            return None
        return self.weights(path, value)

    def tables(self, parent: _Table, key: str, path: str) -> list[_Table]:
        parent.used.add(key)
        value = parent.content.get(key, [])
        if not isinstance(value, list):
            self.wrong(path, value, "must be a list of tables")
            return []
        return [_Table(self, f"{path}[{index}]", item) for index, item in enumerate(value)]

    # -- the document -----------------------------------------------------------------------------------------

    def terms(self, document: object) -> Terms | None:
        top = _Table(self, "", document)
        top.used |= {"programme", "allocation"}
        if not top.has("programme"):
            self.wrong("programme", None, "is missing: write a [programme] table with id, currency and period")
        head = _Table(self, "programme", top.content.get("programme", {}))
        self.currency = head.need("currency", self.known_currency, "CNY")
        period = head.need("period", self.word, "2000", "write 2025-03, 2025Q1, 2025H1 or 2025")
        months = period_months(period)
        if months is None:
            head.wrong("period", "must be a month, quarter, half or year: 2025-03, 2025Q1, 2025H1, 2025")
            months = (0, 0)
        programme_id = head.need("id", self.word, "")
        basis = head.get("basis", self.choice("accrued", "collected"), "accrued")
        bearing = head.get("royalty_bearing", self.choice("always", "in_force"), "always")
        fee = head.get("admin_fee_percent", self.percentage, Fraction(0))
        head.finish()

        rates = tuple(self.rate(table) for table in self.tables(top, "rates", "rates"))
        waivers = tuple(self.limit(table, "below_per_year") for table in self.tables(top, "waivers", "waivers"))
        caps = tuple(self.limit(table, "per_year") for table in self.tables(top, "caps", "caps"))
        minimums = tuple(self.minimum(table) for table in self.tables(top, "minimums", "minimums"))
        self.unique("rates", [rate.id for rate in rates])
        self.unique("waivers", [limit.id for limit in waivers])
        self.unique("caps", [limit.id for limit in caps])
        self.unique("minimums", [minimum.id for minimum in minimums])
        if top.has("allocation"):
            allocation = self.node("allocation", top.content["allocation"], 0)
        else:
            allocation = None
            self.wrong("allocation", None, 'is missing: write an [allocation] table, at the simplest by = "equal"')
        top.finish()
        if allocation is None:
            return None
        return Terms(
            id=programme_id,
            currency=self.currency,
            period=period,
            period_start=months[0],
            period_end=months[1],
            collected=basis == "collected",
            in_force_only=bearing == "in_force",
            admin_fee_percent=fee or Fraction(0),
            rates=rates,
            waivers=waivers,
            caps=caps,
            minimums=minimums,
            allocation=allocation,
        )

    def unique(self, path: str, ids: list[str]) -> None:
        for index, name in enumerate(ids):
            if name and name in ids[:index]:
                self.wrong(f"{path}[{index}].id", name, f"{name!r} is used twice: give each its own id", "duplicate_id")

    def match(self, table: _Table) -> Match:
        match = Match(
            products=table.get("products", self.words),
            sold_in=table.get("sold_in", self.countries),
            made_in=table.get("made_in", self.countries),
            licences=table.get("licences", self.words),
            option=table.get("option", self.words),
            from_month=table.get("from", self.month),
            to_month=table.get("to", self.month),
            standing=cast(Standing | None, table.get("standing", self.choice("standard", "compliant"))),
            signed_from=table.get("signed_from", self.day),
            signed_to=table.get("signed_to", self.day),
        )
        if match.from_month is not None and match.to_month is not None and match.from_month > match.to_month:
            table.wrong("to", "ends before it begins: set `to` to `from` or later")
        if match.signed_from is not None and match.signed_to is not None and match.signed_from > match.signed_to:
            table.wrong("signed_to", "ends before it begins: set `signed_to` to `signed_from` or later")
        return match

    def scope(self, table: _Table) -> Literal["licence", "enterprise"]:
        return "licence" if table.get("scope", self.choice("licence", "enterprise")) == "licence" else "enterprise"

    def rate(self, table: _Table) -> Rate:
        name = table.need("id", self.word, "")
        match = self.match(table)
        currency = table.get("currency", self.known_currency) or self.currency
        given = [key for key in _FORMS if table.has(key)]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none"
            self.wrong(table.path, name, f"must have exactly one of {', '.join(_FORMS)}; {found}")
            table.used |= set(table.content)
            return Rate(name, match, currency, Flat(Fraction(0), 12))
        form = given[0]
        unit_forms = form in ("per_unit", "bands", "steps")
        table.only_with(("product_weights", "scope"), unit_forms, "goes only with per_unit, bands or steps")
        table.only_with(("reset",), form in ("bands", "steps"), "goes only with bands or steps")
        table.only_with(("measure",), form == "steps", "goes only with steps")
        table.only_with(
            ("floor_per_unit", "ceiling_per_unit"),
            form in ("percent", "percent_per_patent"),
            "goes only with percent or percent_per_patent",
        )
        table.only_with(("percent_ceiling",), form == "percent_per_patent", "goes only with percent_per_patent")
        table.only_with(("flat_per",), form == "flat", "goes only with flat")
        read: Tiers | Steps | Percent | Flat
        if unit_forms:
            read = self.by_units(table, form)
        elif form == "flat":
            span = table.need("flat_per", self.choice(*_SPANS), "year", "write month, quarter, half or year")
            read = Flat(table.need("flat", self.amount, Fraction(0)), _SPANS[span])
        else:
            read = Percent(
                percent=table.need(form, self.amount, Fraction(0)),
                per_patent=form == "percent_per_patent",
                percent_ceiling=table.get("percent_ceiling", self.amount),
                floor_per_unit=table.get("floor_per_unit", self.amount),
                ceiling_per_unit=table.get("ceiling_per_unit", self.amount),
            )
        table.finish()
        return Rate(name, match, currency, read)

    def by_units(self, table: _Table, form: str) -> Tiers | Steps:
        weights = table.get("product_weights", self.weights) or {}
        scope = self.scope(table)
        never = table.get("reset", self.choice("year", "never")) == "never"
        if form == "per_unit":
            price = table.need("per_unit", self.amount, Fraction(0))
            return Tiers((Fraction(0),), (price,), weights, scope, never_resets=False)
        value_key = "per_unit" if form == "bands" else "fee"
        rungs = self.tables(table, form, table.at(form))
        if not rungs:
            table.wrong(form, "must have at least one entry")
        above: list[Fraction] = []
        values: list[Fraction] = []
        for rung in rungs:
            above.append(rung.need("above", self.amount, Fraction(0)))
            values.append(rung.need(value_key, self.amount, Fraction(0)))
            rung.finish()
            if len(above) > 1 and above[-1] <= above[-2]:
                rung.wrong("above", "must be larger than the one before")
            if form == "steps" and len(values) > 1 and values[-1] < values[-2]:
                rung.wrong("fee", "must not be smaller than the one before")
        if form == "bands":
            if above and above[0] != 0:
                rungs[0].wrong("above", "must be 0 in the first band, so that every unit has a rate")
            return Tiers(tuple(above), tuple(values), weights, scope, never)
        peak = table.get("measure", self.choice("sum", "peak")) == "peak"
        return Steps(tuple(above), tuple(values), weights, scope, never, peak)

    def limit(self, table: _Table, key: str) -> Limit:
        limit = Limit(
            id=table.need("id", self.word, ""),
            match=self.match(table),
            currency=table.get("currency", self.known_currency) or self.currency,
            scope=self.scope(table),
            amount=table.need(key, self.amount, Fraction(0)),
        )
        table.finish()
        return limit

    def minimum(self, table: _Table) -> Minimum:
        minimum = Minimum(
            id=table.need("id", self.word, ""),
            licences=table.get("licences", self.words),
            option=table.get("option", self.words),
            currency=table.get("currency", self.known_currency) or self.currency,
            scope=self.scope(table),
            amount=table.need("per_year", self.amount, Fraction(0)),
        )
        table.finish()
        return minimum

    # -- the allocation ---------------------------------------------------------------------------------------

    def node(self, path: str, content: object, depth: int) -> AnyNode:
        table = _Table(self, path, content)
        if depth > _DEEPEST:
            self.wrong(path, None, f"is nested more than {_DEEPEST} deep")
            return EqualNode(path=path)
        kinds = ("segment", "split", "patents", "coverage", "equal", "points", "column", "member", "reserve")
        by = table.need("by", self.choice(*kinds), "", f"write one of {', '.join(kinds)}")
        when = self.when(table)
        table.used.add("otherwise")
        otherwise = None
        if table.has("otherwise"):
            otherwise = self.node(table.at("otherwise"), table.content["otherwise"], depth + 1)
        node: AnyNode
        match by:
            case "segment":
                node = SegmentNode(
                    path=path,
                    when=when,
                    otherwise=otherwise,
                    shares=table.need("shares", self.some_weights, {}),
                    within=self.child(table, "within", depth),
                )
            case "split":
                branches = self.tables(table, "branches", table.at("branches"))
                if not branches:
                    table.wrong("branches", "must have at least one branch")
                shares = tuple(branch.need("share", self.amount, Fraction(0)) for branch in branches)
                children = tuple(self.child(branch, "to", depth) for branch in branches)
                for branch in branches:
                    branch.finish()
                node = SplitNode(path=path, when=when, otherwise=otherwise, shares=shares, branches=children)
            case "patents":
                node = self.patents(table, when, otherwise)
            case "coverage":
                where = self.territory(table)
                node = CoverageNode(path=path, when=when, otherwise=otherwise, territory=where)
            case "points":
                node = PointsNode(
                    path=path,
                    when=when,
                    otherwise=otherwise,
                    points=table.need("points", self.weights, {}),
                    cap_percent=table.get("cap_percent", self.positive),
                )
            case "column":
                node = ColumnNode(
                    path=path,
                    when=when,
                    otherwise=otherwise,
                    column=table.need("column", self.word, ""),
                    cap_percent=table.get("cap_percent", self.positive),
                )
            case "member":
                node = MemberNode(path=path, when=when, otherwise=otherwise, id=table.need("id", self.word, ""))
            case "reserve":
                node = ReserveNode(path=path, when=when, otherwise=otherwise, name=table.need("name", self.word, ""))
            case "equal":
                node = EqualNode(path=path, when=when, otherwise=otherwise)
            case _:
                return EqualNode(path=path)
        table.finish()
        return node

    def territory(self, table: _Table) -> Territory:
        kinds = self.choice("sold_in", "made_in", "either", "both", "any")
        return cast(Territory, table.get("territory", kinds, "sold_in"))

    def child(self, table: _Table, key: str, depth: int) -> AnyNode:
        table.used.add(key)
        if not table.has(key):
            table.wrong(key, "is missing: it says how the amount is divided further")
            return EqualNode(path=table.at(key))
        return self.node(table.at(key), table.content[key], depth + 1)

    def when(self, table: _Table) -> When | None:
        table.used.add("when")
        if not table.has("when"):
            return None
        inner = _Table(self, table.at("when"), table.content["when"])
        when = When(
            licences=inner.get("licences", self.words),
            products=inner.get("products", self.words),
            sold_in=inner.get("sold_in", self.countries),
            made_in=inner.get("made_in", self.countries),
        )
        for key, value in inner.content.items():
            if value == "*":
                inner.wrong(key, "must be a list; leave the key out where all are meant")
        inner.finish()
        return when

    def patents(self, table: _Table, when: When | None, otherwise: AnyNode | None) -> PatentsNode:
        count = cast(Count, table.get("count", self.choice("families", "publications", "reach"), "families"))
        territory = self.territory(table)
        days = table.get("time", self.choice("first_day", "days")) == "days"
        by_reach = count == "reach"
        table.only_with(("reach",), by_reach, 'goes only with count = "reach"')
        table.only_with(("class_weights",), not by_reach, 'does not apply with count = "reach"')
        reach = None
        if by_reach:
            if territory != "any":
                self.wrong(table.at("territory"), territory, 'must be "any" with count = "reach"')
            if days:
                table.wrong("time", 'must be "first_day" with count = "reach"')
            reach = self.reach(table)
        node = PatentsNode(
            path=table.path,
            when=when,
            otherwise=otherwise,
            territory=territory,
            count=count,
            days=days,
            class_weights=table.get("class_weights", self.weights) or {},
            reach=reach,
            cap_percent=table.get("cap_percent", self.positive),
        )
        return node

    def reach(self, table: _Table) -> Reach | None:
        table.used.add("reach")
        if not table.has("reach"):
            table.wrong("reach", 'is missing: count = "reach" needs base, major_base, major, extra and extra_max')
            return None
        inner = _Table(self, table.at("reach"), table.content["reach"])
        reach = Reach(
            base=inner.need("base", self.amount, Fraction(0)),
            major_base=inner.need("major_base", self.amount, Fraction(0)),
            major=inner.need("major", self.country_list, frozenset()),
            extra=inner.need("extra", self.amount, Fraction(0)),
            extra_max=inner.need("extra_max", self.whole, 0),
        )
        inner.finish()
        return reach
