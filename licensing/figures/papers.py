"""Figures on paper, as finance takes them at the end of a month."""

from collections.abc import Sequence
from datetime import date

from licensing.figures.calculation import Figures, shifted
from licensing.figures.words import word
from licensing.papers.paper import Cell, Language, Money, Paper, Table


def figures_paper(
    rows: Sequence[Figures], sums: Sequence[Figures], *, on: date, language: Language, issuer: Sequence[str]
) -> Paper:
    """Return figures as a paper: for each currency its months, ages and what is to come, and each programme's part."""

    def said(key: str) -> str:
        return word(key, language)

    months = [month.month for month in sums[0].months] if sums else []
    span = f"{months[0]:%Y-%m} – {months[-1]:%Y-%m}" if months else ""
    back = -len(months)
    before = f"{shifted(months[0], back):%Y-%m} – {shifted(months[-1], back):%Y-%m}" if months else ""
    tables = [table for one in sums for table in _tables(one, rows, language)]
    return Paper(
        language=language,
        name=f"figures-{on}",
        title=said("figures"),
        subtitle=span,
        issuer=list(issuer) or [said("figures")],
        addressee=[],
        facts=[(said("on"), str(on)), (said("span"), span), (said("before"), before)],
        figures=[
            (f"{said(what)} · {one.currency}", Money(getattr(one.total, f"{what}_minor"), one.currency))
            for one in sums
            for what in ("billed", "received", "distributed")
        ],
        tables=tables,
        notes=[(said("apart"), said("apart_text"))],
        footer=f"{said('figures')} {span}",
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )


_WHAT = ("billed", "received", "distributed", "before_billed", "before_received", "before_distributed")


def _tables(one: Figures, rows: Sequence[Figures], language: Language) -> list[Table]:
    currency = one.currency

    def said(key: str) -> str:
        return word(key, language)

    def money(minor: int) -> Money:
        return Money(minor, currency)

    own = [row for row in rows if row.currency == currency]
    months: list[list[Cell]] = [
        [
            f"{month.month:%Y-%m}",
            row.programme_code,
            *(money(getattr(month, f"{what}_minor")) for what in _WHAT),
        ]
        for row in own
        for month in row.months
    ]
    ages: list[list[Cell]] = [
        [row.programme_code, *(money(amount) for amount in row.ages.values()), money(row.overdue_minor)] for row in own
    ]
    due: list[list[Cell]] = [
        [f"{each.month:%Y-%m}", row.programme_code, money(each.due_minor)] for row in own for each in row.due
    ]
    expected: list[list[Cell]] = [
        [
            each.period,
            each.programme_code,
            said(each.basis.value),
            "" if each.units is None else each.units,
            money(each.amount_minor),
        ]
        for each in one.expected
    ]
    programme, none = said("programme"), said("none")
    return [
        Table(
            f"{currency} · {said('months')}",
            [said("month"), programme, *(said(what) for what in _WHAT)],
            months,
            empty=none,
        ),
        Table(
            f"{currency} · {said('ages')}",
            [programme, *(said(age) for age in one.ages), said("overdue")],
            ages,
            empty=none,
        ),
        Table(f"{currency} · {said('due')}", [said("month"), programme, said("amount")], due, empty=none),
        Table(
            f"{currency} · {said('expected')}",
            [said("period"), programme, said("basis"), said("units"), said("amount")],
            expected,
            empty=none,
        ),
    ]
