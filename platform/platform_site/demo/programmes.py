"""The two programmes of the demonstration, and what is said of a licence and of what its licensee makes and sells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Final

from platform_site.demo.days import first_day, last_day
from platform_site.demo.names import Firm
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
