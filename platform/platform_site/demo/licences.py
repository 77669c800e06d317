"""The two programmes of the demonstration, their licences, and what each licensee makes and sells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Final

from platform_site.demo.days import first_day, last_day
from platform_site.demo.names import LICENSEES, Firm
from platform_site.demo.patents import PRODUCTION, TERMINAL

STANDARD: Final = "standard"
COMPLIANT: Final = "compliant"


@dataclass(frozen=True, slots=True)
class Terms:
    """One published version of a programme's terms: its number, its first day, and the file that holds it."""

    number: int
    in_force_from: date
    published_on: date
    file: str

    def text(self) -> str:
        """Return the terms as written, without a period: each close puts its own."""
        return files("platform_site.demo").joinpath("tariffs", self.file).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme that a pool offers, with its terms in order."""

    code: str
    pool: str
    currency: str
    name_zh: str
    name_en: str
    pool_zh: str
    pool_en: str
    terms: tuple[Terms, ...]

    def terms_on(self, day: date) -> Terms:
        """Return the version in force on a day."""
        return [version for version in self.terms if version.in_force_from <= day][-1]


@dataclass(frozen=True, slots=True)
class Line:
    """What a licensee sells month after month: a product of one factory in some markets.

    `units` is an average month; `markets` are parts of a hundred; `price` is in major units of `currency` and None
    where the tariff asks for no price; `growth` is percent a year; `season` names a yearly rhythm.
    """

    product: str
    made_in: str
    markets: Mapping[str, int]
    units: int
    season: str
    growth: int = 0
    price: int | None = None
    currency: str = "CNY"
    models: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Change:
    """From a month on the licence has another standing, enterprise or option; blank where nothing changes."""

    from_month: str
    standing: str = ""
    enterprise: str = ""
    option: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Money owed without sales, in major units."""

    month: str
    kind: str
    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Bilateral:
    """A licence that the licensee already holds from a member."""

    member: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Licence:
    """A licensee's contract under a programme."""

    code: str
    programme: str
    licensee: Firm
    signed_on: date
    starts_on: date
    lines: tuple[Line, ...]
    enterprise: str = ""
    ends_on: date | None = None
    standing: str = COMPLIANT
    option: str = ""
    changes: tuple[Change, ...] = ()
    charges: tuple[Charge, ...] = ()
    bilaterals: tuple[Bilateral, ...] = ()

    def covers(self, month: str) -> bool:
        """Say whether the licence is in force on some day of a month."""
        return self.starts_on <= last_day(month) and (self.ends_on is None or self.ends_on >= first_day(month))


UHD_TV: Final = Programme(
    "UHD-TV",
    TERMINAL,
    "CNY",
    "超高清终端专利许可项目",
    "Ultra-HD terminal licensing programme",
    "超高清终端专利池",
    "Ultra-HD terminal pool",
    (
        Terms(1, date(2025, 7, 1), date(2025, 6, 16), "terminal-1.toml"),
        Terms(2, date(2026, 1, 1), date(2025, 11, 28), "terminal-2.toml"),
    ),
)
UHD_PRO: Final = Programme(
    "UHD-PRO",
    PRODUCTION,
    "USD",
    "超高清制播专利许可项目",
    "Ultra-HD production and playout licensing programme",
    "超高清制播专利池",
    "Ultra-HD production pool",
    (
        Terms(1, date(2025, 7, 1), date(2025, 6, 18), "production-1.toml"),
        Terms(2, date(2026, 1, 1), date(2025, 12, 5), "production-2.toml"),
    ),
)
PROGRAMMES: Final = (UHD_TV, UHD_PRO)

_START: Final = date(2025, 7, 1)
_CN: Final = {"CN": 100}
_ENTRY_TV: Final = Charge("2025-07", "entry", "50000", "CNY")
_ENTRY_PRO: Final = Charge("2025-07", "entry", "10000", "USD")

LICENCES: Final[tuple[Licence, ...]] = (
    Licence(
        "TV-001",
        "UHD-TV",
        LICENSEES["yaoxi-sales"],
        date(2025, 6, 20),
        _START,
        (
            Line("tv4k", "CN", _CN, 265_000, "home", growth=5, models=("YX55", "YX65", "YX75")),
            Line("tv8k", "CN", _CN, 6_200, "home", growth=18, models=("YX85",)),
        ),
        enterprise="曜汐集团",
        charges=(_ENTRY_TV,),
    ),
    Licence(
        "TV-002",
        "UHD-TV",
        LICENSEES["yaoxi-vn"],
        date(2025, 6, 20),
        _START,
        (Line("tv4k", "VN", {"VN": 22, "TH": 13, "US": 65}, 62_000, "export", growth=9, models=("YX43", "YX55")),),
        enterprise="曜汐集团",
    ),
    Licence(
        "TV-003",
        "UHD-TV",
        LICENSEES["penglei"],
        date(2025, 6, 25),
        _START,
        (
            Line(
                "tv4k", "CN", {"CN": 64, "US": 23, "IN": 13}, 330_000, "home", growth=4, models=("PL50", "PL65", "PL75")
            ),
            Line("tv8k", "CN", {"CN": 70, "US": 30}, 7_400, "home", growth=15),
            Line("projector", "CN", _CN, 7_600, "home", growth=11),
        ),
        enterprise="澎垒集团",
        charges=(_ENTRY_TV,),
    ),
    Licence(
        "TV-004",
        "UHD-TV",
        LICENSEES["penglei-pl"],
        date(2025, 7, 8),
        _START,
        (Line("tv4k", "PL", {"DE": 38, "FR": 24, "GB": 22, "PL": 16}, 68_000, "export", growth=6),),
        enterprise="澎垒集团",
    ),
    Licence(
        "TV-005",
        "UHD-TV",
        LICENSEES["xulan"],
        date(2025, 6, 27),
        _START,
        (
            Line("tv4k", "CN", _CN, 41_000, "home", growth=-3, models=("XL50", "XL58")),
            Line("stb", "CN", _CN, 23_000, "steady"),
        ),
        charges=(_ENTRY_TV,),
    ),
    Licence(
        "TV-006",
        "UHD-TV",
        LICENSEES["yuchuan"],
        date(2025, 6, 30),
        _START,
        (
            Line("tv4k", "CN", {"CN": 72, "IN": 28}, 57_000, "home", growth=7, models=("YC43", "YC55")),
            Line("stb", "CN", {"CN": 80, "IN": 20}, 61_000, "steady", growth=3),
        ),
        charges=(_ENTRY_TV,),
    ),
    Licence(
        "TV-007",
        "UHD-TV",
        LICENSEES["jiping"],
        date(2025, 7, 15),
        _START,
        (Line("projector", "CN", {"CN": 86, "US": 8, "JP": 6}, 11_800, "home", growth=24, models=("JP1", "JP1 Pro")),),
        standing=STANDARD,
        changes=(Change("2026-04", standing=COMPLIANT),),
        charges=(_ENTRY_TV,),
    ),
    Licence(
        "TV-008",
        "UHD-TV",
        LICENSEES["shuochao"],
        date(2025, 6, 24),
        _START,
        (Line("tv4k", "CN", {"US": 52, "DE": 18, "GB": 13, "FR": 9, "MX": 8}, 84_000, "export", growth=2),),
        charges=(_ENTRY_TV,),
    ),
    Licence(
        "TV-009",
        "UHD-TV",
        LICENSEES["lilan"],
        date(2025, 7, 21),
        _START,
        (Line("tv4k", "CN", _CN, 4_600, "home"),),
        ends_on=date(2026, 6, 30),
        charges=(_ENTRY_TV,),
    ),
    Licence(
        "TV-010",
        "UHD-TV",
        LICENSEES["anadora"],
        date(2025, 8, 11),
        date(2025, 8, 15),
        (Line("tv4k", "TR", {"DE": 34, "GB": 22, "FR": 15, "TR": 29}, 93_000, "export", growth=3),),
        standing=STANDARD,
    ),
    Licence(
        "TV-011",
        "UHD-TV",
        LICENSEES["saebyeok"],
        date(2025, 6, 30),
        _START,
        (
            Line("tv4k", "KR", {"KR": 38, "US": 62}, 121_000, "export", growth=1, models=("SB-55", "SB-65")),
            Line("tv8k", "KR", {"KR": 45, "US": 55}, 5_600, "export", growth=20),
        ),
    ),
    Licence(
        "TV-012",
        "UHD-TV",
        LICENSEES["minatogawa"],
        date(2025, 7, 3),
        _START,
        (
            Line("tv4k", "JP", {"JP": 100}, 33_000, "home", growth=-2),
            Line("tv8k", "JP", {"JP": 100}, 3_400, "home", growth=8),
        ),
        bilaterals=(Bilateral("XIYUAN", date(2025, 10, 1), date(2028, 9, 30)),),
    ),
    Licence(
        "TV-013",
        "UHD-TV",
        LICENSEES["telanova"],
        date(2026, 1, 28),
        date(2026, 2, 1),
        (Line("tv4k", "BR", {"BR": 88, "US": 12}, 34_000, "export"),),
        charges=(Charge("2026-02", "entry", "50000", "CNY"),),
    ),
    Licence(
        "TV-014",
        "UHD-TV",
        LICENSEES["vayusri"],
        date(2025, 9, 17),
        date(2025, 10, 1),
        (Line("tv4k", "IN", {"IN": 100}, 44_000, "festival", growth=17, models=("VS43", "VS50")),),
        standing=STANDARD,
    ),
    Licence(
        "TV-015",
        "UHD-TV",
        LICENSEES["yuchen"],
        date(2025, 6, 26),
        _START,
        (Line("stb", "CN", _CN, 215_000, "steady", growth=6, models=("屿盒4K", "屿盒4K语音版")),),
        option="annual",
    ),
    Licence(
        "PRO-001",
        "UHD-PRO",
        LICENSEES["penglei"],
        date(2025, 7, 9),
        _START,
        (Line("player", "CN", {"CN": 75, "US": 25}, 2_900, "studio", growth=10),),
        enterprise="澎垒集团",
    ),
    Licence(
        "PRO-002",
        "UHD-PRO",
        LICENSEES["shuochao"],
        date(2025, 7, 9),
        _START,
        (Line("player", "CN", {"US": 70, "DE": 30}, 5_200, "studio", growth=4),),
        charges=(_ENTRY_PRO,),
    ),
    Licence(
        "PRO-003",
        "UHD-PRO",
        LICENSEES["minatogawa"],
        date(2025, 7, 3),
        _START,
        (
            Line(
                "camera",
                "JP",
                {"JP": 55, "US": 45},
                640,
                "studio",
                price=418_000,
                currency="JPY",
                models=("MC-70", "MC-90"),
            ),
        ),
        charges=(_ENTRY_PRO,),
        bilaterals=(Bilateral("QIONGJING", date(2024, 4, 1), date(2027, 3, 31)),),
    ),
    Licence(
        "PRO-004",
        "UHD-PRO",
        LICENSEES["jiancheng"],
        date(2025, 6, 24),
        _START,
        (Line("switcher", "CN", _CN, 38, "studio", price=386_000, growth=6),),
        charges=(_ENTRY_PRO,),
    ),
    Licence(
        "PRO-005",
        "UHD-PRO",
        LICENSEES["lengchuan"],
        date(2025, 6, 19),
        _START,
        (Line("encoder", "CN", {"CN": 76, "IN": 24}, 48, "studio", price=46_800, growth=9, models=("LC200", "LC400")),),
        option="committed",
        charges=(_ENTRY_PRO,),
    ),
    Licence(
        "PRO-006",
        "UHD-PRO",
        LICENSEES["zhiguang"],
        date(2025, 6, 30),
        _START,
        (
            Line("encoder", "CN", _CN, 240, "studio", price=29_800, growth=5),
            Line("player", "CN", {"CN": 62, "US": 38}, 3_900, "studio"),
        ),
        charges=(_ENTRY_PRO,),
    ),
    Licence(
        "PRO-007",
        "UHD-PRO",
        LICENSEES["bildwerk"],
        date(2025, 8, 27),
        date(2025, 9, 1),
        (
            Line(
                "camera",
                "DE",
                {"DE": 44, "FR": 23, "GB": 21, "US": 12},
                170,
                "studio",
                price=9_850,
                currency="EUR",
                growth=3,
            ),
        ),
        charges=(Charge("2025-09", "entry", "10000", "USD"),),
    ),
    Licence(
        "PRO-008",
        "UHD-PRO",
        LICENSEES["ashcombe"],
        date(2025, 7, 22),
        _START,
        (
            Line("switcher", "GB", {"GB": 58, "DE": 20, "IN": 22}, 15, "studio", price=42_600, currency="GBP"),
            Line("encoder", "GB", {"GB": 70, "IN": 30}, 58, "studio", price=6_400, currency="GBP"),
        ),
        charges=(_ENTRY_PRO,),
    ),
    Licence(
        "PRO-009",
        "UHD-PRO",
        LICENSEES["cormoran"],
        date(2025, 7, 30),
        _START,
        (Line("encoder", "FR", {"FR": 100}, 14, "studio", price=3_150, currency="EUR"),),
    ),
    Licence(
        "PRO-010",
        "UHD-PRO",
        LICENSEES["prairie"],
        date(2025, 6, 30),
        _START,
        (
            Line(
                "encoder",
                "US",
                {"US": 81, "GB": 19},
                290,
                "studio",
                price=5_240,
                currency="USD",
                growth=8,
                models=("PS-1", "PS-4"),
            ),
            Line("camera", "US", {"US": 100}, 88, "studio", price=12_900, currency="USD"),
        ),
        option="committed",
        charges=(_ENTRY_PRO,),
    ),
    Licence(
        "PRO-011",
        "UHD-PRO",
        LICENSEES["chunying"],
        date(2025, 7, 18),
        _START,
        (
            Line("switcher", "CN", _CN, 13, "studio", price=158_000, growth=12),
            Line("player", "CN", _CN, 310, "studio"),
        ),
    ),
    Licence(
        "PRO-012",
        "UHD-PRO",
        LICENSEES["shiosai"],
        date(2025, 7, 24),
        _START,
        (Line("camera", "JP", {"JP": 62, "KR": 38}, 720, "studio", price=263_000, currency="JPY", growth=2),),
        charges=(_ENTRY_PRO,),
    ),
    Licence(
        "PRO-013",
        "UHD-PRO",
        LICENSEES["shizhen"],
        date(2025, 8, 4),
        _START,
        (
            Line("player", "CN", _CN, 1_250, "studio", growth=15),
            Line("encoder", "CN", _CN, 26, "studio", price=21_500),
        ),
        charges=(Charge("2026-05", "interest", "186.42", "USD"),),
    ),
)


def licences_of(programme: Programme) -> tuple[Licence, ...]:
    """Return the licences of a programme by their code."""
    return tuple(licence for licence in LICENCES if licence.programme == programme.code)
