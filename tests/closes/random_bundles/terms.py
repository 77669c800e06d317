"""Random terms: rates of every form, caps, minimums, and allocations of every kind."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.closes.random_bundles.dice import COUNTRIES, KINDS, OPTIONS, SEGMENTS, Dice


class RandomTerms(Dice):
    """Draws the terms of a bundle."""

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
