"""The allocation tree of a terms document."""

from fractions import Fraction
from typing import Final, cast

from licensing.engine.model import (
    AnyNode,
    ColumnNode,
    Count,
    CoverageNode,
    EqualNode,
    MemberNode,
    PatentsNode,
    PointsNode,
    Reach,
    ReserveNode,
    SegmentNode,
    SplitNode,
    Territory,
    When,
)
from licensing.engine.terms.values import Table, Values

_DEEPEST: Final = 40


class TreeReader(Values):
    """Reads how members share."""

    def node(self, path: str, content: object, depth: int) -> AnyNode:
        table = Table(self, path, content)
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

    def territory(self, table: Table) -> Territory:
        kinds = self.choice("sold_in", "made_in", "either", "both", "any")
        return cast(Territory, table.get("territory", kinds, "sold_in"))

    def child(self, table: Table, key: str, depth: int) -> AnyNode:
        table.used.add(key)
        if not table.has(key):
            table.wrong(key, "is missing: it says how the amount is divided further")
            return EqualNode(path=table.at(key))
        return self.node(table.at(key), table.content[key], depth + 1)

    def when(self, table: Table) -> When | None:
        table.used.add("when")
        if not table.has("when"):
            return None
        inner = Table(self, table.at("when"), table.content["when"])
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

    def patents(self, table: Table, when: When | None, otherwise: AnyNode | None) -> PatentsNode:
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

    def reach(self, table: Table) -> Reach | None:
        table.used.add("reach")
        if not table.has("reach"):
            table.wrong("reach", 'is missing: count = "reach" needs base, major_base, major, extra and extra_max')
            return None
        inner = Table(self, table.at("reach"), table.content["reach"])
        reach = Reach(
            base=inner.need("base", self.amount, Fraction(0)),
            major_base=inner.need("major_base", self.amount, Fraction(0)),
            major=inner.need("major", self.country_list, frozenset()),
            extra=inner.need("extra", self.amount, Fraction(0)),
            extra_max=inner.need("extra_max", self.whole, 0),
        )
        inner.finish()
        return reach
