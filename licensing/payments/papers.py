"""The reconciliation on paper, in both languages: every comparison, and every difference with its causes."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from licensing.papers.paper import Cell, Language, Money, Paper, Table
from licensing.payments.differing import Explained, Why
from licensing.payments.reconciling import Check
from platform_core.identity.models import OperatingEntity

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("三方对账", "Reconciliation of bank, books and papers"),
    "on": ("截至", "At the end of"),
    "purpose": ("资金用途", "Money for"),
    "royalties": ("许可费", "royalties"),
    "result": ("结果", "Result"),
    "agrees": ("全部相符", "everything agrees"),
    "differs": ("有 {count} 项不符", "differences: {count}"),
    "compared": ("核对明细", "What was compared"),
    "check": ("核对事项", "What"),
    "of": ("对象", "Of"),
    "papers": ("单据", "Papers"),
    "books": ("账簿", "Books"),
    "difference": ("差异", "Difference"),
    "causes": ("差异原因", "Why they differ"),
    "why": ("原因", "Why"),
    "day": ("日期", "Day"),
    "entry": ("凭证", "Entry"),
    "amount": ("金额", "Amount"),
    "item": ("项目", "Item"),
    "exact": ("精确值", "exact"),
    "none": ("没有差异。", "There are no differences."),
    "unexplained": ("原因不明", "unexplained"),
    Check.BANK: ("银行余额", "Balance at the bank"),
    Check.RECEIVABLE: ("应收未结账单", "Open invoices"),
    Check.BILLED: ("已开单未收许可费", "Royalties billed, not yet received"),
    Check.COLLECTED: ("已收待分配许可费", "Royalties received, not yet given out"),
    Check.OUTPUT_VAT: ("销项税", "Value added tax"),
    Check.PAYABLE: ("应付成员", "Due to members"),
    Check.WITHHELD_TAX: ("代扣税款", "Tax withheld from members"),
    Check.WAITING: ("待认领款项", "Unassigned receipts"),
    Check.SERVICE: ("支付平台余额", "Balance at the payment service"),
    Why.OPENING: ("期初余额未入账", "opening balance not in the books"),
    Why.MISSING_LINES: ("缺少银行流水", "lines of the bank not taken in"),
    Why.LATER_LINES: ("银行尚未给出余额的流水", "lines after the last balance told"),
    Why.OTHER_ENTRY: ("没有对应单据的凭证", "an entry with no paper behind it"),
    Why.BY_HAND: ("手工核销，未认领流水", "settled by hand, no line assigned"),
}


def reconciliation_paper(
    entity: OperatingEntity, explained: Sequence[Explained], on: date, language: Language
) -> Paper:
    """Return the reconciliation of an operating entity at the end of a day as a paper in a language."""

    def said(key: str, **values: object) -> str:
        return _WORDS[key][language is Language.EN].format(**values)

    differing = [each for each in explained if each.row.difference_minor]
    organisation = entity.organisation
    name = organisation.name_zh if language is Language.ZH else organisation.name_en or organisation.name_zh
    rows: list[list[Cell]] = [
        [
            said(each.row.check),
            each.row.title or "–",
            Money(each.row.papers_minor, each.row.currency),
            Money(each.row.books_minor, each.row.currency),
            Money(each.row.difference_minor, each.row.currency),
        ]
        for each in explained
    ]
    causes: list[list[Cell]] = []
    for each in differing:
        of = f"{said(each.row.check)} {each.row.title}".strip()
        for cause in each.causes:
            number = str(cause.entry.number) if cause.entry is not None else "–"
            causes.append([of, said(cause.why), str(cause.on), number, Money(cause.amount_minor, each.row.currency)])
        if each.unexplained_minor:
            causes.append([of, said("unexplained"), "–", "–", Money(each.unexplained_minor, each.row.currency)])
    return Paper(
        language=language,
        name=f"reconciliation-{on}",
        title=said("title"),
        subtitle=name,
        issuer=[name],
        addressee=[],
        facts=[
            (said("on"), str(on)),
            (said("purpose"), said("royalties")),
            (said("result"), said("differs", count=len(differing)) if differing else said("agrees")),
        ],
        figures=[],
        tables=[
            Table(said("compared"), [said(key) for key in ("check", "of", "papers", "books", "difference")], rows),
            Table(
                said("causes"),
                [said(key) for key in ("check", "why", "day", "entry", "amount")],
                causes,
                empty=said("none"),
            ),
        ],
        footer=f"{name} · {on}",
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )
