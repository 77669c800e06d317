"""What the letters of the demonstration say. Firms, people and seals are invented."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from platform_site.demo.letters import Letter, in_chinese, in_english
from platform_site.demo.names import ALLIANCE_EN, ALLIANCE_ZH, HOST, OPERATOR, Applicant, Member
from platform_site.demo.people import Person

_OFFICE_ZH: Final = f"{ALLIANCE_ZH}秘书处"
_OFFICE_EN: Final = f"the secretariat, {ALLIANCE_EN}"


@dataclass(frozen=True, slots=True)
class _House:
    """How a member signs and counts its letters: its legal representative and the mark of its own file."""

    representative: str
    mark: str


_HOUSES: Final = {
    "XIYUAN": _House("卫承祖 Wei Chengzu", "矽垣法务"),
    "LANYU": _House("路明远 Lu Mingyuan", "澜屿法"),
    "SUYING": _House("俞思齐 Yu Siqi", "溯影知产"),
    "QIONGJING": _House("雷鸣谦 Lei Mingqian", "穹镜办"),
    "YAOXI": _House("段承岳 Duan Chengyue", "曜汐集法"),
    "YINGYUE": _House("骆世宁 Luo Shining", "映岳法务"),
    "ZHICHE": _House("盛怀民 Sheng Huaimin", "织澈综"),
    "ZHAOHENG": _House("裴知远 Pei Zhiyuan", "昭衡院"),
}

PAPER_SIGNATORY: Final = ("柯望舒 Ke Wangshu", "副总裁 Vice-president")
"""Who signs by hand for the member that signs on paper."""


def authority(member: Member, person: Person, dated_on: date) -> Letter:
    """A member lets one of its people sign what all members agree to, and vote."""
    title_zh, _, title_en = person.title.partition(" ")
    return _of_member(
        member,
        f"authority-{member.code.lower()}",
        ("授权委托书", "Letter of authority"),
        (
            f"我单位授权{title_zh}{person.name_zh}代表我单位签署联盟章程、自律公约及其修订版本，并在成员大会上表决。",
            f"授权自{in_chinese(dated_on)}起，至我单位书面撤销之日止。被授权人在上述范围内签署的文件，我单位均予承认。",
        ),
        (
            f"We authorise {person.name_en}, {title_en}, to sign the charter and the self-discipline convention of "
            "the alliance and their later versions for us, and to vote at the meetings of its members.",
            f"This holds from {in_english(dated_on)} until we withdraw it in writing. What is so signed binds us.",
        ),
        dated_on,
    )


def paper_authority(member: Member, dated_on: date) -> Letter:
    """A member lets an officer without a seat here sign by hand."""
    name, title = PAPER_SIGNATORY
    name_zh, _, name_en = name.partition(" ")
    title_zh, _, title_en = title.partition(" ")
    return _of_member(
        member,
        f"authority-{member.code.lower()}-paper",
        ("授权委托书", "Letter of authority"),
        (
            f"按照我集团用印制度，对外协议以纸质文本签署。现授权{title_zh}{name_zh}签署联盟章程和自律公约的纸质签署页，"
            "由联盟秘书处扫描登记。",
            "本授权至我集团书面撤销之日止有效。",
        ),
        (
            f"By the rules of our group, agreements are signed on paper. We authorise {name_en}, {title_en}, to sign "
            "the pages of the charter and the self-discipline convention, for the secretariat to scan and record.",
            "This holds until we withdraw it in writing.",
        ),
        dated_on,
    )


def signed_page(member: Member, file: str, title_zh: str, title_en: str, signed_on: date) -> Letter:
    """The page of a document that a member signed by hand and sealed, as a scan."""
    name, title = PAPER_SIGNATORY
    return Letter(
        name=f"{member.code.lower()}-{file}-signed",
        sender=member.firm,
        title_zh="签署页",
        title_en="Page of signature",
        text_zh=(f"我单位已阅读并同意《{title_zh}》全部内容，自签署之日起受其约束。",),
        text_en=(
            f"We have read the {title_en[0].lower()}{title_en[1:]}, agree to all of it and are bound from today.",
        ),
        signed=(f"签署人 Signed by：{name}", title, f"{member.firm.name_zh}（盖章）"),
        dated_on=signed_on,
        scanned=True,
    )


def application(applicant: Applicant, dated_on: date) -> Letter:
    """An organisation asks to join."""
    firm = applicant.firm
    return Letter(
        name="application",
        sender=firm,
        title_zh="入会申请书",
        title_en="Application for membership",
        to_zh=_OFFICE_ZH,
        to_en=_OFFICE_EN,
        text_zh=(
            "我公司从事超高清节目的后期制作和云端渲染，现有员工二百一十人，已授权发明专利九件，均未设定质押，也未独占许可他人。",
            "我公司认可联盟章程和自律公约，申请作为中游成员加入，并拟将其中四件与动态元数据有关的专利提交制播专利池评估。",
            "随本申请提交主体资格证明和专利清单。联系人：容景初。",
        ),
        text_en=(
            "We do post-production and cloud rendering of ultra-HD programmes, have 210 people and nine patents "
            "granted, none of them pledged or exclusively licensed.",
            "We accept the charter and the self-discipline convention, apply as a midstream member, and mean to submit "
            "four patents on dynamic metadata to the production pool.",
            "Proof of our registration and a list of our patents come with this letter. Contact: Rong Jingchu.",
        ),
        signed=("法定代表人 Legal representative：关山月 Guan Shanyue", f"{firm.name_zh}（盖章）"),
        dated_on=dated_on,
        number=f"渟映发〔{dated_on.year}〕31号",
    )


def registration(applicant: Applicant, dated_on: date) -> Letter:
    """An applicant shows that it exists, and which patents it has."""
    firm = applicant.firm
    return Letter(
        name="registration-and-patents",
        sender=firm,
        title_zh="主体资格证明和专利清单",
        title_en="Proof of registration and list of patents",
        text_zh=(
            f"统一社会信用代码：{firm.credit_code}。住所：湖南省长沙市。注册资本：人民币三千万元。成立日期：2016年5月19日。",
            "拟提交评估的专利四件：动态元数据的逐场景生成方法；高动态范围片源的云端调色方法；"
            "基于内容复杂度的渲染任务切分方法；超高清母版的一致性校验方法。均为发明专利，年费已缴至2027年。",
            "我公司承诺所提交的材料真实、完整，如有变更及时告知秘书处。",
        ),
        text_en=(
            f"Social credit code {firm.credit_code}; Changsha, Hunan; capital CNY 30 million; set up on 19 May 2016.",
            "Four patents to be evaluated: scene by scene generation of dynamic metadata; grading of high dynamic "
            "range sources in the cloud; parting of rendering work by complexity; checking of ultra-HD masters for "
            "consistency. All are invention patents, with annual fees paid into 2027.",
            "This is true and complete. We tell the secretariat of changes.",
        ),
        signed=(f"{firm.name_zh}（盖章）",),
        dated_on=dated_on,
    )


def request_by_letter(applicant: Applicant, dated_on: date) -> Letter:
    """An organisation without a seat on the platform asks the office to file its application."""
    firm = applicant.firm
    return Letter(
        name="letter-of-application",
        sender=firm,
        title_zh="关于申请加入联盟的函",
        title_en="Letter asking for membership",
        to_zh=_OFFICE_ZH,
        to_en=_OFFICE_EN,
        text_zh=(
            "我公司是具有检验检测资质的第三方机构，为超高清显示、编码设备提供性能和一致性检测。",
            "现申请作为服务类成员加入联盟，请贵处代为登记。我公司不持有专利，不参与许可收益分配。",
        ),
        text_en=(
            "We are an accredited laboratory and test ultra-HD displays and coding equipment for performance and "
            "conformance.",
            "We apply as a member of the service segment and ask you to file this for us. We hold no patents and take "
            "no share in royalties.",
        ),
        signed=("总经理 General manager：程砚农 Cheng Yannong", f"{firm.name_zh}（盖章）"),
        dated_on=dated_on,
        number=f"衡砚检〔{dated_on.year}〕112号",
    )


def reminder(member: Member, dated_on: date, *, second: bool) -> Letter:
    """The office reminds a member of unpaid dues."""
    ordinal_zh, ordinal_en = ("第二次", "second") if second else ("第一次", "first")
    return Letter(
        name=f"dues-reminder-{2 if second else 1}",
        sender=HOST,
        title_zh=f"会费催缴函（{ordinal_zh}）",
        title_en=f"Reminder of dues ({ordinal_en})",
        to_zh=member.firm.name_zh,
        to_en=member.firm.name_en,
        text_zh=(
            "截至本函发出之日，贵公司2025年度、2026年度会费共计人民币100,000元尚未缴纳。",
            "请于收到本函之日起三十日内缴清。"
            + ("逾期仍未缴纳的，秘书处将按照章程第八条暂停贵公司的成员资格。" if second else "如有困难，请书面说明。"),
        ),
        text_en=(
            "Your dues of 2025 and 2026, CNY 100,000 in all, are unpaid to this day.",
            "Please pay within thirty days of this letter. "
            + (
                "After that the secretariat suspends your membership under article 8 of the charter."
                if second
                else "If that is difficult, tell us in writing."
            ),
        ),
        signed=(_OFFICE_ZH, "沈砚秋 Shen Yanqiu"),
        dated_on=dated_on,
        number=f"江汉超高清联〔{dated_on.year}〕{26 if second else 14}号",
        official=True,
    )


def suspension(member: Member, dated_on: date) -> Letter:
    """The office decides that a membership rests."""
    from_on = member.suspended_from
    if from_on is None:
        raise ValueError(f"{member.code} is not suspended")
    return Letter(
        name="decision-on-suspension",
        sender=HOST,
        title_zh="关于暂停成员资格的决定",
        title_en="Decision on suspension",
        to_zh=member.firm.name_zh,
        to_en=member.firm.name_en,
        text_zh=(
            "贵公司连续两年未缴会费，经2026年6月22日、9月7日两次书面催缴仍未缴纳。",
            f"根据章程第八条第（一）项，决定自{in_chinese(from_on)}起暂停贵公司的成员资格。"
            "暂停期间照常计算贵公司的许可收益，但不支付；缴清会费后恢复。",
            "对本决定有异议的，可以在收到之日起十五日内书面申诉。",
        ),
        text_en=(
            "You have not paid your dues for two years running, after reminders of 22 June and 7 September 2026.",
            f"Under article 8 (1) of the charter your membership is suspended from {in_english(from_on)}. Your share "
            "of royalties is worked out as usual but not paid out until the dues are paid.",
            "You may complain in writing within fifteen days of receiving this.",
        ),
        signed=(_OFFICE_ZH, "沈砚秋 Shen Yanqiu"),
        dated_on=dated_on,
        number=f"江汉超高清联〔{dated_on.year}〕31号",
        official=True,
    )


def departure(member: Member) -> Letter:
    """A member says that it leaves."""
    departs = member.departs
    if departs is None:
        raise ValueError(f"{member.code} does not leave")
    return _of_member(
        member,
        "notice-of-departure",
        ("退出联盟通知书", "Notice of departure"),
        (
            "因集团业务整合，我公司的超高清网络传输业务和相关人员将并入集团内另一家公司，我公司不再从事本产业。",
            f"根据章程第九条，我公司自{in_chinese(departs.first_day_out)}起退出联盟。已入池的专利在既有许可的期限内继续许可，"
            "我公司的收益计算至2026年12月31日。",
            "感谢秘书处和各成员一年多来的支持。",
        ),
        (
            "Our group brings its business together: our ultra-HD network business and its people go to another "
            "company of the group, and we leave this industry.",
            f"Under article 9 of the charter we leave the alliance from {in_english(departs.first_day_out)}. Our "
            "patents stay licensed for as long licences run, and we share in royalties until 31 December 2026.",
            "We thank the secretariat and the members.",
        ),
        departs.told_on,
    )


def undertaking(person: Person, member: Member, dated_on: date, until: date) -> Letter:
    """A person with an interest in a member undertakes what not to see, and until when."""
    return Letter(
        name="clean-team-undertaking",
        sender=OPERATOR,
        title_zh="回避承诺书",
        title_en="Clean-team undertaking",
        to_zh=_OFFICE_ZH,
        to_en=_OFFICE_EN,
        text_zh=(
            f"本人{person.name_zh}，现任{OPERATOR.name_zh}投资决策委员会委员，持有{member.firm.name_zh}的员工持股份额，"
            "二〇二四年从该公司离职，份额于2026年3月登记到本人名下。",
            f"自{in_chinese(dated_on)}至{in_chinese(until)}，本人不查阅、不打听与该公司有关的任何资料，"
            "不参加对其专利和收购事项的讨论和表决。违反承诺的，愿意承担相应责任。",
        ),
        text_en=(
            f"I, {person.name_en}, sit on the investment committee of {OPERATOR.name_en} and hold employee shares of "
            f"{member.firm.name_en}, which I left in 2024; they are registered in my name from March 2026.",
            f"From {in_english(dated_on)} until {in_english(until)} I see nothing of that company, ask for nothing "
            "of it, and take no part in talks and votes about its patents or about buying them. I answer for a breach.",
        ),
        signed=(f"承诺人 Given by：{person.name}", f"{OPERATOR.name_zh}（见证）"),
        dated_on=dated_on,
        scanned=True,
    )


def _of_member(
    member: Member,
    name: str,
    title: tuple[str, str],
    text_zh: tuple[str, ...],
    text_en: tuple[str, ...],
    dated_on: date,
) -> Letter:
    house = _HOUSES[member.code]
    number = 3 + dated_on.timetuple().tm_yday // 9
    return Letter(
        name=name,
        sender=member.firm,
        title_zh=title[0],
        title_en=title[1],
        to_zh=_OFFICE_ZH,
        to_en=_OFFICE_EN,
        text_zh=text_zh,
        text_en=text_en,
        signed=(f"法定代表人 Legal representative：{house.representative}", f"{member.firm.name_zh}（盖章）"),
        dated_on=dated_on,
        number=f"{house.mark}〔{dated_on.year}〕{number}号",
    )


def bilateral_contract(member: Member, licensee_zh: str, licensee_en: str, first: date, last: date | None) -> Letter:
    """The page of a contract between a member and a licensee that says from when to when it holds; prices left out."""
    until_zh = "长期有效" if last is None else f"至{in_chinese(last)}止"
    until_en = "until further notice" if last is None else f"until {in_english(last)}"
    return _of_member(
        member,
        f"contract-{member.code.lower()}-{first:%Y%m%d}",
        ("专利许可合同（节录）", "Patent licence (extract)"),
        (
            f"第四条　甲方就其列入专利池清单的专利，许可{licensee_zh}制造、销售约定的产品，"
            f"自{in_chinese(first)}起，{until_zh}。",
            "价格条款已遮盖。",
        ),
        (
            f"Clause 4. The owner licenses {licensee_en} under its patents on the list of the pool, for the products "
            f"agreed, from {in_english(first)} {until_en}.",
            "The prices are blacked out.",
        ),
        first,
    )


RESIDENCE_NUMBER: Final = "CR-2026-0418835"


def certificate_of_residence(member: Member, first: date, last: date) -> Letter:
    """What stands for a member's certificate of its tax office that it is resident there, which no platform makes."""
    return _of_member(
        member,
        f"residence-{member.code.lower()}-{first.year}",
        ("居民身份证明书（副本）", "Certificate of resident status (copy)"),
        (
            f"香港特别行政区税务局居民身份证明书编号：{RESIDENCE_NUMBER}。",
            f"{member.firm.name_zh}在{in_chinese(first)}至{in_chinese(last)}期间为香港特别行政区居民，可以享受"
            "《内地和香港特别行政区关于对所得避免双重征税和防止偷漏税的安排》的待遇。",
            "我公司是所收取许可费的受益所有人，随函提交副本，请据此按安排第十二条的税率扣缴。",
        ),
        (
            f"Certificate of resident status of the Inland Revenue Department, Hong Kong, no. {RESIDENCE_NUMBER}.",
            f"{member.firm.name_en} is resident in Hong Kong from {in_english(first)} to {in_english(last)} and can "
            "claim the arrangement with the mainland on the avoidance of double taxation.",
            "We are the beneficial owner of the royalties. Please withhold tax at the rate of article 12.",
        ),
        date(first.year, 8, 19),
    )
