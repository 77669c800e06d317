"""Sections 4 and 5 of the reference: which rate a bucket falls under, what it bears, waivers, caps and minimums."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.closes.oracle.calendar import days_of, first_day
from tests.closes.oracle.numbers import MICRO, apportion, half_away, scaled, spelled, to_minor
from tests.closes.oracle.records import Bundle, Line, Patent, Reject, StoppedError
from tests.closes.oracle.terms import Limit, Match, Rate

NO_PATENT = "no_patent_in_force"

Key = tuple[str, str, str, str, str, str]


@dataclass
class Bucket:
    """The sum of all lines with equal licence, product, countries, month and currency; or a minimum or charge."""

    licence_id: str
    product: str
    made_in: str
    sold_in: str
    month: str
    currency: str
    kind: str = "sales"
    lines: list[Line] = field(default_factory=list)
    rate: Rate | None = None
    rate_id: str = ""
    reason: str = ""
    royalty: int = 0
    billed: int = 0

    @property
    def key(self) -> Key:
        return (self.licence_id, self.product, self.made_in, self.sold_in, self.month, self.currency)

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def net(self) -> Fraction:
        return sum((line.net or Fraction(0) for line in self.lines), Fraction(0))


class Royalties:
    """What the licensees of a bundle owe before it is billed."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.terms = bundle.terms
        self.rejects: list[Reject] = list(bundle.rejects)
        self.lines = 0  # how many lines take part, those of earlier months included
        self.unit = 10**self.terms.exponent * MICRO  # micros of one whole unit of the settlement currency
        self._counting: dict[tuple[str, str | None, date], list[Patent]] = {}
        self._by_country: dict[str, list[Patent]] = defaultdict(list)
        for patent in bundle.patents:
            self._by_country[patent.country].append(patent)

    def work_out(self) -> list[Bucket]:
        """The period's buckets with their royalties after caps, minimums and charges among them, in key order."""
        buckets = self.sound_buckets(self.bundle.lines)
        self.lines = sum(len(bucket.lines) for bucket in buckets)
        for rate in self.terms.rates:
            under = [bucket for bucket in buckets if bucket.rate is rate]
            if rate.form in ("per_unit", "bands", "steps"):
                self.bear_by_units(rate, under)
            elif rate.form == "flat":
                self.bear_flat(rate, under)
            else:
                for bucket in under:
                    bucket.royalty = self.percentage(rate, bucket)
        of_year = [bucket for bucket in buckets if bucket.month[:4] == self.terms.year]
        january = f"{self.terms.year}-01"
        for limit in self.terms.waivers:
            self.apply(limit, of_year, self.converted(limit, january), waive=True)
        for limit in self.terms.caps:
            self.apply(limit, of_year, self.converted(limit, january), waive=False)
        december = f"{self.terms.year}-12"
        minimums: list[Bucket] = []
        if december in self.terms.months:
            for limit in self.terms.minimums:
                minimums += self.minimum(limit, of_year, self.converted(limit, december))
        charges = self.charges()
        if self.bundle.lost_payee or any(reject.line == 0 for reject in self.rejects):
            raise StoppedError(self.rejects)  # line 0: a limit that cannot be converted
        of_period = [bucket for bucket in of_year if bucket.month in self.terms.months]
        return sorted(of_period + minimums + charges, key=lambda bucket: bucket.key)

    # -- section 4: buckets and their rates

    def sound_buckets(self, lines: Iterable[Line]) -> list[Bucket]:
        """The buckets of the lines, each with its rate; those that are refused are left out, and all their lines."""
        by_key: dict[Key, Bucket] = {}
        for line in lines:
            bucket = Bucket(line.licence_id, line.product, line.made_in, line.sold_in, line.month, line.currency)
            by_key.setdefault(bucket.key, bucket).lines.append(line)
        sound = []
        for _, bucket in sorted(by_key.items()):
            if self.terms.royalty_bearing == "in_force" and not self.families(bucket):
                bucket.reason = NO_PATENT
            else:
                bucket.rate = next((rate for rate in self.terms.rates if self.matches(rate.match, bucket)), None)
                bucket.rate_id = bucket.rate.id if bucket.rate else ""
            self.refuse_blank_amounts(bucket)
            if bucket.lines and not self.refused(bucket):
                sound.append(bucket)
        return sound

    def refuse_blank_amounts(self, bucket: Bucket) -> None:
        if bucket.rate is not None and bucket.rate.form in ("percent", "percent_per_patent"):
            for line in bucket.lines:
                if line.net is None:
                    self.rejects.append(Reject(line.file, line.line, "net_amount", "bad_value", ""))
            bucket.lines = [line for line in bucket.lines if line.net is not None]

    def refused(self, bucket: Bucket) -> bool:
        first = min(bucket.lines, key=lambda line: (line.file, line.line))
        licence = self.bundle.licences[bucket.licence_id]
        found: list[tuple[str, str, str]] = []
        days = days_of(bucket.month)
        if licence.starts is not None and days[-1] < licence.starts:
            found.append(("month", "outside_licence", bucket.month))
        elif licence.ends is not None and licence.ends < days[0]:
            found.append(("month", "outside_licence", bucket.month))
        if bucket.units < 0:
            found.append(("units", "negative_total", str(bucket.units)))
        if bucket.net < 0:
            found.append(("net_amount", "negative_total", spelled(bucket.net)))
        if bucket.rate is None and not bucket.reason:
            found.append(("product", "no_rate", bucket.product))
        for currency in sorted(self.needed_currencies(bucket)):
            if self.fx(bucket.month, currency) is None:
                found.append(("currency", "no_fx", currency))
        for column, code, value in found:
            self.rejects.append(Reject(first.file, first.line, column, code, value))
        return bool(found)

    def needed_currencies(self, bucket: Bucket) -> set[str]:
        rate = bucket.rate
        if rate is None:
            return set()
        if rate.form not in ("percent", "percent_per_patent"):
            return {rate.currency}
        if rate.floor_per_unit is None and rate.ceiling_per_unit is None:
            return {bucket.currency}
        return {bucket.currency, rate.currency}

    def fx(self, month: str, currency: str) -> Fraction | None:
        """Settlement currency per 1 unit of the currency."""
        if currency == self.terms.currency:
            return Fraction(1)
        return self.bundle.fx.get((month, currency))

    def known_fx(self, month: str, currency: str) -> Fraction:
        rate = self.fx(month, currency)
        assert rate is not None
        return rate

    def matches(self, match: Match, bucket: Bucket) -> bool:
        licence = self.bundle.licences[bucket.licence_id]
        state = licence.state(bucket.month)
        return (
            (match.products is None or bucket.product in match.products)
            and (match.sold_in is None or bucket.sold_in in match.sold_in)
            and (match.made_in is None or bucket.made_in in match.made_in)
            and (match.licences is None or bucket.licence_id in match.licences)
            and (match.option is None or state.option in match.option)
            and (match.standing is None or state.standing == match.standing)
            and (match.first_month is None or match.first_month <= bucket.month)
            and (match.last_month is None or bucket.month <= match.last_month)
            and _signed_within(licence.signed, match.signed_from, match.signed_to)
        )

    def scope_key(self, scope: str, bucket: Bucket) -> str:
        if scope == "licence":
            return bucket.licence_id
        return self.bundle.licences[bucket.licence_id].state(bucket.month).enterprise

    # -- section 3: patents that count

    def counting(self, country: str, product: str | None, day: date) -> list[Patent]:
        asked = (country, product, day)
        if asked not in self._counting:
            self._counting[asked] = [p for p in self._by_country[country] if p.counts(product, day)]
        return self._counting[asked]

    def families(self, bucket: Bucket) -> set[str]:
        """The distinct families counting in the bucket's country of manufacture or of sale."""
        day = first_day(bucket.month)
        return {
            patent.family
            for country in (bucket.made_in, bucket.sold_in)
            for patent in self.counting(country, bucket.product, day)
        }

    # -- section 4: what a bucket bears

    def bear_by_units(self, rate: Rate, under: list[Bucket]) -> None:
        def weighted(bucket: Bucket) -> Fraction:
            return bucket.units * rate.product_weights.get(bucket.product, Fraction(1))

        accumulations: dict[tuple[str, str], list[Bucket]] = defaultdict(list)
        for bucket in under:
            year = bucket.month[:4] if rate.reset == "year" else ""
            accumulations[self.scope_key(rate.scope, bucket), year].append(bucket)
        for together in accumulations.values():
            before = Fraction(0)
            for month, buckets in _by_month(together):
                of_month = [weighted(bucket) for bucket in buckets]
                if rate.measure == "peak":
                    after = max(before, sum(of_month, Fraction(0)))
                else:
                    after = before + sum(of_month, Fraction(0))
                owed = _total_fee(rate, after) - _total_fee(rate, before)
                micros = half_away(owed * self.known_fx(month, rate.currency) * self.unit)
                if any(of_month):
                    parts = apportion(micros, scaled(of_month))
                    for bucket, part in zip(buckets, parts, strict=True):
                        bucket.royalty = part
                before = after

    def bear_flat(self, rate: Rate, under: list[Bucket]) -> None:
        spans: dict[tuple[str, str], list[Bucket]] = defaultdict(list)
        for bucket in under:
            spans[bucket.licence_id, _span(bucket.month, rate.flat_per)].append(bucket)
        for together in spans.values():
            month, buckets = _by_month(together)[0]
            micros = half_away(rate.flat * self.known_fx(month, rate.currency) * self.unit)
            units = [bucket.units for bucket in buckets]
            parts = apportion(micros, units) if any(units) else [micros] + [0] * (len(buckets) - 1)
            for bucket, part in zip(buckets, parts, strict=True):
                bucket.royalty = part

    def percentage(self, rate: Rate, bucket: Bucket) -> int:
        percent = rate.percent
        if rate.form == "percent_per_patent":
            percent *= len(self.families(bucket))
            if rate.percent_ceiling is not None:
                percent = min(percent, rate.percent_ceiling)
        total = sum((self.percentage_of_line(rate, percent, line) for line in bucket.lines), Fraction(0))
        return max(0, half_away(total * self.unit))

    def percentage_of_line(self, rate: Rate, percent: Fraction, line: Line) -> Fraction:
        assert line.net is not None
        if line.units < 0:
            return -self.percentage_of_amounts(rate, percent, line, -line.units, -line.net)
        return self.percentage_of_amounts(rate, percent, line, line.units, line.net)

    def percentage_of_amounts(self, rate: Rate, percent: Fraction, line: Line, units: int, net: Fraction) -> Fraction:
        owed = net * self.known_fx(line.month, line.currency) * percent / 100
        if units == 0:
            return owed
        if rate.floor_per_unit is not None:
            owed = max(owed, rate.floor_per_unit * units * self.known_fx(line.month, rate.currency))
        if rate.ceiling_per_unit is not None:
            owed = min(owed, rate.ceiling_per_unit * units * self.known_fx(line.month, rate.currency))
        return owed

    # -- section 5

    def converted(self, limit: Limit, month: str) -> int:
        rate = self.fx(month, limit.currency)
        if rate is None:
            self.rejects.append(Reject("programme.toml", 0, f"{limit.path}.currency", "no_fx", limit.currency))
            return 0
        return half_away(limit.amount * rate * self.unit)

    def apply(self, limit: Limit, buckets: list[Bucket], most: int, *, waive: bool) -> None:
        def left_of(total: int) -> int:
            if waive:
                return 0 if total < most else total
            return min(total, most)

        scopes: dict[str, list[Bucket]] = defaultdict(list)
        for bucket in buckets:
            if self.matches(limit.match, bucket):
                scopes[self.scope_key(limit.scope, bucket)].append(bucket)
        for together in scopes.values():
            before = 0
            for _, of_month in _by_month(together):
                amounts = [bucket.royalty for bucket in of_month]
                after = before + sum(amounts)
                if any(amounts):
                    parts = apportion(left_of(after) - left_of(before), amounts)
                    for bucket, part in zip(of_month, parts, strict=True):
                        bucket.royalty = part
                before = after

    def minimum(self, limit: Limit, of_year: list[Bucket], least: int) -> list[Bucket]:
        year = self.terms.year
        december = f"{year}-12"
        scopes: dict[str, list[str]] = defaultdict(list)
        for licence in self.bundle.licences.values():
            overlaps = (licence.starts is None or licence.starts <= date(int(year), 12, 31)) and (
                licence.ends is None or licence.ends >= date(int(year), 1, 1)
            )
            state = licence.state(december)
            wanted = (limit.match.licences is None or licence.id in limit.match.licences) and (
                limit.match.option is None or state.option in limit.match.option
            )
            if overlaps and wanted:
                scopes[licence.id if limit.scope == "licence" else state.enterprise].append(licence.id)
        buckets = []
        for licences in scopes.values():
            total = sum(bucket.royalty for bucket in of_year if bucket.licence_id in licences)
            if total < least:
                bucket = Bucket(min(licences), f"~minimum:{limit.id}", "", "", december, self.terms.currency, "minimum")
                bucket.rate_id = limit.id
                bucket.royalty = least - total
                buckets.append(bucket)
        return buckets

    def charges(self) -> list[Bucket]:
        sums: dict[tuple[str, str, str, str], list[Fraction]] = defaultdict(list)
        first_line: dict[tuple[str, str, str, str], int] = {}
        for charge in sorted(self.bundle.charges, key=lambda charge: charge.line):
            key = (charge.licence_id, charge.kind, charge.month, charge.currency)
            sums[key].append(charge.amount)
            first_line.setdefault(key, charge.line)
        buckets = []
        for key, amounts in sums.items():
            licence_id, kind, month, currency = key
            rate = self.fx(month, currency)
            if rate is None:
                self.rejects.append(Reject("charges.csv", first_line[key], "currency", "no_fx", currency))
                continue
            bucket = Bucket(licence_id, f"~charge:{kind}", "", "", month, currency, "charge")
            bucket.rate_id = "~charge"
            bucket.royalty = half_away(sum(amounts, Fraction(0)) * rate * self.unit)
            buckets.append(bucket)
        return buckets


@dataclass
class Invoice:
    licence_id: str
    licensee: str
    royalty: int
    credit: int = 0

    @property
    def due(self) -> int:
        return self.royalty - self.credit


def invoices(bundle: Bundle, buckets: Sequence[Bucket]) -> dict[str, Invoice]:
    """Round once per licence, and spread what was rounded back over the licence's buckets: the billed micros."""
    result: dict[str, Invoice] = {}
    for licence_id in sorted({bucket.licence_id for bucket in buckets}):
        mine = [bucket for bucket in buckets if bucket.licence_id == licence_id]
        royalty = to_minor(sum(bucket.royalty for bucket in mine))
        result[licence_id] = Invoice(licence_id, bundle.licences[licence_id].licensee, royalty)
        if any(bucket.royalty for bucket in mine):
            parts = apportion(royalty * MICRO, [bucket.royalty for bucket in mine])
            for bucket, part in zip(mine, parts, strict=True):
                bucket.billed = part
    return result


def _signed_within(signed: date | None, since: date | None, until: date | None) -> bool:
    if since is None and until is None:
        return True
    return signed is not None and (since is None or since <= signed) and (until is None or signed <= until)


def _by_month(buckets: list[Bucket]) -> list[tuple[str, list[Bucket]]]:
    """The buckets of each month, months in order, buckets in key order."""
    months = sorted({bucket.month for bucket in buckets})
    return [
        (month, sorted((bucket for bucket in buckets if bucket.month == month), key=lambda bucket: bucket.key))
        for month in months
    ]


def _span(month: str, flat_per: str) -> str:
    year, number = month[:4], int(month[5:])
    if flat_per == "month":
        return month
    if flat_per == "quarter":
        return f"{year}Q{(number + 2) // 3}"
    if flat_per == "half":
        return f"{year}H{(number + 5) // 6}"
    return year


def _total_fee(rate: Rate, units: Fraction) -> Fraction:
    """F: the piecewise linear total of the bands, or the fee of the highest step passed."""
    if rate.form == "steps":
        passed = [fee for above, fee in rate.steps if above < units]
        return passed[-1] if passed else Fraction(0)
    total = Fraction(0)
    for index, (above, per_unit) in enumerate(rate.bands):
        upper = rate.bands[index + 1][0] if index + 1 < len(rate.bands) else units
        if units > above:
            total += (min(units, upper) - above) * per_unit
    return total
