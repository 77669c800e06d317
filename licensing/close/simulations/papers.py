"""A comparison of terms on paper, with the figures of the page; its reader has been told all of it already."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from licensing.papers.paper import Cell, Language, Money, Paper, Table

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("条款试算", "Terms tried"),
    "source_close": ("按以往结算所用的销售", "With the sales of a past close"),
    "source_invented": ("按自拟的销售", "With invented sales"),
    "source_reports": ("按本方已提交的报告", "With the reader's own reports"),
    "source": ("所用销售", "Sales"),
    "period": ("期间", "Period"),
    "side": ("第 {number} 版", "Version {number}"),
    "side_draft": ("第 {number} 版（草稿）", "Version {number} (draft)"),
    "due": ("{version}应付", "Due under {version}"),
    "capped": ("{version}封顶减收", "Taken off by caps under {version}"),
    "difference": ("差额", "Difference"),
    "kinds": ("各计费方式的许可费", "Royalties by kind of rate"),
    "tiers": ("各档、封顶与减免", "By band, step, cap and waiver"),
    "rates": ("各费率的许可费", "Royalties by rate"),
    "products": ("各产品的许可费", "Royalties by product"),
    "licences": ("各许可合同的应付", "What licences owe"),
    "payees": ("分配给各方", "What payees would get"),
    "what": ("项目", "What"),
    "kind": ("计费方式", "Kind"),
    "part": ("部分", "Of which"),
    "price": ("{version}单价或档费", "Price or fee under {version}"),
    "in_all": ("合计", "In all"),
    "above": ("超过 {above} 件", "above {above} units"),
    "between": ("超过 {above} 至 {upto} 件", "above {above} up to {upto} units"),
    "all": ("全部", "all"),
    "waived": ("减免（达到限额后补收为正）", "waived, or owed after all"),
    "capped_part": ("封顶减收", "taken off by a cap"),
    "no_rate": ("不计费", "none"),
    "kind_per_unit": ("按件", "per unit"),
    "kind_bands": ("按件分档", "bands per unit"),
    "kind_steps": ("阶梯费", "fees by step"),
    "kind_percent": ("按销售额百分比", "percentage of sales"),
    "kind_percent_per_patent": ("按专利数的百分比", "percentage per patent"),
    "kind_flat": ("固定金额", "flat amount"),
    "kind_minimum": ("年度最低额", "yearly minimum"),
    "kind_charge": ("其他收费", "charge"),
    "kind_none": ("不计费", "none"),
    "payee_fee": ("管理费", "Administration fee"),
    "payee_undistributed": ("未分配", "Not distributed"),
    "payee_others": ("其他成员合计", "All other members"),
    "payee_reserve": ("专项：{name}", "Reserve: {name}"),
    "payee_held": ("{name}（暂扣）", "{name} (withheld)"),
    "payee_credit": ("{name}（抵扣）", "{name} (credited)"),
    "bound": ("说明", "Note"),
    "bound_text": (
        "仅供参考，不产生任何应付款项。金额逐项取整。",
        "For information: nothing becomes due by it. Amounts are each rounded by themselves.",
    ),
    "exact": ("精确金额", "exact"),
    "amount": ("金额", "amount"),
    "item": ("项目", "item"),
}

Said = Callable[..., str]


def simulation_paper(result: Mapping[str, Any], language: Language) -> Paper:
    """Return what a simulation gave as a paper in a language."""

    def said(key: str, **values: object) -> str:
        return WORDS[key][0 if language is Language.ZH else 1].format(**values)

    currency = result["currency"]
    names = [
        said("side_draft" if side["state"] == "draft" else "side", number=side["number"]) for side in result["sides"]
    ]
    due, capped = result["due_minor"], result["capped_minor"]
    return Paper(
        language=language,
        name=f"simulation-{result['period']}",
        title=said("title"),
        subtitle=" / ".join(names),
        issuer=[said("title")],
        addressee=[],
        facts=[(said("period"), result["period"]), (said("source"), said(f"source_{result['source']}"))],
        figures=[
            *((said("capped", version=name), Money(each, currency)) for name, each in zip(names, capped, strict=True)),
            *((said("due", version=name), Money(each, currency)) for name, each in zip(names, due, strict=True)),
        ],
        tables=list(_tables(result, names, said)),
        notes=[(said("bound"), said("bound_text"))],
        footer=f"{said('title')} {result['period']}",
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )


def _tables(result: Mapping[str, Any], names: Sequence[str], said: Said) -> Iterator[Table]:
    currency = result["currency"]
    both = len(names) > 1
    titles = [*names, *([said("difference")] if both else [])]

    def figures(minor: Sequence[int]) -> list[Cell]:
        return [Money(each, currency) for each in [*minor, *([minor[0] - minor[1]] if both else [])]]

    def lines(key: str, name: Callable[[str], str]) -> Table:
        return Table(
            said(key),
            [said("what"), *titles],
            [[name(line["key"]), *figures(line["minor"])] for line in result[key]],
        )

    yield lines("kinds", lambda key: said(f"kind_{key}"))
    yield Table(
        said("tiers"),
        [said("what"), said("kind"), said("part"), *(said("price", version=name) for name in names), *titles],
        [
            [
                _rate(line["rate"], said),
                said(f"kind_{line['kind']}"),
                _part(line, said),
                *(_price(price, line["kind"]) for price in line["price"]),
                *figures(line["minor"]),
            ]
            for line in result["tiers"]
        ],
    )
    yield lines("rates", lambda key: _rate(key, said))
    yield lines("products", str)
    if len(result["licences"]) > 1:
        yield lines("licences", str)
    if result["payees"]:
        yield lines("payees", lambda key: _payee(key, said))


def _rate(rate: str, said: Said) -> str:
    return said("kind_charge") if rate == "~charge" else rate or said("no_rate")


def _price(price: str | None, kind: str) -> str:
    return f"{price} %" if price and kind.startswith("percent") else price or ""


def _part(line: Mapping[str, Any], said: Said) -> str:
    if line["part"] != "tier":
        return said("waived" if line["part"] == "waived" else "capped_part")
    if not line["above"]:
        return said("all")
    ends = {upto for upto in line["upto"] if upto is not None}
    upto = ends.pop() if len(ends) == 1 else ""
    return said("between", above=line["above"], upto=upto) if upto else said("above", above=line["above"])


def _payee(key: str, said: Said) -> str:
    kind, _, name = key.removeprefix("~").partition(":")
    known = f"payee_{kind}"
    return said(known, name=name) if key.startswith("~") and known in WORDS else key
