"""In what two versions of terms differ, in words: everything, and nothing else."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from licensing.engine.model import Terms
from licensing.terms.wording.said import Area, Difference, Said, percent, quoted, say, turned
from licensing.terms.wording.tariff import (
    limit_changed,
    limit_described,
    minimum_changed,
    minimum_described,
    rate_changed,
    rate_described,
)
from licensing.terms.wording.tree import nodes_changed


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)

ENTRIES: Final[dict[Area, Said]] = {
    "rates": Said("Rate", "费率"),
    "waivers": Said("Waiver", "豁免"),
    "caps": Said("Cap", "封顶"),
    "minimums": Said("Minimum", "年度最低额"),
}

_BASES: Final = {True: Said("what was received", "实收"), False: Said("what is due", "应收")}
_BEARING: Final = {
    True: Said("only where a patent is in force where made or sold", "仅在制造地或销售地有有效入池专利时计费"),
    False: Said("whether or not a patent is in force there", "不论当地是否有有效专利均计费"),
}


def compare_terms(before: Terms, after: Terms) -> list[Difference]:
    """Say each thing in which terms differ from those before. The period of a close is none of them, nor its currency.

    Entries are told apart by their ids, so that one under another id is one that is gone and one that is new.
    """
    return [
        *_head_changed(before, after),
        *_entries_changed("rates", before.rates, after.rates, rate_changed, rate_described),
        *_entries_changed("waivers", before.waivers, after.waivers, limit_changed, limit_described),
        *_entries_changed("caps", before.caps, after.caps, limit_changed, limit_described),
        *_entries_changed("minimums", before.minimums, after.minimums, minimum_changed, minimum_described),
        *(
            Difference("allocation", "changed", "", _sentence(place, told))
            for place, told in nodes_changed(before.allocation, after.allocation)
        ),
    ]


def _head_changed(before: Terms, after: Terms) -> Iterator[Difference]:
    told: list[tuple[Said, Said, Said]] = [
        (Said("Shared out is", "分配依据"), _BASES[before.collected], _BASES[after.collected]),
        (Said("Royalties are due", "计费条件"), _BEARING[before.in_force_only], _BEARING[after.in_force_only]),
        (Said("Administration fee", "管理费"), percent(before.admin_fee_percent), percent(after.admin_fee_percent)),
    ]
    for label, was, now in told:
        if was != now:
            yield Difference("programme", "changed", "", _sentence(label, turned(was, now)))


def _entries_changed(
    area: Area,
    before: Sequence[Entry],
    after: Sequence[Entry],
    changed: Callable[[Entry, Entry], Iterable[Said]],
    described: Callable[[Entry], Said],
) -> Iterator[Difference]:
    old, new = {entry.id: entry for entry in before}, {entry.id: entry for entry in after}
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    kind = ENTRIES[area]
    for name, entry in old.items():
        if name not in new:
            told = say(
                "{kind} {name} is gone, which stood {place}: {entry}.",
                "删除{kind}{name}（原次序：{place}）：{entry}。",
                kind=kind,
                name=quoted(name),
                place=_place(name, list(old)),
                entry=described(entry),
            )
            yield Difference(area, "removed", name, told)
    for name, entry in new.items():
        place = _place(name, list(new))
        if name not in old:
            told = say(
                "{kind} {name} is new, {place}: {entry}.",
                "新增{kind}{name}（{place}）：{entry}。",
                kind=kind,
                name=quoted(name),
                place=place,
                entry=described(entry),
            )
            yield Difference(area, "added", name, told)
            continue
        if name in moved:
            told = say(
                "{kind} {name} is moved: {told}.",
                "{kind}{name}的次序变动：{told}。",
                kind=kind,
                name=quoted(name),
                told=turned(_place(name, list(old)), place),
            )
            yield Difference(area, "moved", name, told)
        for part in changed(old[name], entry):
            label = say("{kind} {name}", "{kind}{name}", kind=kind, name=quoted(name))
            yield Difference(area, "changed", name, _sentence(label, part))


def _place(name: str, order: list[str]) -> Said:
    """Say where an entry stands: the first that matches counts, and limits work on what those before them left."""
    position = order.index(name)
    return (
        Said("first", "首位")
        if position == 0
        else say("after {other}", "在{other}之后", other=quoted(order[position - 1]))
    )


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Return the fewest names that have to be moved to get from one order to the other."""
    at = {name: position for position, name in enumerate(before)}
    # For each name the longest part up to it that stayed in order, and the name before it there.
    lengths: dict[str, int] = {}
    earlier: dict[str, str | None] = {}
    for name in after:
        inner = max((other for other in lengths if at[other] < at[name]), key=lengths.__getitem__, default=None)
        lengths[name] = 1 if inner is None else lengths[inner] + 1
        earlier[name] = inner
    stayed: set[str] = set()
    last = max(lengths, key=lengths.__getitem__, default=None)
    while last is not None:
        stayed.add(last)
        last = earlier[last]
    return set(after) - stayed


def _sentence(label: Said, told: Said) -> Said:
    return say("{label}: {told}.", "{label}：{told}。", label=label, told=told)
