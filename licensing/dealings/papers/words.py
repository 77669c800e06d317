"""The words of papers of dealings, in both languages."""

from typing import Final

from licensing.papers.paper import Language
from platform_core.identity.models import Named

WORDS: Final[dict[str, tuple[str, str]]] = {
    "conduct": ("许可洽谈过程记录", "Record of conduct in a licence dealing"),
    "between": ("本记录仅供双方使用。", "This record is for the two sides only."),
    "programme": ("许可项目", "Programme"),
    "prospect": ("申请方", "Applicant"),
    "office": ("许可方", "Licensor's side"),
    "products": ("产品", "Products"),
    "volumes": ("预计数量", "Expected volumes"),
    "territory": ("地域", "Territory"),
    "state": ("状态", "State"),
    "steps": ("过程", "Steps"),
    "offers": ("历次报价", "Offers"),
    "day": ("日期", "Day"),
    "side": ("一方", "Side"),
    "what": ("事项", "What was done"),
    "offer": ("报价", "Offer"),
    "text": ("说明", "In words"),
    "recorded": ("登记", "Recorded"),
    "evidence": ("证据文件", "Evidence"),
    "file": ("文件", "File"),
    "sha256": ("SHA-256", "SHA-256"),
    "none": ("没有记录。", "Nothing is recorded."),
    "made_on": ("日期", "Made on"),
    "list": ("专利清单", "Patent list"),
    "list_version": ("第 {number} 版（{day}，{count} 项）", "version {number} ({day}, {count} lines)"),
    "terms": ("条款", "Terms"),
    "terms_version": ("第 {number} 版", "version {number}"),
    "fee_basis": ("费用依据", "Fee basis"),
    "reply_by": ("答复期限", "Reply by"),
    "answer": ("结果", "What became of it"),
    "kind.drawn_up": ("起草合同", "Drew up the contract"),
    "kind.signed": ("签署合同", "Signed the contract"),
    "kind.countersigned": ("回签合同", "Countersigned the contract"),
    "state.drawn_up": ("合同已起草", "Contract drawn up"),
    "state.signed": ("被许可方已签署", "Signed by the licensee"),
    "state.concluded": ("许可已生效", "In force"),
    "blank": ("无", "none"),
    "standing.standard": ("一般", "standard"),
    "standing.compliant": ("履约", "compliant"),
    "prices.with_tax": ("价格含税", "Prices include tax"),
    "prices.without_tax": ("价格不含税", "Prices are without tax"),
    "tax_path.domestic": ("境内支付，由许可方开具发票", "paid inside the country, with the licensor's invoice"),
    "tax_path.from_abroad": ("境外支付，付款方所在国可能代扣税款", "paid from abroad, where tax may be withheld"),
    "tax_path.to_abroad": ("向境外支付，由付款方代扣代缴", "paid to a licensor abroad, the payer withholds"),
    "tax_bearer.licensor": ("许可方", "the licensor"),
    "tax_bearer.licensee": ("被许可方", "the licensee"),
    "contract.number": ("合同编号：{code}", "Contract no. {code}"),
    "contract.licensor": ("许可方", "Licensor"),
    "contract.licensee": ("被许可方", "Licensee"),
    "contract.signed_by": ("（盖章）签署人：{name}", "Signed (seal): {name}"),
    "contract.day": ("日期：", "Date:"),
    "contract.made_of": (
        "{programme} · 合同模板第 {template} 版 · 条款第 {terms} 版 · 专利清单第 {list} 版",
        "{programme} · template {template} · terms {terms} · patent list {list}",
    ),
    "kind.applied": ("提出许可申请", "Applied for a licence"),
    "kind.acknowledged": ("告知已收到申请", "Acknowledged the application"),
    "kind.offered": ("提出报价", "Made an offer"),
    "kind.countered": ("提出不同的报价", "Made an offer against it"),
    "kind.accepted": ("接受报价", "Accepted the offer"),
    "kind.refused": ("拒绝报价", "Refused the offer"),
    "kind.closed": ("结束洽谈", "Ended the dealing"),
    "kind.informed": ("提供资料", "Sent information"),
    "kind.asked": ("要求提供资料", "Asked for information"),
    "kind.met": ("会面或通话", "Met or telephoned"),
    "kind.declared_willing": ("声明愿意按公平条件取得许可", "Declared to be willing to take a licence on fair terms"),
    "kind.secured": ("就以往使用提供担保", "Gave security for past use"),
    "state.applied": ("已申请", "Applied for"),
    "state.acknowledged": ("已告知收到", "Acknowledged"),
    "state.in_talks": ("洽谈中", "In talks"),
    "state.agreed": ("已谈妥", "Agreed"),
    "state.closed": ("已结束，未签约", "Ended without a licence"),
    "offer.open": ("待答复", "Waits for an answer"),
    "offer.accepted": ("已接受", "Accepted"),
    "offer.refused": ("已拒绝", "Refused"),
    "offer.countered": ("对方另提报价", "Answered by another offer"),
    "offer.replaced": ("由新报价取代", "Replaced by a new one"),
    "offer.dropped": ("随洽谈结束", "Dropped with the dealing"),
}


def word(key: str, language: Language, **values: object) -> str:
    """Return a text in a language, with values put in."""
    text = WORDS[key][0 if language is Language.ZH else 1]
    return text.format(**values) if values else text


def name_of(named: Named, language: Language) -> str:
    """Return a name in a language where it is known, else in the other."""
    if language is Language.ZH:
        return named.name_zh or named.name_en
    return named.name_en or named.name_zh
