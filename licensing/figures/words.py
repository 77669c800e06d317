"""The words of figures on paper, in both languages."""

from typing import Final

from licensing.papers.paper import Language

WORDS: Final[dict[str, tuple[str, str]]] = {
    "figures": ("财务数据", "Figures"),
    "span": ("期间", "Months"),
    "before": ("对比期间", "Beside"),
    "on": ("截至", "As of"),
    "currency": ("币种", "Currency"),
    "programme": ("许可项目", "Programme"),
    "all": ("全部", "All"),
    "month": ("月份", "Month"),
    "billed": ("已开票", "Billed"),
    "received": ("已收款", "Received"),
    "distributed": ("已分配", "Given out"),
    "before_billed": ("已开票（上期）", "Billed, before"),
    "before_received": ("已收款（上期）", "Received, before"),
    "before_distributed": ("已分配（上期）", "Given out, before"),
    "overdue": ("已逾期", "Overdue"),
    "months": ("各月", "By month"),
    "ages": ("未结金额，按逾期天数", "Open, by how long it is overdue"),
    "not_due": ("未到期", "Not due"),
    "to_30": ("逾期 1–30 天", "1 to 30 days"),
    "to_60": ("逾期 31–60 天", "31 to 60 days"),
    "to_90": ("逾期 61–90 天", "61 to 90 days"),
    "over_90": ("逾期超过 90 天", "Over 90 days"),
    "due": ("预计收款，按到期月份", "To be received, by the month in which it is due"),
    "expected": ("预计开票（税前）", "To be billed, before tax"),
    "period": ("结算期间", "Period"),
    "basis": ("依据", "Known from"),
    "units": ("数量", "Units"),
    "amount": ("金额", "Amount"),
    "posted": ("已入账的结算", "a posted close"),
    "calculated": ("已计算的结算", "a calculated close"),
    "reported": ("已申报的数量", "reported units"),
    "estimated": ("按上期估计", "as much as the last close"),
    "none": ("没有数据。", "There is nothing."),
    "exact": ("精确值", "exact"),
    "item": ("项目", "Item"),
    "apart": ("说明", "How to read it"),
    "apart_text": (
        "不同币种从不相加。已开票含税并扣除红字账单；已收款为核销账单的到账款项；已分配为已发布的分配。",
        "Currencies are never added to each other. What is billed holds tax, less credit notes; what is received is "
        "money that settled invoices; what is given out are released distributions.",
    ),
}


def word(key: str, language: Language) -> str:
    """Return a text in a language."""
    return WORDS[key][0 if language is Language.ZH else 1]
