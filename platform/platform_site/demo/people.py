"""The people of the demonstration, where they sit, and what each is there to do."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from platform_core.identity.roles import Purpose, Role
from platform_site.demo.names import HOST, LICENSEES, MEMBERS, OPERATOR, OTHERS, SELF_APPLYING, Firm

SIGN_IN_WORD: Final = "lianchi-demo"
"""What every person of the demonstration signs in with, while the site runs in development."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A role of a seat, with the purpose of a finance seat, and the days between which it holds if not for good."""

    role: Role
    purpose: Purpose | None = None
    from_on: date | None = None
    to_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person with a seat at a firm; `told` says in a few words what to sign in for, blank where there is no need."""

    name_zh: str
    name_en: str
    firm: Firm
    title: str
    duties: tuple[Duty, ...]
    told: str = ""

    @property
    def name(self) -> str:
        """Return the name as it is shown."""
        return f"{self.name_zh} {self.name_en}" if self.name_zh else self.name_en

    @property
    def email(self) -> str:
        """Return the address to sign in with; the domain is reserved and can receive no mail."""
        family, _, given = self.name_en.partition(" ")
        return f"{given}.{family}@{self.firm.key}.example".lower().replace("ş", "s").replace("é", "e").replace(" ", "")


def _duty(role: Role) -> tuple[Duty, ...]:
    return (Duty(role),)


SECRETARY: Final = Person(
    "沈砚秋", "Shen Yanqiu", HOST, "秘书长 Secretary-general", _duty(Role.SECRETARIAT), "runs the alliance"
)
PROSPECT: Final = Person("洪霁", "Hong Ji", OTHERS["jizhou"], "法务经理 Legal manager", _duty(Role.PROSPECT))
SECOND_SECRETARY: Final = Person("温以宁", "Wen Yining", HOST, "秘书 Secretary", _duty(Role.SECRETARIAT))
CALCULATOR: Final = Person(
    "顾清禾",
    "Gu Qinghe",
    OPERATOR,
    "会计 Accountant",
    (Duty(Role.FINANCE, Purpose.ROYALTIES),),
    "royalties: calculates closes",
)
APPROVER: Final = Person(
    "陆闻笙",
    "Lu Wensheng",
    OPERATOR,
    "财务总监 Head of finance",
    (Duty(Role.FINANCE, Purpose.ROYALTIES),),
    "royalties: the second person, who approves",
)
TREASURER: Final = Person("卢静斋", "Lu Jingzhai", HOST, "司库 Treasurer", _duty(Role.CLOSE_APPROVER))
"""A second person for closes, who sees the approval sheet only."""

ADMINISTRATOR: Final = Person(
    "祁连舟", "Qi Lianzhou", HOST, "信息主管 IT lead", _duty(Role.SITE_ADMIN), "users and settings, no business data"
)
COUNSEL: Final = Person("季怀瑾", "Ji Huaijin", HOST, "法务 Counsel", _duty(Role.LEGAL), "legal")
OPERATIONS_HEAD: Final = Person(
    "韩霁月", "Han Jiyue", OPERATOR, "运营总监 Head of operations", _duty(Role.OPERATIONS_HEAD)
)
OPERATING: Final = Person("罗景行", "Luo Jingxing", OPERATOR, "运营经理 Operator", _duty(Role.OPERATOR), "operator")
COMMITTEE_MEMBER: Final = Person("方砺", "Fang Li", OPERATOR, "投委会委员 Committee member", _duty(Role.COMMITTEE))

_OFFICE: Final = (
    SECRETARY,
    SECOND_SECRETARY,
    ADMINISTRATOR,
    COUNSEL,
    CALCULATOR,
    APPROVER,
    Person(
        "许青芜", "Xu Qingwu", OPERATOR, "托管出纳 Custody cashier", (Duty(Role.FINANCE, Purpose.CUSTODY_DEPOSITS),)
    ),
    TREASURER,
    Person("严牧之", "Yan Muzhi", OPERATOR, "案件会计 Case accountant", (Duty(Role.FINANCE, Purpose.CASE_COSTS),)),
    OPERATIONS_HEAD,
    OPERATING,
    COMMITTEE_MEMBER,
    Person("潘若谷", "Pan Ruogu", OPERATOR, "投委会委员 Committee member", _duty(Role.COMMITTEE)),
)

APPLYING: Final = Person(
    "容景初",
    "Rong Jingchu",
    SELF_APPLYING.firm,
    "知识产权总监 Head of intellectual property",
    _duty(Role.MEMBER_ADMIN),
    "applicant: its papers wait for the office",
)

_ADMINISTRATORS: Final = {
    "XIYUAN": ("姚知微", "Yao Zhiwei"),
    "LANYU": ("崔明朗", "Cui Minglang"),
    "SUYING": ("叶疏影", "Ye Shuying"),
    "QIONGJING": ("龚子昂", "Gong Ziang"),
    "YAOXI": ("孟海澄", "Meng Haicheng"),
    "YINGYUE": ("邱若岚", "Qiu Ruolan"),
    "ZHICHE": ("傅云起", "Fu Yunqi"),
    "ZHAOHENG": ("蒋衡之", "Jiang Hengzhi"),
}
_TOLD: Final = {
    "XIYUAN": "member abroad: taxed at the source, paid in Hong Kong dollars",
    "YAOXI": "member: a television maker",
    "YINGYUE": "member: its rival",
    "ZHAOHENG": "member: research",
}


def _members() -> tuple[Person, ...]:
    people = []
    for member in MEMBERS:
        name_zh, name_en = _ADMINISTRATORS[member.code]
        people.append(
            Person(
                name_zh,
                name_en,
                member.firm,
                "知识产权总监 Head of intellectual property",
                _duty(Role.MEMBER_ADMIN),
                _TOLD.get(member.code, ""),
            )
        )
    firms = {member.code: member.firm for member in MEMBERS}
    more = (
        ("YAOXI", "林漱石", "Lin Shushi", "专利工程师 Patent engineer", Role.MEMBER_STAFF, ""),
        ("YAOXI", "郑秋池", "Zheng Qiuchi", "财务 Finance", Role.MEMBER_FINANCE, "statements of a member"),
        ("YAOXI", "杜仲言", "Du Zhongyan", "谈判代表 Negotiator", Role.MEMBER_NEGOTIATOR, ""),
        ("YINGYUE", "简一帆", "Jian Yifan", "专利工程师 Patent engineer", Role.MEMBER_STAFF, ""),
        ("YINGYUE", "阮听澜", "Ruan Tinglan", "财务 Finance", Role.MEMBER_FINANCE, "statements of its rival"),
        ("YINGYUE", "贺长风", "He Changfeng", "谈判代表 Negotiator", Role.MEMBER_NEGOTIATOR, ""),
        ("SUYING", "尹之遥", "Yin Zhiyao", "专利工程师 Patent engineer", Role.MEMBER_STAFF, ""),
    )
    people += [Person(zh, en, firms[code], title, _duty(role), told) for code, zh, en, title, role, told in more]
    return tuple(people)


_REPORTERS: Final = {
    "yaoxi-sales": ("冯晓棠", "Feng Xiaotang", ""),
    "yaoxi-vn": ("", "Nguyen Thanh Mai", ""),
    "penglei": ("谭砚北", "Tan Yanbei", "licensee: the biggest, two programmes"),
    "penglei-pl": ("", "Nowicka Alina", ""),
    "xulan": ("黎向晚", "Li Xiangwan", ""),
    "yuchuan": ("苏默言", "Su Moyan", "licensee: corrected a report"),
    "jiping": ("梁知夏", "Liang Zhixia", ""),
    "shuochao": ("褚海潮", "Chu Haichao", ""),
    "lilan": ("麦秀禾", "Mai Xiuhe", ""),
    "anadora": ("", "Aksoy Deniz", ""),
    "saebyeok": ("", "Seo Minji", ""),
    "minatogawa": ("", "Minase Haruka", "licensee: also licensed by two members directly"),
    "telanova": ("", "Ramalho Beatriz", ""),
    "vayusri": ("", "Nair Ananya", ""),
    "yuchen": ("顾屿白", "Gu Yubai", ""),
    "jiancheng": ("宋镜如", "Song Jingru", ""),
    "lengchuan": ("向川", "Xiang Chuan", ""),
    "zhiguang": ("卓织云", "Zhuo Zhiyun", "licensee: whose report is refused"),
    "bildwerk": ("", "Harms Jette", ""),
    "ashcombe": ("", "Pryce Eleanor", ""),
    "cormoran": ("", "Lemaire Solene", ""),
    "prairie": ("", "Whitlock Dana", ""),
    "chunying": ("殷淳", "Yin Chun", ""),
    "shiosai": ("", "Kuroda Nagisa", ""),
    "shizhen": ("施一帧", "Shi Yizhen", "licensee: always late"),
}

EVALUATOR: Final = Person("纪怀远", "Ji Huaiyuan", OTHERS["chengming"], "评估专家 Evaluator", _duty(Role.EVALUATOR))
FIRST_ASSISTANT: Final = Person(
    "秦若水", "Qin Ruoshui", OTHERS["chengming"], "评估专家 Evaluator", _duty(Role.EVALUATOR)
)
SECOND_ASSISTANT: Final = Person("于得知", "Yu Dezhi", OTHERS["chengming"], "评估专家 Evaluator", _duty(Role.EVALUATOR))
_AUDITS: Final = (date(2026, 10, 12), date(2027, 4, 1))
AUDITOR: Final = Person(
    "岳正",
    "Yue Zheng",
    OTHERS["zhengyao"],
    "注册会计师 Auditor",
    (Duty(Role.AUDITOR, None, date(2026, 9, 21), _AUDITS[1], "Audits of licensees' reports of 2025 and 2026"),),
    "auditor of licensees",
)
CLOSE_AUDITOR: Final = Person(
    "林审言",
    "Lin Shenyan",
    OTHERS["zhengyao"],
    "注册会计师 Auditor",
    (Duty(Role.CLOSE_AUDITOR, None, *_AUDITS, "Repeats one close with its bundle"),),
)

_OUTSIDERS: Final = (
    Person("庄致知", "Zhuang Zhizhi", OTHERS["chengming"], "研究员 Economist", _duty(Role.NEUTRAL)),
    EVALUATOR,
    FIRST_ASSISTANT,
    SECOND_ASSISTANT,
    Person("石泓", "Shi Hong", OTHERS["chengming"], "技术专家 Expert", _duty(Role.EXPERT)),
    Person("晏书", "Yan Shu", OTHERS["yanheng"], "专利代理师 Patent attorney", _duty(Role.PATENT_AGENT)),
    Person("马循", "Ma Xun", OTHERS["xunqi"], "年费主管 Annuities", _duty(Role.ANNUITY_PROVIDER)),
    Person("康科", "Kang Ke", OTHERS["kerong"], "客户经理 Account manager", _duty(Role.PLEDGEE_BANK)),
    Person("蓝映川", "Lan Yingchuan", OTHERS["yingchuan"], "投资经理 Investment manager", _duty(Role.FUND_INVESTOR)),
    AUDITOR,
    CLOSE_AUDITOR,
    PROSPECT,
    Person("章平之", "Zhang Pingzhi", OTHERS["bureau"], "主任科员 Officer", _duty(Role.AUTHORITY), "the authority"),
)


def reporter_of(firm: Firm) -> Person:
    """Return the person who files a licensee's reports."""
    name_zh, name_en, told = _REPORTERS[firm.key]
    return Person(name_zh, name_en, firm, "报告人 Reporting officer", _duty(Role.LICENSEE), told)


PEOPLE: Final[tuple[Person, ...]] = (
    *_OFFICE,
    *_members(),
    APPLYING,
    *(reporter_of(firm) for firm in LICENSEES.values()),
    *_OUTSIDERS,
)


def administrator_of(firm: Firm) -> Person:
    """Return the person who administers a member's seats."""
    return next(person for person in PEOPLE if person.firm == firm and person.duties == _duty(Role.MEMBER_ADMIN))


def sign_ins() -> tuple[Person, ...]:
    """Return the people worth trying, in the order in which to try them."""
    return tuple(person for person in PEOPLE if person.told)
