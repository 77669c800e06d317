"""The organisations of the demonstration alliance. All names are coined; none is meant to be an existing firm."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from platform_site.demo.dice import Dice
from platform_site.demo.numbers import social_credit_code

COMPANY: Final = "91"
ASSOCIATION: Final = "51"
INSTITUTE: Final = "12"
BUREAU: Final = "11"


@dataclass(frozen=True, slots=True)
class Firm:
    """An organisation: a short key, its names, its country and, in China, its unified social credit code."""

    key: str
    name_zh: str
    name_en: str
    country: str = "CN"
    registrar: str = COMPANY
    region: str = ""
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """How a member leaves: when it says so, its first day out, and the first day it has no share any more."""

    told_on: date
    first_day_out: date
    shares_end_on: date


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the alliance: its code, its part of the industry, when it came, and what it works on.

    `suspended_from` is the first day of its suspension, after all closed periods.
    """

    code: str
    firm: Firm
    segment: str
    field: str
    joined: date
    held_from: date | None = None
    suspended_from: date | None = None
    departs: Departure | None = None


@dataclass(frozen=True, slots=True)
class Applicant:
    """An organisation that applies: when, and since when its application is reviewed; blank, it waits for that.

    Where it has no seat on the platform, the office files the application on its letter.
    """

    firm: Firm
    segment: str
    applied_on: date
    reviewed_on: date | None = None


def _registered(firm: Firm) -> Firm:
    if not firm.region:
        return firm
    # Organisation codes given out so far have not reached MAW: no existing firm can carry one.
    dice = Dice("credit code", firm.key)
    body = "MAW" + "".join(dice.pick("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(5))
    return replace(firm, credit_code=social_credit_code(firm.registrar, firm.region, body))


def _firm(
    key: str, name_zh: str, name_en: str, *, region: str = "", country: str = "CN", registrar: str = COMPANY
) -> Firm:
    return _registered(Firm(key, name_zh, name_en, country, registrar, region))


HOST: Final = _firm(
    "jianghan",
    "江汉超高清视频产业促进会",
    "Jianghan Ultra-HD Video Industry Association",
    region="420100",
    registrar=ASSOCIATION,
)
OPERATOR: Final = _firm(
    "yinglian", "武汉映联专利运营有限公司", "Wuhan Yinglian Patent Operations Co., Ltd.", region="420100"
)
ALLIANCE_ZH: Final = "江汉超高清视频产业专利联盟"
ALLIANCE_EN: Final = "Jianghan Ultra-HD Video Patent Alliance"

FOUNDED_ON: Final = date(2025, 3, 18)

MEMBERS: Final[tuple[Member, ...]] = (
    Member(
        "XIYUAN",
        # Abroad for the tax office: what it is paid is taxed at the source.
        _firm("xiyuan", "矽垣微电子（香港）有限公司", "Xiyuan Microelectronics (Hong Kong) Limited", country="HK"),
        "upstream",
        "silicon",
        FOUNDED_ON,
    ),
    Member(
        "LANYU",
        _firm("lanyu", "合肥澜屿光电显示有限公司", "Hefei Lanyu Optoelectronic Display Co., Ltd.", region="340100"),
        "upstream",
        "panel",
        FOUNDED_ON,
        # A dispute about the ownership of two of its rights: its money waits from here on.
        held_from=date(2026, 10, 8),
    ),
    Member(
        "SUYING",
        _firm("suying", "杭州溯影视频技术股份有限公司", "Hangzhou Suying Video Technology Co., Ltd.", region="330100"),
        "midstream",
        "coding",
        FOUNDED_ON,
    ),
    Member(
        "QIONGJING",
        _firm(
            "qiongjing", "成都穹镜广播设备有限公司", "Chengdu Qiongjing Broadcast Equipment Co., Ltd.", region="510100"
        ),
        "midstream",
        "studio",
        FOUNDED_ON,
        # Two years' dues are unpaid. Closes until the third quarter of 2026 come out as they did.
        suspended_from=date(2026, 10, 20),
    ),
    Member(
        "YAOXI",
        _firm("yaoxi", "青岛曜汐电子集团股份有限公司", "Qingdao Yaoxi Electronics Group Co., Ltd.", region="370200"),
        "downstream",
        "television",
        FOUNDED_ON,
    ),
    Member(
        "YINGYUE",
        _firm("yingyue", "深圳市映岳多媒体股份有限公司", "Shenzhen Yingyue Multimedia Co., Ltd.", region="440300"),
        "downstream",
        "dynamic range",
        FOUNDED_ON,
    ),
    Member(
        "ZHICHE",
        _firm("zhiche", "南京织澈网络科技有限公司", "Nanjing Zhiche Network Technology Co., Ltd.", region="320100"),
        "downstream",
        "network",
        FOUNDED_ON,
        # Its business goes to another company of its group; by the charter it shares until the end of the year.
        departs=Departure(date(2026, 8, 28), date(2026, 10, 1), date(2027, 1, 1)),
    ),
    Member(
        "ZHAOHENG",
        _firm(
            "zhaoheng",
            "武汉昭衡超高清视频创新研究院",
            "Wuhan Zhaoheng Institute for Ultra-HD Video Innovation",
            region="420100",
            registrar=INSTITUTE,
        ),
        "research",
        "perception",
        # The institute waited for its council and came a year later than the founders.
        date(2026, 2, 15),
    ),
)

# Organisations that would join: one brings its papers itself, one has none but a letter here.
SELF_APPLYING: Final = Applicant(
    _firm("tingying", "长沙渟映内容科技有限公司", "Changsha Tingying Content Technology Co., Ltd.", region="430100"),
    "midstream",
    date(2026, 11, 9),
)
FILED_FOR: Final = Applicant(
    _firm("hengyan", "西安衡砚检测技术有限公司", "Xi'an Hengyan Testing Technology Co., Ltd.", region="610100"),
    "service",
    date(2026, 10, 28),
    date(2026, 11, 12),
)
APPLICANTS: Final = (SELF_APPLYING, FILED_FOR)

# Firms that work for the alliance or look at it from outside.
OTHERS: Final[dict[str, Firm]] = {
    firm.key: firm
    for firm in (
        _firm("chengming", "上海澄明经济研究所", "Shanghai Chengming Economic Research", region="310100"),
        _firm("yanheng", "武汉晏衡专利代理事务所", "Wuhan Yanheng Patent Attorneys", region="420100", registrar="31"),
        _firm("xunqi", "北京循期年费管理有限公司", "Beijing Xunqi Annuity Management Co., Ltd.", region="110100"),
        _firm("kerong", "武汉江汉科融银行股份有限公司", "Jianghan Kerong Bank Co., Ltd.", region="420100"),
        _firm("yingchuan", "武汉映川科创基金管理有限公司", "Yingchuan Technology Fund Management", region="420100"),
        _firm("zhengyao", "武汉正垚会计师事务所", "Wuhan Zhengyao Certified Public Accountants", region="420100"),
        _firm("jizhou", "厦门霁舟智能显示有限公司", "Xiamen Jizhou Smart Display Co., Ltd.", region="350200"),
        _firm(
            "bureau",
            "江汉新区知识产权局",
            "Jianghan New Area Intellectual Property Office",
            region="420100",
            registrar=BUREAU,
        ),
    )
}

LICENSEES: Final[dict[str, Firm]] = {
    firm.key: firm
    for firm in (
        _firm("yaoxi-sales", "青岛曜汐电器销售有限公司", "Qingdao Yaoxi Appliance Sales Co., Ltd.", region="370200"),
        _firm("yaoxi-vn", "曜汐电子（越南）有限公司", "Yaoxi Electronics (Vietnam) Co., Ltd.", country="VN"),
        _firm("penglei", "惠州市澎垒视讯有限公司", "Huizhou Penglei Visual Co., Ltd.", region="441300"),
        _firm("penglei-pl", "澎垒（波兰）有限责任公司", "Penglei Polska Sp. z o.o.", country="PL"),
        _firm("xulan", "中山市旭阑电器有限公司", "Zhongshan Xulan Electric Co., Ltd.", region="442000"),
        _firm("yuchuan", "绵阳煜川视像科技有限公司", "Mianyang Yuchuan Vision Co., Ltd.", region="510700"),
        _firm("jiping", "广州霁屏智能科技有限公司", "Guangzhou Jiping Smart Technology Co., Ltd.", region="440100"),
        _firm("shuochao", "宁波朔潮电子有限公司", "Ningbo Shuochao Electronics Co., Ltd.", region="330200"),
        _firm("lilan", "佛山市礼澜电子有限公司", "Foshan Lilan Electronics Co., Ltd.", region="440600"),
        _firm("anadora", "阿纳多拉电子股份公司", "Anadora Elektronik A.Ş.", country="TR"),
        _firm("saebyeok", "晨曙视像株式会社", "Saebyeok Visual Co., Ltd.", country="KR"),
        _firm("minatogawa", "凑川电机株式会社", "Minatogawa Denki K.K.", country="JP"),
        _firm("telanova", "泰拉诺瓦（巴西）有限公司", "Telanova do Brasil Ltda.", country="BR"),
        _firm("vayusri", "瓦尤室利电子私人有限公司", "Vayusri Electronics Pvt. Ltd.", country="IN"),
        _firm("yuchen", "上海屿辰数字家庭科技有限公司", "Shanghai Yuchen Digital Home Co., Ltd.", region="310100"),
        _firm("jiancheng", "北京鉴澄影视设备有限公司", "Beijing Jiancheng Cine Equipment Co., Ltd.", region="110100"),
        _firm("lengchuan", "成都棱川编码技术有限公司", "Chengdu Lengchuan Coding Co., Ltd.", region="510100"),
        _firm("zhiguang", "深圳市织光媒体系统有限公司", "Shenzhen Zhiguang Media Systems Co., Ltd.", region="440300"),
        _firm("bildwerk", "北方影像工坊有限公司", "Bildwerk Nordhain GmbH", country="DE"),
        _firm("ashcombe", "阿什科姆广播有限公司", "Ashcombe Vale Broadcast Ltd", country="GB"),
        _firm("cormoran", "鸬鹚视频公司", "Cormoran Vidéo SAS", country="FR"),
        _firm("prairie", "草原信号公司", "Prairie Lantern Signal, Inc.", country="US"),
        _firm("chunying", "武汉淳映演艺科技有限公司", "Wuhan Chunying Stage Technology Co., Ltd.", region="420100"),
        _firm("shiosai", "潮骚光学株式会社", "Shiosai Kogaku K.K.", country="JP"),
        _firm("shizhen", "杭州拾帧云制作有限公司", "Hangzhou Shizhen Cloud Production Co., Ltd.", region="330100"),
    )
}

MEMBER_OF: Final[dict[str, Member]] = {member.code: member for member in MEMBERS}


def every_firm() -> tuple[Firm, ...]:
    """Return all organisations once: the host, the operating company, members, applicants, licensees and others."""
    members = (*(member.firm for member in MEMBERS), *(applicant.firm for applicant in APPLICANTS))
    return (HOST, OPERATOR, *members, *LICENSEES.values(), *OTHERS.values())
