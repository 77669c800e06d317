"""A declaration on paper: what the office's statement of an open licence asks for, ready to be sealed."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from licensing.dealings.papers.words import name_of
from licensing.openlicences.guidance import guidance_on
from licensing.openlicences.models import OpenConsent, OpenDeclaration
from licensing.openlicences.selectors import contents_of
from licensing.papers.numerals import amount_in_chinese
from licensing.papers.paper import Cell, Language, Money, Paper, Signature, Table
from platform_core.identity.models import Organisation

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("专利开放许可声明", "Declaration of an open licence"),
    "draft": ("草稿", "draft"),
    "filed": ("已于 {day} 提交", "filed on {day}"),
    "to": ("致", "To"),
    "office": ("国家知识产权局", "China National Intellectual Property Administration"),
    "patent": ("专利", "The patent"),
    "number": ("专利号（申请号）", "Application number"),
    "register": ("以专利登记簿为准", "as the register has it"),
    "publication": ("授权公告号", "Publication number"),
    "name": ("发明创造名称", "Title"),
    "right": ("专利类型", "Kind of right"),
    "right.invention": ("发明", "Invention"),
    "right.utility_model": ("实用新型", "Utility model"),
    "right.design": ("外观设计", "Design"),
    "right.plant": ("植物新品种", "Plant variety"),
    "right.": ("–", "–"),
    "filing": ("申请日", "Filing date"),
    "grant": ("授权公告日", "Grant announced on"),
    "owners": ("全体权利人", "All owners"),
    "owner": ("权利人", "Owner"),
    "code": ("统一社会信用代码", "Unified social credit code"),
    "consents_on": ("同意日期", "Consented on"),
    "declares": ("提出声明", "declares it"),
    "no_consent": ("尚未登记", "not on record"),
    "price": ("许可使用费的支付方式和标准", "How much is paid, and how"),
    "item": ("项目", "Item"),
    "said": ("内容", "What is declared"),
    "scheme": ("支付方式", "How it is paid"),
    "scheme.lump_sum": ("一次总付", "Lump sum"),
    "scheme.running": ("提成支付", "Running royalty"),
    "scheme.entry_running": ("入门费加提成", "Entry fee and running royalty"),
    "sum": ("一次总付金额", "Lump sum"),
    "entry": ("入门费", "Entry fee"),
    "within": ("支付期限", "To be paid"),
    "within_days": ("书面通知送达之日起 {count} 日内", "within {count} days of the notice"),
    "rate": ("提成", "Royalty"),
    "rate.net_sales": ("净销售额的 {rate} %", "{rate} % of net sales"),
    "rate.profit": ("利润的 {rate} %", "{rate} % of the profit"),
    "period": ("报告与支付", "Stated and paid"),
    "period_months": (
        "每 {months} 个月一期，期满后 {count} 日内",
        "every {months} months, within {count} days of their end",
    ),
    "term": ("许可期限", "Term of the licences"),
    "term.until": ("自许可生效之日起至 {day}", "from when each is in force until {day}"),
    "term.patent": ("自许可生效之日起至专利权终止", "from when each is in force, as long as the patent lasts"),
    "basis": ("许可使用费计算依据和方式", "How the price was worked out"),
    "above": ("高于一般限额的理由", "Why it lies above what is usual"),
    "contact": ("联系方式（书面通知送达处）", "Where notices are sent"),
    "report": ("专利权评价报告", "Evaluation report"),
    "report.patentable": ("未发现不符合授权条件的缺陷（{day}）", "no ground against patentability found ({day})"),
    "report.not_patentable": ("不符合授权条件（{day}）", "does not meet the conditions of patentability ({day})"),
    "undertakes": ("权利人的承诺", "What the owners undertake"),
    "place": ("序号", "No."),
    "undertaking": ("承诺内容", "Undertaking"),
    "undertaking.1": (
        "全体权利人同意实行开放许可，愿意许可任何单位或者个人实施该专利，并仅收取上述费用。",
        "All owners agree to the open licence: anybody may practise the patent at the price above.",
    ),
    "undertaking.2": (
        "提出声明时，该专利不在独占或者排他许可的有效期限内，未因权属纠纷或者财产保全而中止程序，已按规定缴纳年费；已质押的，已取得质权人同意。",
        "When this is declared, no exclusive or sole licence is in force, no procedure is suspended for a dispute of "
        "ownership or a preservation, the annuities are paid, and the holder of any pledge consents.",
    ),
    "undertaking.3": (
        "开放许可期间，与他人只订立普通许可合同。",
        "While the open licence stands, ordinary licences alone are agreed with others.",
    ),
    "undertaking.4": (
        "声明及所附材料真实、准确，不含商业性宣传用语。",
        "What is declared and attached is true and accurate, and advertises nothing.",
    ),
    "law": ("法律依据", "By law"),
    "law_text": (
        "《专利法》第五十条至第五十二条。提交时一并提交的材料一般包括：全体权利人同意的书面声明及身份证明、许可使用费计算依据和方式的简要说明；"
        "实用新型和外观设计须附专利权评价报告；委托代理机构的，须附委托书。",
        "Patent Law, arts. 50 to 52. It is usually filed with the written consent of all owners and proof of who they "
        "are, and a short account of the price; utility models and designs need their evaluation report, "
        "and an agent its power.",
    ),
    "guidance": ("费用指引", "Price guidance"),
    "guidance_text": (
        "{source}（本平台自 {day} 起适用）。属于指引，不是法律规定。",
        "{source} (applied here from {day}). It is guidance, and no law.",
    ),
    "unverified": ("施行日期未经核实。", "The day from which it holds is not verified."),
    "hash": ("内容哈希", "Hash of the contents"),
    "about": ("说明", "Note"),
    "about_text": (
        "本件列出声明所需内容，供签章和填报使用，不代替国家知识产权局的表格和业务系统；专利事项以专利登记簿为准。",
        "This says what the statement asks for, to be sealed and typed in. It does not replace the office's form or "
        "its system; of the patent the register decides. What is filed is the Chinese side.",
    ),
    "seal": ("{name}（签章、日期）", "{name} (seal, day)"),
    "footer": ("{title} {number}", "{title} {number}"),
}


def statement_paper(
    declaration: OpenDeclaration,
    owners: Sequence[Organisation],
    consents: Sequence[OpenConsent],
    *,
    on: date,
    language: Language,
) -> Paper:
    """Return a declaration as a paper: the patent, its owners, the price, the term, and what they undertake."""

    def said(key: str, **values: object) -> str:
        return _WORDS[key][0 if language is Language.ZH else 1].format(**values)

    patent, contents = declaration.patent, contents_of(declaration)
    state = said("draft") if declaration.filed_on is None else said("filed", day=declaration.filed_on)
    given = {one.owner_id: one.given_on for one in consents if one.contents_sha256 == contents}
    owner_rows: list[list[Cell]] = [
        [
            name_of(owner, language),
            owner.uscc or "–",
            said("declares") if owner.pk == declaration.owner_id else str(given.get(owner.pk, said("no_consent"))),
        ]
        for owner in owners
    ]
    rule = guidance_on(declaration.filed_on or on)
    guidance = (
        []
        if rule is None
        else [
            (
                said("guidance"),
                said("guidance_text", source=rule.source, day=rule.from_on)
                + ("" if rule.is_verified else f" {said('unverified')}"),
            )
        ]
    )
    facts = [
        (said("number"), patent.application or said("register")),
        (said("publication"), patent.publication),
        (said("name"), patent.title or "–"),
        (said("right"), said(f"right.{patent.right}")),
        (said("filing"), "–" if patent.filed_on is None else str(patent.filed_on)),
        (said("grant"), "–" if patent.granted_on is None else str(patent.granted_on)),
    ]
    return Paper(
        language=language,
        name=f"{patent.publication}-{said('title')}",
        title=said("title"),
        subtitle=f"{patent.publication} · {state}",
        issuer=[name_of(declaration.owner, language)],
        addressee=[said("to"), said("office")],
        facts=facts,
        figures=[],
        tables=[
            Table(said("owners"), [said("owner"), said("code"), said("consents_on")], owner_rows),
            Table(said("price"), [said("item"), said("said")], _price(declaration, language)),
            Table(
                said("undertakes"),
                [said("place"), said("undertaking")],
                [[str(place), said(f"undertaking.{place}")] for place in range(1, 5)],
            ),
        ],
        notes=[
            (said("law"), said("law_text")),
            *guidance,
            (said("hash"), contents),
            (said("about"), said("about_text")),
        ],
        signatures=[Signature(said("seal", name=name_of(owner, language)), "") for owner in owners],
        footer=said("footer", title=said("title"), number=patent.publication),
    )


def _price(declaration: OpenDeclaration, language: Language) -> list[list[Cell]]:
    """What is declared of price, term and contact, item by item as the statement asks."""

    def said(key: str, **values: object) -> str:
        return _WORDS[key][0 if language is Language.ZH else 1].format(**values)

    rows = [(said("scheme"), said(f"scheme.{declaration.scheme}"))]
    if declaration.sum_minor is not None:
        amount = Money(declaration.sum_minor, declaration.currency)
        in_words = amount_in_chinese(amount.minor, amount.currency) if language is Language.ZH else ""
        rows += [
            (
                said("sum" if declaration.scheme == "lump_sum" else "entry"),
                f"{amount.grouped} {amount.currency}{f'（{in_words}）' if in_words else ''}",
            ),
            (said("within"), said("within_days", count=declaration.sum_within_days)),
        ]
    if declaration.rate_percent is not None and declaration.base:
        rate = f"{declaration.rate_percent.normalize():f}"
        rows += [
            (said("rate"), said(f"rate.{declaration.base}", rate=rate)),
            (
                said("period"),
                said("period_months", months=declaration.period_months, count=declaration.pays_within_days),
            ),
        ]
    until = declaration.ends_on
    rows += [
        (said("term"), said("term.patent") if until is None else said("term.until", day=until)),
        (said("basis"), declaration.basis),
        (said("above"), declaration.guidance_reason),
        (said("contact"), declaration.contact),
    ]
    if declaration.report_finding:
        rows.append((said("report"), said(f"report.{declaration.report_finding}", day=declaration.report_on)))
    return [[label, value] for label, value in rows if value]
