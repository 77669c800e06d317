"""What a member's amount is made of, as a table of its statement on paper: what is not told is not on it either."""

from licensing.close.papers.paper import Cell, Language, Money, Table
from licensing.close.papers.words import word
from licensing.close.workings.calculation import Row, Workings


def workings_table(workings: Workings, language: Language) -> Table:
    """Return the workings as a table, a line for each cell, the sum last; or why there are none."""

    def said(key: str, **values: object) -> str:
        return word(key, language, **values)

    def line(row: Row, products: str, countries: str) -> list[Cell]:
        earned = row.earned_minor
        return [
            products,
            countries,
            "" if row.units is None else row.units,
            Money(row.royalty_minor, workings.currency),
            "" if row.share_percent is None else f"{row.share_percent} %",
            "–" if earned is None else Money(earned, workings.currency),
            said(f"why_{row.why.value}") if row.why is not None else "",
        ]

    rows = [
        line(
            row,
            said("list_mark").join(_product(product, language) for product in row.products),
            said("list_mark").join(country or said("no_country") for country in row.countries),
        )
        for row in workings.cells
    ]
    if workings.untold_minor is not None:
        untold = Money(workings.untold_minor, workings.currency)
        rows.append([said("untold"), "", "", "", "", untold, ""])
    if workings.total is not None:
        rows.append(line(workings.total, said("total"), ""))
    return Table(
        said("workings"),
        [said(key) for key in ("product", "country", "units", "royalties", "own_part", "earned_of_it", "not_told")],
        rows,
        empty="" if workings.why is None else said(f"why_{workings.why.value}"),
    )


def _product(product: str, language: Language) -> str:
    kind, _, name = product.partition(":")
    return word(kind, language, name=name) if kind in ("~minimum", "~charge") else product
