"""How members share, in words, and in what two allocations differ."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from licensing.engine.model import (
    AnyNode,
    ColumnNode,
    CoverageNode,
    EqualNode,
    MemberNode,
    PatentsNode,
    PointsNode,
    Reach,
    ReserveNode,
    SegmentNode,
    SplitNode,
    When,
)
from licensing.terms.wording.said import (
    NONE,
    Said,
    listed,
    maybe_percent,
    names,
    number,
    quoted,
    same,
    say,
    turned,
    weights,
    yes,
)
from licensing.terms.wording.tariff import Trait, described, plain, traits_changed

ROOT: Final = Said("Allocation", "分配方案")
_OTHERWISE: Final = Said("where that does not apply", "不适用时")
_WITHIN: Final = Said("within each segment", "各环节之内")

_TERRITORIES: Final = {
    "sold_in": Said("in force where sold", "销售地有效"),
    "made_in": Said("in force where made", "制造地有效"),
    "either": Said("in force where made or sold", "制造地或销售地有效"),
    "both": Said("counted where made and where sold", "制造地和销售地分别计算"),
    "any": Said("in force in any country", "任一国家有效"),
}
_COUNTS: Final = {
    "families": Said("each family once", "每个专利族计一次"),
    "publications": Said("each patent once", "每件专利各计一次"),
    "reach": Said("families by their reach", "专利族按覆盖国家加权"),
}


def _reach(reach: Reach | None) -> Said:
    if reach is None:
        return NONE
    return say(
        "{base} a family, {major_base} where it is in force in {major}, {extra} more for each further country, "
        "{most} of them at most",
        "每个专利族计 {base}，在 {major} 有效的计 {major_base}，每多一个国家加 {extra}，至多 {most} 个",
        base=number(reach.base),
        major_base=number(reach.major_base),
        major=names(reach.major),
        extra=number(reach.extra),
        most=str(reach.extra_max),
    )


_CAP: Final = Trait("cap_percent", Said("one member at most", "单个成员不超过"), plain(maybe_percent))

NODES: Final[dict[type, tuple[Said, tuple[Trait, ...]]]] = {
    SegmentNode: (
        Said("by segment", "按产业环节分配"),
        (Trait("shares", Said("shares", "份额"), plain(weights)),),
    ),
    SplitNode: (Said("in branches", "按约定比例分配"), ()),
    PatentsNode: (
        Said("by patents", "按入池专利分配"),
        (
            Trait("count", Said("counted", "计数方式"), plain(_COUNTS.__getitem__)),
            Trait("territory", Said("territory", "地域"), plain(_TERRITORIES.__getitem__)),
            Trait("days", Said("day by day", "按天计算"), plain(yes)),
            Trait("class_weights", Said("weights of classes", "分类权重"), plain(weights)),
            Trait("reach", Said("reach", "覆盖国家权重"), plain(_reach)),
            _CAP,
        ),
    ),
    CoverageNode: (
        Said("equally among members with a patent", "有有效专利的成员平均分配"),
        (Trait("territory", Said("territory", "地域"), plain(_TERRITORIES.__getitem__)),),
    ),
    EqualNode: (Said("equally among members", "成员平均分配"), ()),
    PointsNode: (
        Said("by points", "按约定点数分配"),
        (Trait("points", Said("points", "点数"), plain(weights)), _CAP),
    ),
    ColumnNode: (
        Said("by a column of members", "按成员数据分配"),
        (Trait("column", Said("column", "数据列"), plain(quoted)), _CAP),
    ),
    MemberNode: (Said("to one member", "归一名成员"), (Trait("id", Said("member", "成员"), plain(quoted)),)),
    ReserveNode: (Said("to a reserve", "计入专项"), (Trait("name", Said("reserve", "专项"), plain(quoted)),)),
}
"""What each kind of node is called, and its traits; what hangs below a node is said for itself."""

WHEN: Final = (
    Trait("licences", Said("only for licences", "仅适用于许可"), plain(names)),
    Trait("products", Said("only for products", "仅适用于产品"), plain(names)),
    Trait("sold_in", Said("only where sold in", "仅适用于销售地"), plain(names)),
    Trait("made_in", Said("only where made in", "仅适用于制造地"), plain(names)),
)


def nodes_changed(before: AnyNode, after: AnyNode, place: Said = ROOT) -> Iterator[tuple[Said, Said]]:
    """Yield each thing in which two allocations differ: where in the tree, and what."""
    if type(before) is not type(after):
        yield place, turned(node_described(before), node_described(after))
        return
    traits = NODES[type(before)][1]
    for told in traits_changed(traits, before, after, ("", "")):
        yield place, told
    for told in traits_changed(WHEN, before.when or When(), after.when or When(), ("", "")):
        yield place, told
    if isinstance(before, SegmentNode) and isinstance(after, SegmentNode):
        yield from nodes_changed(before.within, after.within, _below(place, _WITHIN))
    if isinstance(before, SplitNode) and isinstance(after, SplitNode):
        yield from _branches_changed(before, after, place)
    yield from _otherwise_changed(before.otherwise, after.otherwise, _below(place, _OTHERWISE))


def node_described(node: AnyNode) -> Said:
    """Say a node of the allocation and all that hangs below it, with nothing left out."""
    name, traits = NODES[type(node)]
    parts = [name, *described(traits, node, ""), *described(WHEN, node.when or When(), "")]
    if isinstance(node, SegmentNode):
        parts.append(_inside(_WITHIN, node.within))
    if isinstance(node, SplitNode):
        for position, (share, branch) in enumerate(zip(node.shares, node.branches, strict=True)):
            parts.append(_inside(_branch(position, share), branch))
    if node.otherwise is not None:
        parts.append(_inside(_OTHERWISE, node.otherwise))
    return listed(parts, en=", ", zh="，")


def _branches_changed(before: SplitNode, after: SplitNode, place: Said) -> Iterator[tuple[Said, Said]]:
    """Branches are compared by their place: the order of equal ones decides ties, so that it is part of the terms."""
    both = min(len(before.branches), len(after.branches))
    for position in range(both):
        here = _below(place, _branch(position))
        was, now = before.shares[position], after.shares[position]
        if was != now:
            yield here, say("share: {told}", "份额：{told}", told=turned(same(number(was)), same(number(now))))
        yield from nodes_changed(before.branches[position], after.branches[position], here)
    for position in range(both, len(after.branches)):
        told = _inside(_branch(position, after.shares[position]), after.branches[position])
        yield place, say("added: {told}", "新增：{told}", told=told)
    for position in range(both, len(before.branches)):
        told = _inside(_branch(position, before.shares[position]), before.branches[position])
        yield place, say("gone: {told}", "删除：{told}", told=told)


def _otherwise_changed(before: AnyNode | None, after: AnyNode | None, place: Said) -> Iterator[tuple[Said, Said]]:
    if before is not None and after is not None:
        yield from nodes_changed(before, after, place)
    elif after is not None:
        yield place, say("added: {told}", "新增：{told}", told=node_described(after))
    elif before is not None:
        yield place, say("gone: {told}", "删除：{told}", told=node_described(before))


def _branch(position: int, share: Fraction | None = None) -> Said:
    if share is None:
        return say("branch {number}", "第 {number} 支", number=str(position + 1))
    return say(
        "branch {number} (share {share})",
        "第 {number} 支（份额 {share}）",
        number=str(position + 1),
        share=number(share),
    )


def _below(place: Said, part: Said) -> Said:
    return say("{place}, {part}", "{place}，{part}", place=place, part=part)


def _inside(place: Said, node: AnyNode) -> Said:
    return say("{place}: [{node}]", "{place}：［{node}］", place=place, node=node_described(node))
