"""The words of invoices on paper, in both languages."""

from typing import Final

from licensing.billing.calculation import CARRIED, CORRECTION, CREDIT
from licensing.papers.paper import Language

WORDS: Final[dict[str, tuple[str, str]]] = {
    "invoice": ("许可费账单", "Royalty invoice"),
    "credit_note": ("红字账单", "Credit note"),
    "estimate": ("按估算计费", "Estimated"),
    "estimate_text": (
        "本账单按估算的销售计费；实际销售报告到达后，差额多退少补。",
        "This bills estimated sales; once the actual sales are reported, the difference is billed or credited.",
    ),
    "true_up": ("估算差额", "True-up"),
    "true_up_text": (
        "本账单为估算与实际销售报告之间的差额。",
        "This is the difference between an estimate and the sales that were reported.",
    ),
    "interest_note": ("逾期利息通知", "Note of interest"),
    "draft": ("草稿，尚未开具", "Draft, not issued yet"),
    "discarded": ("草稿，已作废", "Draft, discarded"),
    "billed_to": ("购买方", "Billed to"),
    "tax_number": ("纳税人识别号", "Tax number"),
    "number": ("账单编号", "Number"),
    "issued_on": ("开具日期", "Issued on"),
    "due_on": ("付款截止日", "Due on"),
    "programme": ("许可项目", "Programme"),
    "licence": ("许可合同", "Licence"),
    "period": ("期间", "Period"),
    "run": ("所依据的结算", "By the close"),
    "reference": ("付款附言", "Payment reference"),
    "of_invoice": ("所属账单", "Of invoice"),
    "credits": ("冲红的账单", "Takes back invoice"),
    "replaces": ("替代的账单", "Replaces invoice"),
    "currency": ("币种", "Currency"),
    "net": ("不含税金额", "Net amount"),
    "vat": ("增值税（{percent}%）", "Value added tax ({percent} %)"),
    "gross": ("价税合计", "Gross amount"),
    "withheld": ("减：代扣代缴税款（{percent}%）", "Less tax withheld at the source ({percent} %)"),
    "payable": ("应付金额", "Payable"),
    "credited": ("应冲抵金额", "To be set off"),
    "in_words": ("大写", "in words"),
    "lines": ("明细", "Lines"),
    "lines_with_tax": ("明细（金额含增值税）", "Lines (amounts hold the value added tax)"),
    "item": ("项目", "Item"),
    "amount": ("金额", "Amount"),
    "exact": ("精确值", "exact"),
    "sum_of_lines": ("合计", "Sum"),
    "grossed_up": ("因代扣税由被许可方承担而增加", "Added because the licensee bears the tax withheld"),
    "no_lines": ("没有明细。", "There are no lines."),
    "royalty": ("许可费", "Royalty"),
    "~minimum": ("年度最低额 {name}", "Yearly minimum {name}"),
    "~charge": ("收费 {name}", "Charge {name}"),
    CREDIT: ("双边许可抵扣", "Credited for bilateral licences"),
    CORRECTION: ("更正差额", "Difference of the correction"),
    CARRIED: ("切换前开具，未结部分", "Issued before the cut-over, what is open"),
    "how_to_pay": ("付款方式", "How to pay"),
    "pay_to": (
        "请付至：{name}，{bank}，账号 {account}。请在附言中注明 {reference}，以便款项直接核销本账单。",
        "Pay to {name}, {bank}, account {account}. Write {reference} on the transfer, so that it settles this invoice.",
    ),
    "pay_with": (
        "请在附言中注明 {reference}，以便款项直接核销本账单。",
        "Write {reference} on the transfer, so that it settles this invoice.",
    ),
    "no_refund": ("冲抵方式", "How it is used"),
    "no_refund_text": (
        "本红字账单用于冲抵其他账单，不予退款。",
        "This credit note is set off against invoices; nothing is refunded.",
    ),
    "about_withheld": ("代扣税", "Tax withheld"),
    "about_withheld_text": (
        "代扣的税款请以完税凭证证明；收到凭证后，该部分核销。",
        "Prove the tax withheld by a certificate; with it, that part of the invoice is settled.",
    ),
    "late": ("逾期付款", "Late payment"),
    "late_yearly": (
        "逾期付款按年利率 {percent}% 计息，一年按 {days} 天计。",
        "Late payment bears {percent} % a year, by days of a year of {days}.",
    ),
    "late_daily": ("逾期付款按每日 {percent}% 计息。", "Late payment bears {percent} % a day."),
    "late_monthly": (
        "逾期付款按每月（30 天）{percent}% 计息，不计复利。",
        "Late payment bears {percent} % a month of 30 days, without compounding.",
    ),
    "late_monthly_compound": (
        "逾期付款按每月（30 天）{percent}% 计息，按月复利。",
        "Late payment bears {percent} % a month of 30 days, compounded each month.",
    ),
    "spans": ("计息明细", "What it is made of"),
    "from": ("起始日", "From"),
    "until": ("截止日（不含）", "Until (excluded)"),
    "days": ("天数", "Days"),
    "open": ("未付金额", "Open"),
    "interest": ("利息", "Interest"),
    "next_close": ("如何收取", "How it is charged"),
    "next_close_text": (
        "本利息计入下一次结算，并在其账单中列示；请勿凭本通知付款。",
        "This interest is part of the next close, and stands on its invoice; do not pay by this note.",
    ),
    "instalment_plan": ("分期付款安排", "Instalment plan"),
    "plan_asked": ("待答复", "asked for"),
    "plan_proposed": ("待审批", "not confirmed yet"),
    "plan_refused": ("已拒绝", "refused"),
    "plan_withdrawn": ("已撤回", "withdrawn"),
    "in_parts": ("分期付款金额", "To be paid in parts"),
    "parts": ("各期款项", "Parts"),
    "part": ("期次", "Part"),
    "part_due_on": ("付款截止日", "Due on"),
    "how_filled": ("核销顺序", "How parts are filled"),
    "how_filled_last": (
        "收到的款项按到期先后核销各期；红字账单冲抵自最后一期起扣减。",
        "Money fills the parts in the order of their days; credit notes reduce the last parts first.",
    ),
    "how_filled_first": (
        "收到的款项按到期先后核销各期；红字账单冲抵自最早一期起扣减。",
        "Money fills the parts in the order of their days; credit notes reduce the earliest parts first.",
    ),
    "broken": ("未按期付款", "If a part is late"),
    "broken_text": (
        "任何一期未按期付清的，其余各期随即全部到期。",
        "If a part is not paid in time, all later parts are due with it.",
    ),
    "rounding": ("取整说明", "Rounding"),
    "tax_rounded": (
        "价格含税：税额取整至最小货币单位，不含税金额为差额。",
        "Prices hold the tax: the tax is rounded to the smallest unit, and the net amount is the difference.",
    ),
    "net_rounded": (
        "价格含税：不含税金额取整至最小货币单位，税额为差额。",
        "Prices hold the tax: the net amount is rounded to the smallest unit, and the tax is the difference.",
    ),
}


def word(key: str, language: Language, **values: object) -> str:
    """Return a text in a language, with values put in."""
    text = WORDS[key][0 if language is Language.ZH else 1]
    return text.format(**values) if values else text


def line_name(product: str, language: Language) -> str:
    """Return what a line is called: a product by its code, everything else in words."""
    kind, _, name = product.partition(":")
    if kind in ("~minimum", "~charge"):
        return word(kind, language, name=name).strip()
    if product in (CREDIT, CORRECTION, CARRIED):
        return word(product, language)
    return product or word("royalty", language)


def percent_text(percent: object) -> str:
    """Write a percentage without what says nothing: 6, 0.05."""
    text = f"{percent:f}" if hasattr(percent, "as_tuple") else str(percent)
    return text.rstrip("0").rstrip(".") if "." in text else text
