"""Random bundles that use every rule of the reference, small enough to close in milliseconds.

A bundle is made from a seed, so that any failure can be had again from one number. The world is kept narrow (few
licences, products, countries) so that lines meet in buckets, enterprises, caps and families.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, str]

SALES_COLUMNS = ["licence_id", "month", "product", "made_in", "sold_in", "units", "net_amount", "currency"]
COLUMNS = {
    "members.csv": ["member_id", "name", "segment", "held", "enters", "leaves", "rd_spend", "votes"],
    "patents.csv": [
        *("publication", "family", "owner", "country", "granted", "ends"),
        *("enters", "leaves", "class", "products", "share"),
    ],
    "licences.csv": ["licence_id", "licensee", "enterprise", "signed", "starts", "ends", "standing", "option"],
    "licence_changes.csv": ["licence_id", "from", "standing", "enterprise", "option"],
    "charges.csv": ["licence_id", "month", "kind", "amount", "currency"],
    "bilaterals.csv": ["licence_id", "member_id", "starts", "ends"],
    "fx.csv": ["month", "currency", "rate"],
    "payments.csv": ["licence_id", "amount"],
}
OPTIONAL_FILES = ("licence_changes.csv", "charges.csv", "bilaterals.csv", "fx.csv")


@dataclass
class RandomBundle:
    """A bundle in memory: the terms as a document, the tables as rows, and how its sales are laid out in files."""

    terms: dict[str, Any]
    tables: dict[str, list[Row]]
    sales: list[Row]
    layout: list[str] = field(default_factory=lambda: ["sales.csv"])
    seed: int = 0
    dropped: dict[str, str] = field(default_factory=dict)  # a column left out of a file
    tails: dict[str, str] = field(default_factory=dict)  # text at the end of a file that is no row of it

    def write(self, folder: Path) -> Path:
        """Write the bundle as a folder of files."""
        rng = random.Random(self.seed)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "programme.toml").write_text(toml_text(self.terms), encoding="utf-8")
        for file, rows in self.tables.items():
            if rows or file not in OPTIONAL_FILES:
                columns = [column for column in COLUMNS[file] if column != self.dropped.get(file)]
                write_csv(folder / file, columns, rows, rng, self.tails.get(file, ""))
        shares: dict[str, list[Row]] = {file: [] for file in self.layout}
        for row in self.sales:
            shares[rng.choice(self.layout)].append(row)
        for file, rows in shares.items():
            (folder / file).parent.mkdir(exist_ok=True)
            if file.endswith(".parquet"):
                write_parquet(folder / file, rows, rng)
            else:
                columns = [column for column in SALES_COLUMNS if column != self.dropped.get("sales")]
                write_csv(folder / file, columns, rows, rng, self.tails.get("sales", ""))
        return folder


def write_csv(path: Path, columns: Sequence[str], rows: list[Row], rng: random.Random, tail: str = "") -> None:
    """Write rows in one of the many spellings that are the same table."""
    columns = list(columns)
    if rng.random() < 0.3:
        rng.shuffle(columns)
    extra = rng.random() < 0.2
    with path.open("w", encoding="utf-8-sig" if rng.random() < 0.2 else "utf-8", newline="") as file:
        writer = csv.writer(
            file,
            lineterminator="\r\n" if rng.random() < 0.2 else "\n",
            quoting=csv.QUOTE_ALL if rng.random() < 0.2 else csv.QUOTE_MINIMAL,
        )
        writer.writerow([*columns, "remark"] if extra else columns)
        for row in rows:
            cells = [row.get(column, "") for column in columns]
            writer.writerow([*cells, "see, below"] if extra else cells)
        file.write(tail)


def write_parquet(path: Path, rows: list[Row], rng: random.Random) -> None:
    """Write sales as Parquet, in any of the types that are accepted; units and amounts must be sound numbers."""
    null = rng.random() < 0.5
    arrays: dict[str, pa.Array[Any]] = {}
    for column in SALES_COLUMNS:
        cells = [row[column] for row in rows]
        texts = [cell if cell or not null else None for cell in cells]
        if column == "units":
            narrow = all(abs(int(cell)) < 2**31 for cell in cells)
            arrays[column] = pa.array([int(cell) for cell in cells], pa.int32() if narrow else pa.int64())
        elif column == "net_amount" and rng.random() < 0.6:
            amounts = [Decimal(cell) if cell else None for cell in cells]
            arrays[column] = pa.array(amounts, pa.decimal128(rng.choice([22, 30, 38]), 6))
        else:
            kind = rng.choice([pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
            arrays[column] = pa.array(texts, pa.string()).cast(kind)
    names = list(SALES_COLUMNS)
    if rng.random() < 0.3:
        rng.shuffle(names)
    table = pa.table({name: arrays[name] for name in names})
    pq.write_table(table, path, row_group_size=rng.choice([1, 3, 1000]))


def toml_text(document: dict[str, Any]) -> str:
    """The document as TOML; only what terms need."""
    lines = [f"{key} = {_toml_value(value)}" for key, value in document.items() if key == "allocation"]
    for key, value in document.items():
        if key == "allocation":
            continue
        if isinstance(value, list):
            for entry in value:
                lines.append(f"[[{key}]]")
                lines += [f"{name} = {_toml_value(inner)}" for name, inner in entry.items()]
        elif isinstance(value, dict):
            lines.append(f"[{key}]")
            lines += [f"{name} = {_toml_value(inner)}" for name, inner in value.items()]
        else:
            lines.insert(0, f"{key} = {_toml_value(value)}")
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return _toml_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml_text(key)} = {_toml_value(inner)}" for key, inner in value.items()) + "}"
    raise TypeError(value)


def _toml_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def decimal_text(number: Fraction | Decimal | int, places: int) -> str:
    """A number cut to some decimals, as a cell."""
    scaled = int(Fraction(number) * 10**places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


# -- the world

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


def random_bundle(seed: int, shape: Shape | None = None) -> RandomBundle:
    """The bundle of a seed."""
    return _Maker(seed, shape or Shape()).make()


class _Maker:
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

    def make(self) -> RandomBundle:
        tables = {
            "members.csv": self.member_rows(),
            "patents.csv": self.patent_rows(),
            "licences.csv": self.licence_rows(),
            "licence_changes.csv": self.change_rows(),
            "charges.csv": self.charge_rows(),
            "bilaterals.csv": self.bilateral_rows(),
            "fx.csv": self.fx_rows(),
        }
        terms = self.terms()
        if terms["programme"].get("basis") == "collected":
            tables["payments.csv"] = self.payment_rows()
        bundle = RandomBundle(terms, tables, self.sales_rows(tables["licences.csv"]), self.layout(), self.seed)
        if self.shape.flaws:
            self.spoil(bundle)
        return bundle

    def layout(self) -> list[str]:
        if self.maybe(0.6):
            return ["sales.csv"]
        names = ["sales/a.csv", "sales/b.parquet", "sales/a-2.csv", "sales/A.parquet", "sales/二月.csv"]
        return self.some(names)

    # -- tables

    def member_rows(self) -> list[Row]:
        rng = self.rng
        segments = self.some(SEGMENTS)
        return [
            {
                "member_id": member,
                "name": rng.choice(["", f"Member {member}"]),
                "segment": rng.choice(segments),
                "held": rng.choice(["", "no", "", "yes"]),
                "enters": self.open_day(0.15) if self.shape.member_dates else "",
                "leaves": self.open_day(0.15) if self.shape.member_dates else "",
                "rd_spend": rng.choice(["", "0", "1", "12.5", str(rng.randint(1, 10**6)), "0.000000000001"]),
                "votes": rng.choice(["0", "1", "3"]),
            }
            for member in self.members
        ]

    def patent_rows(self) -> list[Row]:
        rng = self.rng
        rows: list[Row] = []
        keys: set[tuple[str, ...]] = set()
        countries = self.countries if self.maybe(0.8) else COUNTRIES
        families = [f"F{number}" for number in range(rng.randint(1, 6))]
        for _ in range(rng.choice([0, 5, 10, 20, 40])):
            row = {
                "publication": f"P{rng.randint(1, 12)}",
                "family": rng.choice([*families, ""]),
                "owner": rng.choice(self.members),
                "country": rng.choice(countries),
                "granted": rng.choice(["2000-01-01", "2000-01-01", self.day(), ""]),
                "ends": self.open_day(0.25),
                "enters": self.open_day(0.25),
                "leaves": self.open_day(0.2),
                "class": rng.choice(["", "A", "B", "C"]),
                "products": rng.choice(["", "*", "|".join(self.some(self.products)), rng.choice(PRODUCTS)]),
                "share": rng.choice(["", "", "1", "0.5", "0.333333333333", "0.000000000001"]),
            }
            key = (row["publication"], row["country"], row["owner"], row["enters"])
            if key not in keys:
                keys.add(key)
                rows.append(row)
        return rows

    def licence_rows(self) -> list[Row]:
        rng = self.rng
        return [
            {
                "licence_id": licence,
                "licensee": rng.choice(["Licensee A", "Licensee B", f"Licensee {licence}"]),
                "enterprise": rng.choice(["", *self.groups]),
                "signed": self.open_day(0.6),
                "starts": rng.choice(["2000-01-01", "", "", self.open_day(0.3)]),
                "ends": self.open_day(0.1),
                "standing": rng.choice(["standard", "compliant"]),
                "option": rng.choice(OPTIONS),
            }
            for licence in self.licences
        ]

    def change_rows(self) -> list[Row]:
        rng = self.rng
        found: dict[tuple[str, str], Row] = {}
        for _ in range(rng.choice([0, 0, 1, 2, 5])):
            row = {
                "licence_id": rng.choice(self.licences),
                "from": self.month(years=[self.year - 1, self.year, self.year]),
                "standing": rng.choice(["", "standard", "compliant"]),
                "enterprise": rng.choice(["", *self.groups, "Licensee B"]),
                "option": rng.choice(OPTIONS),
            }
            found[row["licence_id"], row["from"]] = row
        return list(found.values())

    def charge_rows(self) -> list[Row]:
        rng = self.rng
        return [
            {
                "licence_id": rng.choice(self.licences),
                "month": self.month(years=[self.year, self.year, self.year, self.year + 1]),
                "kind": rng.choice(KINDS),
                "amount": rng.choice(["100", "0.01", "0.000001", "33.333333", "999999999999999" if self.huge else "7"]),
                "currency": rng.choice(self.currencies),
            }
            for _ in range(rng.choice([0, 0, 1, 4]))
        ]

    def bilateral_rows(self) -> list[Row]:
        rng = self.rng
        return [
            {
                "licence_id": rng.choice(self.licences),
                "member_id": rng.choice(self.members),
                "starts": self.open_day(0.4),
                "ends": self.open_day(0.4),
            }
            for _ in range(rng.choice([0, 0, 1, 3]) if self.shape.bilaterals else 0)
        ]

    def fx_rows(self) -> list[Row]:
        rng = self.rng
        rows = []
        for currency in sorted(set(self.currencies) - {self.currency}):
            for year in (self.year - 1, self.year):
                for number in range(1, 13):
                    if self.flawed(0.03):
                        continue
                    units = rng.choice([0, 1, 7, 150])
                    rate = f"{units}.{rng.randint(1, 10**self.fx_places - 1):0{self.fx_places}d}"
                    rows.append({"month": f"{year}-{number:02d}", "currency": currency, "rate": rate})
        rng.shuffle(rows)
        return rows

    def payment_rows(self) -> list[Row]:
        rng = self.rng
        exponent = {"JPY": 0, "KWD": 3}.get(self.currency, 2)
        rows = []
        for licence in self.licences:
            minors = [rng.choice([1, rng.randint(1, 10**4), rng.randint(1, 10**8)])] if self.maybe(0.8) else []
            if minors and self.maybe(0.3):
                minors.append(-minors[0] if self.maybe(0.3) else -1)
            if minors and self.maybe(0.2):
                minors.append(rng.randint(1, 10**10))
            rows += [
                {"licence_id": licence, "amount": decimal_text(Fraction(minor, 10**exponent), exponent)}
                for minor in minors
            ]
        rng.shuffle(rows)
        return rows

    # -- sales

    def sales_rows(self, licences: list[Row]) -> list[Row]:
        rng = self.rng
        lines: list[Row] = []
        dates = {row["licence_id"]: (row["starts"], row["ends"]) for row in licences}
        for _ in range(rng.choice([0, 1, 5, 20, 40, 80])):
            line = self.sales_row()
            starts, ends = dates[line["licence_id"]]
            month = line["month"]
            outside = (starts and month < starts[:7]) or (ends and month > ends[:7])
            if not outside or self.flawed(0.1):
                lines.append(line)
        if not self.flawed(0.15):
            self.make_totals_positive(lines)
        rng.shuffle(lines)
        return lines

    def sales_year(self) -> int:
        return self.year + self.rng.choice([-1, 0, 0, 0, 0, 0, 0, 0, 1])

    def sales_row(self) -> Row:
        rng = self.rng
        if self.huge:
            units = rng.choice([10**12 - 1, rng.randint(0, 10**12 - 1), 1])
        else:
            units = rng.choice([0, 1, rng.randint(0, 30), rng.randint(0, 1000)])
        if self.huge and self.maybe(0.5):
            net = decimal_text(Fraction(rng.randint(0, 10**21 - 1), 10**6), 6)
        else:
            places = rng.choice([0, 2, 2, 6])
            net = decimal_text(Fraction(rng.randint(0, 10**6), 10**places), places)
        if self.maybe(0.15):
            units, net = -units, ("-" + net if self.maybe(0.8) and net.strip("0.") else net)
        if self.blank_nets and self.maybe(0.5):
            net = ""
        return {
            "licence_id": rng.choice(self.licences),
            "month": f"{self.sales_year()}-{rng.choice(self.numbers):02d}",
            "product": rng.choice(self.products),
            "made_in": rng.choice(self.countries),
            "sold_in": rng.choice(self.countries),
            "units": str(units),
            "net_amount": net,
            "currency": rng.choice(self.currencies),
        }

    def make_totals_positive(self, lines: list[Row]) -> None:
        """Add a line wherever returns are more than the sales of their bucket."""
        buckets: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for line in lines:
            buckets[bucket_key(line)].append(line)
        for together in buckets.values():
            units = sum(int(line["units"]) for line in together)
            net = sum(Fraction(line["net_amount"] or 0) for line in together)
            while units < 0 or net < 0:
                more = dict(together[0])
                more["units"] = str(min(max(-units, 0) + self.rng.randint(0, 5), 10**12 - 1))
                more["net_amount"] = decimal_text(min(max(-net, Fraction(0)), Fraction(10**15 - 1)), 6)
                units += int(more["units"])
                net += Fraction(more["net_amount"])
                lines.append(more)

    # -- terms

    def terms(self) -> dict[str, Any]:
        rng = self.rng
        year = self.year
        periods = self.shape.periods or (
            f"{year}",
            f"{year}",
            f"{year}Q{(rng.choice(self.numbers) + 2) // 3}",
            f"{year}Q4",
            f"{year}H{(rng.choice(self.numbers) + 5) // 6}",
            f"{year}-{rng.choice(self.numbers):02d}",
        )
        programme: dict[str, Any] = {"id": "RANDOM", "currency": self.currency, "period": rng.choice(periods)}
        basis = rng.choice(self.shape.bases)
        if basis != "accrued" or self.maybe(0.5):
            programme["basis"] = basis
        bearing = rng.choice(self.shape.bearing)
        if bearing != "always" or self.maybe(0.5):
            programme["royalty_bearing"] = bearing
        if self.maybe(0.7):
            fees: list[str | int] = ["0", "8.5", "10", 10, "33.333333333333", "100"]
            programme["admin_fee_percent"] = rng.choice(fees)
        document: dict[str, Any] = {"programme": programme}
        rates = [self.rate(f"r{number}", last=False) for number in range(rng.choice([0, 1, 2, 4]))]
        if not self.flawed(0.15):
            rates.append(self.rate("last", last=True))
        document["rates"] = rates
        document["waivers"] = [self.limit(f"w{n}", "below_per_year") for n in range(rng.choice([0, 0, 1, 2]))]
        document["caps"] = [self.limit(f"c{n}", "per_year") for n in range(rng.choice([0, 0, 1, 3]))]
        if self.shape.minimums:
            document["minimums"] = [self.minimum(f"m{n}") for n in range(rng.choice([0, 0, 1, 2]))]
        document["allocation"] = self.node(0)
        return document

    def match(self) -> dict[str, Any]:
        rng = self.rng
        keys: dict[str, Callable[[], Any]] = {
            "products": lambda: rng.choice(["*", self.some(self.products)]),
            "sold_in": lambda: rng.choice(["*", self.some(self.countries)]),
            "made_in": lambda: rng.choice(["*", self.some(self.countries)]),
            "from": lambda: self.month(years=[self.year - 1, self.year]),
            "to": lambda: self.month(years=[self.year, self.year, self.year + 1]),
            "licences": lambda: self.some(self.licences),
            "option": lambda: self.some(OPTIONS),
            "standing": lambda: rng.choice(["standard", "compliant"]),
            "signed_from": self.day,
            "signed_to": self.day,
        }
        match: dict[str, Any] = {key: make() for key, make in keys.items() if self.maybe(0.15)}
        if "from" in match and "to" in match and match["from"] > match["to"]:
            match["from"], match["to"] = match["to"], match["from"]
        if "signed_from" in match and "signed_to" in match and match["signed_from"] > match["signed_to"]:
            match["signed_from"], match["signed_to"] = match["signed_to"], match["signed_from"]
        return match

    def rate(self, name: str, *, last: bool) -> dict[str, Any]:
        rng = self.rng
        rate: dict[str, Any] = {"id": name}
        if not last:
            rate |= self.match()
        if self.maybe(0.3):
            rate["currency"] = rng.choice(self.currencies)
        forms = ["per_unit", "bands", "bands", "steps", "flat"]
        if self.percent:
            forms += ["percent", "percent"]
            if self.shape.percent_per_patent:
                forms.append("percent_per_patent")
        form = rng.choice(forms)
        if form == "per_unit":
            rate["per_unit"] = self.amount()
        elif form == "bands":
            rate["bands"] = [{"above": above, "per_unit": self.amount()} for above in self.thresholds(zero=True)]
        elif form == "steps":
            fees = sorted((self.amount(500) for _ in range(5)), key=lambda fee: Fraction(str(fee)))
            thresholds = self.thresholds(zero=self.maybe(0.7))
            rate["steps"] = [{"above": above, "fee": fee} for above, fee in zip(thresholds, fees, strict=False)]
            if self.maybe(0.5):
                rate["measure"] = rng.choice(["sum", "peak"])
        elif form == "flat":
            rate["flat"] = self.amount(1000)
            rate["flat_per"] = rng.choice(["month", "quarter", "half", "year"])
        else:
            rate[form] = self.amount(2 if form == "percent_per_patent" else 120)
            if form == "percent_per_patent" and self.maybe(0.5):
                rate["percent_ceiling"] = self.amount(4)
            if self.shape.floors and self.maybe(0.4):
                rate["floor_per_unit"] = self.amount(3)
            if self.shape.floors and self.maybe(0.4):
                floor = Fraction(str(rate.get("floor_per_unit", 0)))
                ceiling = self.amount(6)
                rate["ceiling_per_unit"] = ceiling if Fraction(str(ceiling)) >= floor else str(rate["floor_per_unit"])
        if form in ("per_unit", "bands", "steps"):
            if self.maybe(0.3):
                weights = ["0.5", "0", "2", "0.333333333333", 1]
                rate["product_weights"] = {product: rng.choice(weights) for product in self.some(self.products)}
            if self.maybe(0.4):
                rate["scope"] = rng.choice(["licence", "enterprise"])
        if form in ("bands", "steps") and self.maybe(0.4):
            rate["reset"] = rng.choice(["year", "never"])
        return rate

    def thresholds(self, *, zero: bool) -> list[str | int]:
        rng = self.rng
        most = 10**13 if self.huge else 2000
        found = sorted(rng.sample(range(1, most), rng.randint(0 if zero else 1, 4)))
        if zero:
            found.insert(0, 0)
        thresholds: list[str | int] = []
        for above in found:
            fine = f"{above}.5" if above and self.maybe(0.1) else str(above)
            thresholds.append(fine if self.maybe(0.5) else above)
        return thresholds

    def limit(self, name: str, key: str) -> dict[str, Any]:
        limit: dict[str, Any] = {"id": name} | self.match()
        limit[key] = self.amount(10**13 if self.huge else self.rng.choice([10, 1000, 10000]))
        if self.maybe(0.3):
            limit["currency"] = self.rng.choice(self.currencies)
        if self.maybe(0.5):
            limit["scope"] = self.rng.choice(["licence", "enterprise"])
        return limit

    def minimum(self, name: str) -> dict[str, Any]:
        minimum: dict[str, Any] = {"id": name, "per_year": self.amount(self.rng.choice([10, 5000]))}
        if self.maybe(0.3):
            minimum["licences"] = self.some(self.licences)
        if self.maybe(0.3):
            minimum["option"] = self.some(OPTIONS)
        if self.maybe(0.3):
            minimum["currency"] = self.rng.choice(self.currencies)
        if self.maybe(0.5):
            minimum["scope"] = self.rng.choice(["licence", "enterprise"])
        return minimum

    def node(self, depth: int) -> dict[str, Any]:
        rng = self.rng
        leaves = ["patents", "patents", "patents", "coverage", "equal", "points", "column", "member", "reserve"]
        if depth == 0 and self.shape.allocation:
            by = rng.choice(self.shape.allocation)
        else:
            by = rng.choice(leaves if depth >= 3 else [*leaves, "segment", "segment", "split", "split"])
        node: dict[str, Any] = {"by": by}
        weights: list[str | int] = ["1", "0", "30", "70.5", "0.000000000001", 2]
        if by == "segment":
            node["shares"] = {segment: rng.choice(weights) for segment in self.some(SEGMENTS)}
            node["within"] = self.node(depth + 1)
        elif by == "split":
            node["branches"] = [
                {"share": rng.choice(weights), "to": self.node(depth + 1)} for _ in range(rng.randint(1, 3))
            ]
        elif by == "patents":
            self.patents_node(node)
        elif by == "coverage":
            if self.maybe(0.7):
                node["territory"] = rng.choice(["sold_in", "made_in", "either", "both", "any"])
        elif by == "points":
            points = ["0", "1", "12", "0.5", "33.333333333333", 7]
            node["points"] = {member: rng.choice(points) for member in self.some(self.members)}
        elif by == "column":
            node["column"] = rng.choice(["rd_spend", "votes"])
        elif by == "member":
            node["id"] = rng.choice(self.members)
        elif by == "reserve":
            node["name"] = rng.choice(["litigation", "研发"])
        if by in ("patents", "points", "column") and self.maybe(0.3) and not (depth == 0 and self.shape.allocation):
            node["cap_percent"] = rng.choice(["40", "25", "50", "33.333333333333", "0.000001", "100", 60])
        if not (depth == 0 and self.shape.allocation):
            if self.maybe(0.2):
                node["when"] = self.when()
            if depth < 3 and self.maybe(0.25):
                node["otherwise"] = self.node(depth + 1)
        return node

    def patents_node(self, node: dict[str, Any]) -> None:
        rng = self.rng
        count = rng.choice(["", "families", "publications", "reach"])
        if count:
            node["count"] = count
        if count == "reach":
            node["territory"] = "any"
            node["reach"] = {
                "base": rng.choice(["1", "0", "0.5"]),
                "major_base": rng.choice(["2", "1.25"]),
                "major": rng.choice([self.some(COUNTRIES), []]),
                "extra": rng.choice(["0.5", "0"]),
                "extra_max": rng.choice([0, 1, 4]),
            }
            return
        if self.maybe(0.8):
            node["territory"] = rng.choice(["sold_in", "made_in", "either", "both", "any"])
        if self.maybe(0.4):
            node["time"] = rng.choice(["first_day", "days"])
        if self.maybe(0.4):
            labels = self.some(["A", "B", "C"])
            node["class_weights"] = {label: rng.choice(["3", "0", "0.25", 2]) for label in labels}

    def when(self) -> dict[str, Any]:
        when: dict[str, Any] = {}
        if self.maybe(0.4):
            when["licences"] = self.some(self.licences)
        if self.maybe(0.5):
            when["products"] = self.some([*self.products, *(f"~charge:{kind}" for kind in KINDS)])
        if self.maybe(0.3):
            when["sold_in"] = self.some(self.countries)
        if self.maybe(0.3):
            when["made_in"] = self.some(self.countries)
        return when

    # -- flaws

    def spoil(self, bundle: RandomBundle) -> None:
        """Put up to three bad cells into the bundle, each of the kind that its column refuses."""
        rng = self.rng
        for file in ["sales", *bundle.tables]:
            if self.maybe(0.02):
                bundle.dropped[file] = rng.choice(SALES_COLUMNS if file == "sales" else COLUMNS[file])
            if self.maybe(0.04):
                bundle.tails[file] = rng.choice(["\n\n", "a,b\n", "\n" + "," * 20 + "\n", '"L1\n",x', ",\n,,"])
        for _ in range(rng.choice([0, 0, 1, 2, 3])):
            file = rng.choice(["sales", "sales", *bundle.tables])
            if file == "members.csv" and "'by': 'member'" in str(bundle.terms["allocation"]):
                continue  # a member whom the tree pays must be sound, or nothing can be closed
            rows = bundle.sales if file == "sales" else bundle.tables[file]
            if not rows:
                continue
            row = rng.choice(rows)
            if self.maybe(0.2):
                rows.insert(rng.randint(0, len(rows)), dict(row))
                continue
            column = rng.choice([column for column in row if row[column] is not None])
            in_parquet = file == "sales" and any(name.endswith(".parquet") for name in bundle.layout)
            if in_parquet and column in ("units", "net_amount"):
                continue
            row[column] = rng.choice(BAD_CELLS)


BAD_CELLS = [
    *("", "abc", "NaN", "1e400", "2025-02-30", "2025-13", "1,000", "１２", "-1", "0", "ZZ", "ZZZ", "EP", "nobody"),
    *("1.0000001", "0.0000000000001", "1000000000000", "1000000000000000", " 1", "+1", ".5", "5.", "yes", "YES", "~x"),
    *("CNY", "USD", "EUR", "-99999999", "0.001"),
    *("1_000", "0x10", "Infinity", "1.5", "2025-1", "25-01-01", "2025-01-01", "2025-02", "cny", "cn", "standard", "*"),
]


def bucket_key(line: Row) -> tuple[str, ...]:
    """What makes lines one bucket."""
    return tuple(line[column] for column in SALES_COLUMNS if column not in ("units", "net_amount"))
