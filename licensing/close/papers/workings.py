"""What a member's amount is made of, as a table of its statement on paper: what is not told is not on it either."""

from licensing.close.papers.words import word
from licensing.close.workings.calculation import Row, Why, Workings
from licensing.papers.paper import Cell, Language, Money, Table


def workings_table(workings: Workings, language: Language) -> Table:
    """Return the workings as a table, a line for each cell, the sum last; or why there are none."""
    marks = _marks(workings)

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
            f"({marks[row.why]})"
            if row.why is not None
            else ""
            if earned is None
            else Money(earned, workings.currency),
        ]

    rows = [
        line(
            row,
            said("list_mark").join(product_name(product, language) for product in row.products),
            said("list_mark").join(country or said("no_country") for country in row.countries),
        )
        for row in workings.cells
    ]
    if workings.untold_minor is not None:
        rows.append([said("untold"), "", "", "", "", Money(workings.untold_minor, workings.currency)])
    if workings.total is not None:
        rows.append(line(workings.total, said("total"), ""))
    return Table(
        said("workings"),
        [said(key) for key in ("product", "sold_in", "units", "royalties", "own_part", "earned_of_it")],
        rows,
        empty="" if workings.why is None else said(f"why_{workings.why.value}"),
    )


def workings_notes(workings: Workings, language: Language) -> list[tuple[str, str]]:
    """Return the note that says why amounts of the table are not shown, by their marks; none where all are."""
    reasons = [f"({mark}) {word(f'why_{why.value}', language)}" for why, mark in _marks(workings).items()]
    if not reasons:
        return []
    return [(word("not_told", language), word("sentence_mark", language).join(reasons))]


def _marks(workings: Workings) -> dict[Why, str]:
    """Give each reason that stands in the table a letter, in the order of the table."""
    reasons = dict.fromkeys(row.why for row in workings.cells if row.why is not None)
    return dict(zip(reasons, "abcdef", strict=False))


def product_name(product: str, language: Language) -> str:
    """Return what a product is called on paper; minimums and charges are products of their own."""
    kind, _, name = product.partition(":")
    return word(kind, language, name=name) if kind in ("~minimum", "~charge") else product
