"""The rows of a random bundle's tables, and the flaws that some of them get."""

from collections import defaultdict
from fractions import Fraction

from tests.closes.random_bundles.dice import COUNTRIES, KINDS, OPTIONS, PRODUCTS, SEGMENTS, Shape
from tests.closes.random_bundles.terms import RandomTerms
from tests.closes.random_bundles.writing import COLUMNS, SALES_COLUMNS, RandomBundle, Row, bucket_key, decimal_text

BAD_CELLS = [
    *("", "abc", "NaN", "1e400", "2025-02-30", "2025-13", "1,000", "１２", "-1", "0", "ZZ", "ZZZ", "EP", "nobody"),
    *("1.0000001", "0.0000000000001", "1000000000000", "1000000000000000", " 1", "+1", ".5", "5.", "yes", "YES", "~x"),
    *("CNY", "USD", "EUR", "-99999999", "0.001"),
    *("1_000", "0x10", "Infinity", "1.5", "2025-1", "25-01-01", "2025-01-01", "2025-02", "cny", "cn", "standard", "*"),
]


def random_bundle(seed: int, shape: Shape | None = None) -> RandomBundle:
    """The bundle of a seed."""
    return _Maker(seed, shape or Shape()).make()


class _Maker(RandomTerms):
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
