"""What a random bundle may contain, and the drawing of what it is made from."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

PRODUCTS = ["tv", "Phone", "机顶盒", 'set "top", box', "a b"]
COUNTRIES = ["CN", "US", "DE", "JP"]
SETTLEMENT = ["CNY", "CNY", "USD", "EUR", "JPY", "KWD"]
LICENCES = ["L1", "L10", "L2", "l3", "许可-4", "L-5"]
MEMBERS = ["M1", "M10", "M2", "m3", "成员", "𠮷"]
SEGMENTS = ["upstream", "midstream", "downstream", "research", "other"]
OPTIONS = ["", "a", "b"]
KINDS = ["entry", "Lump", "interest"]
YEARS = [2024, 2025]


@dataclass
class Shape:
    """What a random bundle may contain; the laws of the tests ask for tamer ones than the comparison does."""

    flaws: bool = False
    percent: bool = True
    percent_per_patent: bool = True
    floors: bool = True
    minimums: bool = True
    bearing: tuple[str, ...] = ("always", "in_force")
    allocation: tuple[str, ...] = ()
    extremes: bool = True
    periods: tuple[str, ...] = ()
    bases: tuple[str, ...] = ("accrued", "accrued", "collected")
    bilaterals: bool = True
    member_dates: bool = True


class Dice:
    """What is drawn of a bundle again and again: days, months, amounts, and how much of what there is."""

    def __init__(self, seed: int, shape: Shape) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.shape = shape
        rng = self.rng
        self.year = rng.choice([2024, 2025])
        self.products = rng.sample(PRODUCTS, rng.randint(1, 4))
        self.countries = rng.sample(COUNTRIES, rng.randint(1, 4))
        self.licences = rng.sample(LICENCES, rng.randint(1, 5))
        self.members = rng.sample(MEMBERS, rng.randint(1, 5))
        self.numbers = rng.sample(range(1, 13), rng.choice([2, 4, 12]))
        self.groups = ["G1", "Licensee A", "集团"]
        self.currency = rng.choice(SETTLEMENT)
        self.currencies = [self.currency, self.currency, *rng.sample(["USD", "EUR", "CNY", "JPY", "BHD"], 2)]
        self.huge = shape.extremes and rng.random() < 0.15
        self.tiny = shape.extremes and not self.huge and rng.random() < 0.15
        self.blank_nets = rng.random() < 0.25
        self.percent = shape.percent and not (self.blank_nets and not self.flawed(0.5))
        self.fx_places = rng.choice([2, 4, 12])

    def flawed(self, chance: float) -> bool:
        return self.shape.flaws and self.rng.random() < chance

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def some(self, among: Sequence[str]) -> list[str]:
        return self.rng.sample(list(among), self.rng.randint(1, len(among)))

    def month(self, *, years: Sequence[int] | None = None) -> str:
        return f"{self.rng.choice(years or [self.year])}-{self.rng.randint(1, 12):02d}"

    def day(self) -> str:
        start = date(self.year - 1, 7, 1)
        return (start + timedelta(days=self.rng.randint(0, 560))).isoformat()

    def open_day(self, chance: float = 0.4) -> str:
        return self.day() if self.maybe(chance) else ""

    def amount(self, most: int = 5) -> str | int:
        """An amount of the terms: a string or an integer, of any fineness."""
        rng = self.rng
        if self.tiny:
            return rng.choice(["0.000000000001", "0.000001", "0", f"0.{rng.randint(0, 10**12):012d}"])
        kind = rng.randint(0, 9)
        if kind == 0:
            return rng.randint(0, most)
        if kind == 1:
            return str(rng.randint(0, most))
        if kind == 2:
            return f"{rng.randint(0, most)}.{rng.randint(0, 10**12 - 1):012d}"
        if kind == 3 and self.huge:
            return f"{rng.randint(0, 10**9)}.{rng.randint(0, 10**12 - 1):012d}"
        return f"{rng.randint(0, most)}.{rng.randint(0, 99):02d}"
