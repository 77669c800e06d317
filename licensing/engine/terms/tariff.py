"""Rates, waivers, caps and minimums of a terms document."""

from fractions import Fraction
from typing import Final, Literal, cast

from licensing.engine.model import (
    Flat,
    Limit,
    Match,
    Minimum,
    Percent,
    Rate,
    Standing,
    Steps,
    Tiers,
)
from licensing.engine.terms.values import Table, Values

_FORMS: Final = ("per_unit", "bands", "steps", "percent", "percent_per_patent", "flat")
_SPANS: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class TariffReader(Values):
    """Reads what sales cost."""

    def match(self, table: Table) -> Match:
        match = Match(
            products=table.get("products", self.words),
            sold_in=table.get("sold_in", self.countries),
            made_in=table.get("made_in", self.countries),
            licences=table.get("licences", self.words),
            option=table.get("option", self.words),
            from_month=table.get("from", self.month),
            to_month=table.get("to", self.month),
            standing=cast(Standing | None, table.get("standing", self.choice("standard", "compliant"))),
            signed_from=table.get("signed_from", self.day),
            signed_to=table.get("signed_to", self.day),
        )
        if match.from_month is not None and match.to_month is not None and match.from_month > match.to_month:
            table.wrong("to", "ends before it begins: set `to` to `from` or later")
        if match.signed_from is not None and match.signed_to is not None and match.signed_from > match.signed_to:
            table.wrong("signed_to", "ends before it begins: set `signed_to` to `signed_from` or later")
        return match

    def scope(self, table: Table) -> Literal["licence", "enterprise"]:
        return "licence" if table.get("scope", self.choice("licence", "enterprise")) == "licence" else "enterprise"

    def rate(self, table: Table) -> Rate:
        name = table.need("id", self.word, "")
        match = self.match(table)
        currency = table.get("currency", self.known_currency) or self.currency
        given = [key for key in _FORMS if table.has(key)]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none"
            self.wrong(table.path, name, f"must have exactly one of {', '.join(_FORMS)}; {found}")
            table.used |= set(table.content)
            return Rate(name, match, currency, Flat(Fraction(0), 12))
        form = given[0]
        unit_forms = form in ("per_unit", "bands", "steps")
        table.only_with(("product_weights", "scope"), unit_forms, "goes only with per_unit, bands or steps")
        table.only_with(("reset",), form in ("bands", "steps"), "goes only with bands or steps")
        table.only_with(("measure",), form == "steps", "goes only with steps")
        table.only_with(
            ("floor_per_unit", "ceiling_per_unit"),
            form in ("percent", "percent_per_patent"),
            "goes only with percent or percent_per_patent",
        )
        table.only_with(("percent_ceiling",), form == "percent_per_patent", "goes only with percent_per_patent")
        table.only_with(("flat_per",), form == "flat", "goes only with flat")
        read: Tiers | Steps | Percent | Flat
        if unit_forms:
            read = self.by_units(table, form)
        elif form == "flat":
            span = table.need("flat_per", self.choice(*_SPANS), "year", "write month, quarter, half or year")
            read = Flat(table.need("flat", self.amount, Fraction(0)), _SPANS[span])
        else:
            read = Percent(
                percent=table.need(form, self.amount, Fraction(0)),
                per_patent=form == "percent_per_patent",
                percent_ceiling=table.get("percent_ceiling", self.amount),
                floor_per_unit=table.get("floor_per_unit", self.amount),
                ceiling_per_unit=table.get("ceiling_per_unit", self.amount),
            )
        table.finish()
        return Rate(name, match, currency, read)

    def by_units(self, table: Table, form: str) -> Tiers | Steps:
        weights = table.get("product_weights", self.weights) or {}
        scope = self.scope(table)
        never = table.get("reset", self.choice("year", "never")) == "never"
        if form == "per_unit":
            price = table.need("per_unit", self.amount, Fraction(0))
            return Tiers((Fraction(0),), (price,), weights, scope, never_resets=False)
        value_key = "per_unit" if form == "bands" else "fee"
        rungs = self.tables(table, form, table.at(form))
        if not rungs:
            table.wrong(form, "must have at least one entry")
        above: list[Fraction] = []
        values: list[Fraction] = []
        for rung in rungs:
            above.append(rung.need("above", self.amount, Fraction(0)))
            values.append(rung.need(value_key, self.amount, Fraction(0)))
            rung.finish()
            if len(above) > 1 and above[-1] <= above[-2]:
                rung.wrong("above", "must be larger than the one before")
            if form == "steps" and len(values) > 1 and values[-1] < values[-2]:
                rung.wrong("fee", "must not be smaller than the one before")
        if form == "bands":
            if above and above[0] != 0:
                rungs[0].wrong("above", "must be 0 in the first band, so that every unit has a rate")
            return Tiers(tuple(above), tuple(values), weights, scope, never)
        peak = table.get("measure", self.choice("sum", "peak")) == "peak"
        return Steps(tuple(above), tuple(values), weights, scope, never, peak)

    def limit(self, table: Table, key: str) -> Limit:
        limit = Limit(
            id=table.need("id", self.word, ""),
            match=self.match(table),
            currency=table.get("currency", self.known_currency) or self.currency,
            scope=self.scope(table),
            amount=table.need(key, self.amount, Fraction(0)),
        )
        table.finish()
        return limit

    def minimum(self, table: Table) -> Minimum:
        minimum = Minimum(
            id=table.need("id", self.word, ""),
            licences=table.get("licences", self.words),
            option=table.get("option", self.words),
            currency=table.get("currency", self.known_currency) or self.currency,
            scope=self.scope(table),
            amount=table.need("per_year", self.amount, Fraction(0)),
        )
        table.finish()
        return minimum
