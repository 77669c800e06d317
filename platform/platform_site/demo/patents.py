"""The patents of the demonstration alliance: families in eight countries, their owners, and their time in the pools."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from platform_site.demo.days import (
    FRIDAY,
    LAUNCHED_ON,
    THURSDAY,
    TODAY,
    TUESDAY,
    WEDNESDAY,
    WORKDAYS,
    first_of_next_month,
    on_weekday,
    years_later,
)
from platform_site.demo.dice import Dice
from platform_site.demo.inventions import FIELDS
from platform_site.demo.names import MEMBER_OF, MEMBERS, Member
from platform_site.demo.numbers import INVENTION, PCT_INVENTION, UTILITY_MODEL, Numbers, cn_numbers, foreign_numbers

TERMINAL: Final = "terminal"
PRODUCTION: Final = "production"

ESSENTIAL: Final = "A"
OPTIONAL: Final = "B"


@dataclass(frozen=True, slots=True)
class Right:
    """A patent or application in force, or sought, in one country.

    `ends_on` is the first day on which it is no longer in force; `ended_by` says why, once it is so: expiry, lapse or
    invalidation. `expires_on` is the end of its full term.
    """

    family: str
    country: str
    office: str
    kind: int
    numbers: Numbers
    filed_on: date
    published_on: date
    granted_on: date | None
    ends_on: date | None
    ended_by: str
    expires_on: date

    def end_known_on(self, day: date) -> date | None:
        """Return the end that was expected on a day: the full term, until the right ends before it."""
        if self.ends_on is not None and self.ends_on <= day:
            return self.ends_on
        return self.expires_on if self.granted_on is not None else None


@dataclass(frozen=True, slots=True)
class Holding:
    """A member's part of a family from one day to the eve of another; open where blank."""

    member: str
    share: str
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """One invention: its titles, its first filing, its holders and its rights."""

    code: str
    field: str
    title_zh: str
    title_en: str
    priority_on: date
    label: str
    holdings: tuple[Holding, ...]
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A right in a pool under one holder: when it enters and leaves, its class, and the products it reads on."""

    pool: str
    right: Right
    holding: Holding
    enters_on: date
    leaves_on: date | None
    label: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Office:
    """How often members file there, how long a grant takes there (in days), and on which weekdays it grants."""

    percent: int
    soonest: int
    latest: int
    weekdays: tuple[int, ...]


_OFFICES: Final = {
    "CN": _Office(100, 700, 1300, (TUESDAY, FRIDAY)),
    "US": _Office(64, 720, 1250, (TUESDAY,)),
    "EP": _Office(39, 1250, 1850, (WEDNESDAY,)),
    "DE": _Office(8, 1100, 1700, (THURSDAY,)),
    "JP": _Office(33, 900, 1500, WORKDAYS),
    "KR": _Office(33, 720, 1250, WORKDAYS),
    "IN": _Office(18, 1500, 2300, WORKDAYS),
}

# Where European patents were kept after grant, in percent.
_VALIDATED: Final = {"DE": 100, "FR": 72, "GB": 78}

_UTILITY_MODELS: Final = frozenset(
    {"一种背光模组的散热支架", "显示模组的光学膜片定位结构", "电视机壁挂支架的倾角调节机构", "摄像机云台的防抖控制结构"}
)

# Old families whose rights run out while the demonstration lasts, by field and place in its list, with their filing.
_RUNNING_OUT: Final = {
    ("coding", 8): date(2005, 8, 23),
    ("television", 2): date(2005, 11, 9),
    ("panel", 2): date(2006, 2, 14),
    ("silicon", 4): date(2006, 4, 27),
    ("network", 14): date(2006, 8, 17),
    ("studio", 4): date(2005, 10, 19),
}
# Utility models last ten years: these run out meanwhile too.
_SHORT_LIVED: Final = {("panel", 13): date(2016, 1, 20), ("television", 13): date(2016, 5, 11)}

# Families that changed hands: the buyer and the day of the recorded assignment.
_ASSIGNED: Final = {
    ("panel", 8): ("YINGYUE", date(2026, 4, 1)),
    ("silicon", 6): ("SUYING", date(2026, 5, 12)),
    ("television", 0): ("ZHICHE", date(2025, 12, 9)),
}

# Families owned together, with the parts of the field's own member and of the other one.
_SHARED: Final = {
    ("coding", 1): ("ZHAOHENG", "0.5", "0.5"),
    ("coding", 5): ("XIYUAN", "0.7", "0.3"),
    ("coding", 12): ("ZHAOHENG", "0.6", "0.4"),
    ("silicon", 0): ("SUYING", "0.5", "0.5"),
    ("silicon", 13): ("ZHAOHENG", "0.75", "0.25"),
    ("panel", 0): ("YAOXI", "0.6", "0.4"),
    ("dynamic range", 0): ("ZHAOHENG", "0.5", "0.5"),
    ("dynamic range", 7): ("YAOXI", "0.5", "0.5"),
    ("television", 1): ("YINGYUE", "0.55", "0.45"),
    ("network", 3): ("SUYING", "0.8", "0.2"),
    ("studio", 5): ("SUYING", "0.5", "0.5"),
    ("studio", 10): ("ZHICHE", "0.65", "0.35"),
    ("perception", 1): ("SUYING", "0.5", "0.5"),
    ("perception", 9): ("QIONGJING", "0.7", "0.3"),
}

# Declared invalid in the period (field, place, country, day of the final decision).
_INVALIDATED: Final = {("network", 4, "CN"): date(2026, 4, 22), ("silicon", 8, "CN"): date(2025, 11, 18)}

# Taken off the list: found not essential on re-evaluation, or withdrawn by their owner.
_TAKEN_OUT: Final = {
    ("coding", 11): date(2026, 3, 20),
    ("perception", 7): date(2026, 7, 1),
    ("studio", 13): date(2026, 1, 1),
}


@cache
def families() -> tuple[Family, ...]:
    """Return all families, by field and in the order of their titles."""
    made: list[Family] = []
    owner_of = {member.field: member for member in MEMBERS}
    for field, contents in FIELDS.items():
        for place, (title_zh, title_en) in enumerate(contents.titles):
            dice = Dice("family", field, place)
            code = f"JH{len(made) + 1:04d}"
            utility_model = title_zh in _UTILITY_MODELS
            priority_on = _priority(dice, field, place, utility_model=utility_model)
            rights = tuple(_rights(dice, code, field, place, priority_on, utility_model=utility_model))
            label = ESSENTIAL if dice.of("class").chance(64) and not utility_model else OPTIONAL
            holdings = _holdings(owner_of[field], field, place)
            made.append(Family(code, field, title_zh, title_en, priority_on, label, holdings, rights))
    return tuple(made)


@cache
def pool_members(pool: str) -> tuple[Member, ...]:
    """Return the members who have something to bring into a pool."""
    holders = {entry.holding.member for entry in entries(pool)}
    return tuple(member for member in MEMBERS if member.code in holders)


@cache
def entries(pool: str) -> tuple[Entry, ...]:
    """Return what stands on a pool's list: granted rights, once for each holder and his time."""
    made: list[Entry] = []
    for family in families():
        field = FIELDS[family.field]
        products = field.terminal if pool == TERMINAL else field.production
        if not products:
            continue
        place = [title for title, _ in field.titles].index(family.title_zh)
        products = _products(Dice("products", pool, family.code), products, everything=family.field == "perception")
        taken_out_on = _TAKEN_OUT.get((family.field, place))
        for right in family.rights:
            for holding in family.holdings:
                entry = _entry(pool, family, right, holding, products, taken_out_on)
                if entry is not None:
                    made.append(entry)
    return tuple(made)


def _priority(dice: Dice, field: str, place: int, *, utility_model: bool) -> date:
    known = _RUNNING_OUT.get((field, place)) or _SHORT_LIVED.get((field, place))
    if known is not None:
        return known
    draw = dice.of("priority")
    first, last = date(2008, 3, 1), date(2021, 9, 30)
    if utility_model:
        first = date(2017, 3, 1)
    elif draw.chance(13):
        # Young enough to be pending still, or to be granted while the demonstration lasts.
        first, last = date(2022, 1, 1), date(2024, 9, 30)
    return on_weekday(first + timedelta(days=draw.whole(0, (last - first).days)))


def _holdings(owner: Member, field: str, place: int) -> tuple[Holding, ...]:
    if (field, place) in _SHARED:
        other, own_part, other_part = _SHARED[(field, place)]
        return (Holding(owner.code, own_part), Holding(other, other_part))
    if (field, place) in _ASSIGNED:
        buyer, day = _ASSIGNED[(field, place)]
        return (Holding(owner.code, "1", None, day), Holding(buyer, "1", day, None))
    return (Holding(owner.code, "1"),)


def _rights(
    dice: Dice, family: str, field: str, place: int, priority_on: date, *, utility_model: bool
) -> Iterator[Right]:
    through_pct = dice.of("route").chance(14)
    for office, practice in _OFFICES.items():
        draw = dice.of("right", office)
        if (utility_model and office != "CN") or not draw.chance(practice.percent):
            continue
        if office == "DE" and dice.of("right", "EP").chance(_OFFICES["EP"].percent):
            continue
        filed_on = priority_on
        if office != "CN":
            filed_on = on_weekday(priority_on + timedelta(days=draw.whole(320, 358)))
        # Eighteen months from the first filing, on the office's day; an unexamined model appears with its grant.
        published_on = on_weekday(priority_on + timedelta(days=draw.whole(547, 575)), practice.weekdays)
        wait = draw.whole(180, 330) if utility_model else draw.whole(practice.soonest, practice.latest)
        granted_on: date | None = on_weekday(filed_on + timedelta(days=wait), practice.weekdays)
        if granted_on is not None and not utility_model and granted_on <= published_on:
            granted_on = on_weekday(published_on + timedelta(days=90), practice.weekdays)
        if utility_model and granted_on is not None:
            published_on = granted_on
        if granted_on is not None and granted_on > TODAY:
            granted_on = None
        serial = draw.whole(0, 10_000_000)
        number = int(family.removeprefix("JH")) - 1
        if office == "CN":
            kind = UTILITY_MODEL if utility_model else PCT_INVENTION if through_pct else INVENTION
            numbers = cn_numbers(
                filed=filed_on, published=published_on, granted=granted_on, kind=kind, place=number, draw=serial
            )
        else:
            kind = INVENTION
            numbers = foreign_numbers(
                office, filed=filed_on, published=published_on, granted=granted_on, place=number, draw=serial
            )
        for country in _countries(draw, office, granted=granted_on is not None):
            ends_on, ended_by = _end(draw.of(country), country, filed_on, granted_on, years=10 if utility_model else 20)
            invalid_on = _INVALIDATED.get((field, place, country))
            if invalid_on is not None and granted_on is not None:
                ends_on, ended_by = invalid_on, "invalidated"
            yield Right(
                family,
                country,
                office,
                kind,
                numbers,
                filed_on,
                published_on,
                granted_on,
                ends_on,
                ended_by,
                years_later(filed_on, 10 if utility_model else 20),
            )


def _countries(draw: Dice, office: str, *, granted: bool) -> tuple[str, ...]:
    if office != "EP":
        return (office,)
    if not granted:
        # A European application is one file: it is shown where it will be validated first.
        return ("DE",)
    return tuple(country for country, percent in _VALIDATED.items() if draw.of("validated", country).chance(percent))


def _end(draw: Dice, country: str, filed_on: date, granted_on: date | None, *, years: int) -> tuple[date | None, str]:
    """Return the first day out of force: the full term, or earlier the day for which no fee was paid."""
    if granted_on is None:
        return None, ""
    expires_on = years_later(filed_on, years)
    if country != "CN" and draw.chance(9):
        # The United States ask fees four, eight and twelve years after grant; the others every year.
        basis = granted_on if country in ("US", "JP", "KR") else filed_on
        steps = (4, 8, 12) if country == "US" else range(4, 19)
        days = [years_later(basis, step) for step in steps]
        unpaid = [day for day in days if max(granted_on, date(2023, 1, 1)) < day < min(expires_on, TODAY)]
        if unpaid:
            return draw.pick(unpaid), "lapsed"
    return expires_on, "expired" if expires_on <= TODAY else ""


def _products(dice: Dice, products: tuple[str, ...], *, everything: bool) -> tuple[str, ...]:
    if everything:
        return ("*",)
    if len(products) > 1 and dice.chance(28):
        left_out = dice.pick(products)
        return tuple(product for product in products if product != left_out)
    return products


def _entry(
    pool: str, family: Family, right: Right, holding: Holding, products: tuple[str, ...], taken_out_on: date | None
) -> Entry | None:
    """Enter a right on the day the list was next renewed, under a holder who is then a member; None if it never was."""
    if right.granted_on is None:
        return None
    enters_on = LAUNCHED_ON
    if right.granted_on >= LAUNCHED_ON:
        enters_on = first_of_next_month(right.granted_on)
    enters_on = max(enters_on, MEMBER_OF[holding.member].joined)
    if holding.from_on is not None:
        enters_on = max(enters_on, holding.from_on)
    leaves = [day for day in (holding.to_on, taken_out_on) if day is not None]
    leaves_on = min(leaves) if leaves else None
    if enters_on > TODAY or (right.ends_on is not None and right.ends_on <= enters_on):
        return None
    if leaves_on is not None and leaves_on <= enters_on:
        return None
    return Entry(pool, right, holding, enters_on, leaves_on, family.label, products)
