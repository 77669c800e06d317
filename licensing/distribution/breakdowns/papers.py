"""What a statement's amount is made of, as a table of its paper and the note that says why there is none."""

from collections.abc import Mapping
from typing import Any, Final

from licensing.close.papers.words import word
from licensing.close.papers.workings import product_name
from licensing.papers.paper import Language, Money, Table

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("金额构成：按产品和销售地", "What the amount is made of, by product and country"),
    "title_several": (
        "第 {first} 至 {last} 次分配合计的金额构成：按产品和销售地",
        "What the amounts of distributions {first} to {last} are made of together, by product and country",
    ),
    "product": ("产品", "Product"),
    "country": ("销售地", "Sold in"),
    "amount": ("金额", "Amount"),
    "others": ("其他（合并列示）", "Others, in one sum"),
    "total": ("合计", "Total"),
    "why": ("为何合并列示", "Why in one sum"),
    "others_note": (
        "合并列示的部分，若分开列示会透露个别被许可方的销售。",
        "Told apart, these parts would tell what single licensees sold.",
    ),
    "payments_differ": (
        "有被许可方尚未付清，或所付比例与其他被许可方不同。分开列示会透露其销售；付清之后，与后续付款单合并列示。",
        "Some licensees have not paid, or paid another part of what they owe than others, and the rest would tell what "
        "these sold. It is told with a later statement, once they have.",
    ),
    "corrected": (
        "所涉期间自上次列示之后作过更正，差额只涉及个别被许可方。",
        "A period was corrected since the last statement that told it, and the difference is of single licensees.",
    ),
    "unknown_before": (
        "此前（包括启用本平台之前）所付部分的构成没有记录。",
        "What was paid before, here or elsewhere, is not on record by product and country.",
    ),
    "not_of_closes": (
        "各期结算单也未分开列示（被许可方过少，或其中一家占比过大）。",
        "The statements of the closes do not tell it either: too few licensees, or one of too large a part.",
    ),
    "held": ("暂扣的金额在解除暂扣后列示。", "What is held back is told once it is due."),
}


def breakdown_table(breakdown: Mapping[str, Any], currency: str, language: Language) -> Table:
    """Return what a statement tells by product and country as a table, the sum last; or why it tells nothing."""
    covers = breakdown.get("covers", [])
    title = (
        _said("title_several", language, first=covers[0], last=covers[-1])
        if len(covers) > 1
        else _said("title", language)
    )
    headings = [_said("product", language), _said("country", language), _said("amount", language)]
    if "why" in breakdown:
        return Table(title, headings, [], empty=_said(breakdown["why"], language))
    mark = word("list_mark", language)
    rows: list[list[str | int | Money]] = [
        [
            mark.join(product_name(product, language) for product in cell["products"]),
            mark.join(country or word("no_country", language) for country in cell["countries"]),
            Money(int(cell["amount_minor"]), currency),
        ]
        for cell in breakdown["cells"]
    ]
    others = int(breakdown["others_minor"])
    if others:
        rows.append([_said("others", language), "", Money(others, currency)])
    total = others + sum(int(cell["amount_minor"]) for cell in breakdown["cells"])
    return Table(title, headings, [*rows, [_said("total", language), "", Money(total, currency)]])


def breakdown_notes(breakdown: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    """Return the note that says why something is told in one sum; none where nothing is."""
    return [(_said("why", language), _said("others_note", language))] if int(breakdown.get("others_minor", 0)) else []


def _said(key: str, language: Language, **values: object) -> str:
    return WORDS[key][0 if language is Language.ZH else 1].format(**values)
