"""The words of papers in both languages, and amounts in words as Chinese papers write them."""

from typing import Final

from licensing.close.papers.paper import Language
from platform_core.money import exponent

WORDS: Final[dict[str, tuple[str, str]]] = {
    "statement": ("分配结算单", "Distribution statement"),
    "sheet": ("审批单", "Approval sheet"),
    "issued_by": ("出具方", "issued by"),
    "alliance": ("联盟", "Alliance"),
    "to": ("收款方", "Payee"),
    "member_id": ("成员代码", "Member code"),
    "uscc": ("统一社会信用代码", "Unified social credit code"),
    "programme": ("许可项目", "Programme"),
    "pool": ("专利池", "Pool"),
    "period": ("期间", "Period"),
    "months": ("月份", "Months"),
    "run": ("结算", "Close"),
    "terms": ("许可条款版本", "Terms version"),
    "status": ("状态", "State"),
    "posted_on": ("入账日期", "Posted on"),
    "calculated_on": ("计算日期", "Calculated on"),
    "not_posted": ("尚未入账", "not posted yet"),
    "earned": ("本期应得", "Earned this period"),
    "held": ("其中暂扣", "of which withheld"),
    "payable": ("应付金额", "Payable"),
    "in_words": ("大写", "in words"),
    "counted_patents": ("参与分配的本方专利", "Your patents that counted"),
    "own_families": ("本方专利族", "Own families"),
    "pool_families": ("专利池专利族", "Families of the pool"),
    "families_of": ("{own} / {pool}", "{own} of {pool}"),
    "family": ("专利族", "Family"),
    "publication": ("公开号", "Publication"),
    "country": ("国家或地区", "Country"),
    "sold_in": ("销售地", "Sold in"),
    "class": ("类别", "Class"),
    "share": ("份额", "Share"),
    "in_force": ("有效期间", "In force"),
    "counted_in": ("计入月份", "Counted in"),
    "none_counted": ("本期没有计入的专利。", "No patent counted in this period."),
    "open_end": ("至今", "open"),
    "workings": ("金额构成", "What the amount is made of"),
    "product": ("产品", "Product"),
    "units": ("计费数量", "Units"),
    "royalties": ("全池许可费", "Royalties of the pool"),
    "own_part": ("本方比例", "Your part"),
    "earned_of_it": ("本方应得", "Your amount"),
    "not_told": ("不显示的金额", "Amounts that are not shown"),
    "no_country": ("不分国家", "no country"),
    "list_mark": ("、", ", "),
    "sentence_mark": ("；", "; "),
    "~minimum": ("年度最低额 {name}", "yearly minimum {name}"),
    "~charge": ("收费 {name}", "charge {name}"),
    "untold": ("未显示的合计", "Not shown, in sum"),
    "total": ("合计", "Total"),
    "why_too_few_reporters": (
        "被许可方太少，会暴露单个被许可方的数字",
        "too few licensees: the figure would tell of one of them",
    ),
    "why_one_dominates": (
        "其中一个被许可方占比过大",
        "one licensee has too large a part of it",
    ),
    "why_protects_another": (
        "若显示，可由此推算另一项不显示的金额",
        "another amount that is not shown would follow from it",
    ),
    "why_several_statements": (
        "与其他成员的结算单对照可推算单个被许可方的数字",
        "beside other members' statements it would tell of single licensees",
    ),
    "why_told_together": (
        "本次结算与其他结算或更正合并公布，构成不单独显示",
        "this close is told in one sum with others or with a correction, so that its parts are not told",
    ),
    "why_correction": (
        "更正的构成不显示，计入以后的合计",
        "what a correction is made of is not told; it is part of a later sum",
    ),
    "why_being_prepared": (
        "构成正在整理，稍后再取本结算单即可看到",
        "this is being prepared: take the statement again in a moment",
    ),
    "how_to_check": ("如何核验", "How to check this"),
    "check_text": (
        "本结算单出自结算 {run}，其结果文件 run.json 的 SHA-256 为 {hash}。持有该结算的结算包者可用命令 "
        "“lianchi close 结算包 --out 目录” 重新计算，所得 run.json 应与之逐字节相同。",
        "This follows from the close {run}, whose result file run.json has the SHA-256 {hash}. Whoever holds its "
        "bundle can repeat it with the command: lianchi close BUNDLE --out DIR. The run.json it gives "
        "is the same to the byte.",
    ),
    "rounding": ("取整说明", "Rounding"),
    "rounding_text": (
        "金额按最大余额法分配至最小货币单位，各方所得合计与可分配总额完全一致。",
        "Amounts are shared out to the smallest unit of the currency by largest remainder, so that what all payees get "
        "adds up exactly to what was shared.",
    ),
    "item": ("项目", "Item"),
    "amount": ("金额", "Amount"),
    "exact": ("精确值", "exact"),
    "page_of": ("第 {page} 页", "page {page}"),
    "lines": ("销售行数", "Sales lines"),
    "buckets": ("计费单元", "Buckets"),
    "compared_with": ("对比结算", "Compared with"),
    "nothing_to_compare": ("无可列示的对照结算", "no other close that may be shown"),
    "royalty": ("许可费", "Royalties"),
    "credit": ("双边许可抵扣", "Credited for bilateral licences"),
    "due": ("被许可方应付", "Owed by licensees"),
    "distributed": ("分配总额", "Shared out"),
    "checks": ("核对", "Checks"),
    "check": ("核对项", "Check"),
    "result": ("结果", "Result"),
    "passed": ("通过", "passed"),
    "failed": ("未通过", "failed"),
    "check_invoices_add_up": ("各份许可之和等于总额", "Licences add up to the totals"),
    "check_payees_add_up": ("各收款方之和等于分配总额", "Payees add up to what is shared out"),
    "check_payees_are_their_shares": (
        "各收款方所得等于其精确份额，只取整一次",
        "Every payee gets its exact share, rounded once",
    ),
    "check_everybody_reported": ("全部许可均已申报", "Every licence has reported"),
    "check_records_unchanged": ("计算之后，记录没有变化", "Nothing on record has changed since it was calculated"),
    "check_reports_unchanged": (
        "计算之后，没有新的或更正的报告",
        "No reports were filed or superseded since it was calculated",
    ),
    "payees": ("各收款方", "Payees"),
    "payee": ("收款方", "Payee"),
    "this_period": ("本期", "this period"),
    "last_period": ("上期", "last period"),
    "difference": ("差额", "difference"),
    "why_changed": ("变动原因", "Why the total changed"),
    "reason": ("原因", "Reason"),
    "unchanged": ("与上期一致。", "Nothing changed."),
    "calculated_by": ("计算人", "calculated by"),
    "approved_by": ("审批人", "approved by"),
    "signatures": ("签署", "signatures"),
    "reason_new_sales": ("新增的产品或销售地", "new products or countries"),
    "reason_ended_sales": ("不再销售的产品或销售地", "products or countries that ended"),
    "reason_volume": ("销量", "units sold"),
    "reason_terms": ("许可条款", "terms"),
    "reason_tariff_position": ("阶梯与封顶的位置", "place in bands and caps"),
    "reason_prices": ("销售价格", "prices"),
    "reason_exchange": ("汇率", "exchange rates"),
    "reason_allocation": ("分配方案与管理费", "rules of allocation and fee"),
    "reason_members": ("成员加入或退出", "members that came or left"),
    "reason_patents": ("专利的增减", "patents"),
    "reason_minimums": ("年度最低额", "yearly minimums"),
    "reason_charges": ("其他收费", "charges"),
    "reason_credits": ("双边许可抵扣", "credits"),
    "reason_payments": ("实收情况", "payments received"),
    "reason_rounding": ("取整", "rounding"),
    "draft": ("草稿", "draft"),
    "calculated": ("待审批", "awaits approval"),
    "approved": ("待入账", "awaits posting"),
    "posted": ("已入账", "posted"),
    "cancelled": ("已取消", "cancelled"),
}


def word(key: str, language: Language, **values: object) -> str:
    """Return a text in a language, with values put in."""
    text = WORDS[key][0 if language is Language.ZH else 1]
    return text.format(**values) if values else text


_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿", "亿亿")


def amount_in_chinese(minor: int, currency: str) -> str:
    """Write an amount of yuan in the capital numerals of Chinese papers; blank for other currencies.

    人民币壹仟贰佰叁拾肆元伍角陆分; 整 where nothing is left below the yuan.
    """
    if currency != "CNY" or exponent(currency) != 2 or abs(minor) >= 10**18:
        return ""
    yuan, rest = divmod(abs(minor), 100)
    jiao, fen = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    text += f"{_DIGITS[fen]}分" if fen else "整"
    return f"人民币{'负' if minor < 0 else ''}{text}"


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    gap = False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += _DIGITS[0]
        text += _four(group) + _GROUPS[place]
        gap = False
    return text


def _four(group: int) -> str:
    text = ""
    zero = False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            zero = bool(text)
            continue
        text += (_DIGITS[0] if zero else "") + _DIGITS[digit] + _PLACES[place]
        zero = False
    return text
