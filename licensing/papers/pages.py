"""Papers as PDF, set by one template."""

from pathlib import Path
from typing import Final

from licensing.papers.paper import Money, Paper
from platform_core.typesetting import typeset

TEMPLATE: Final = Path(__file__).with_name("paper.typ")


def write_pdf(paper: Paper) -> bytes:
    """Set a paper as PDF."""
    return typeset(TEMPLATE, "paper", _document(paper))


def _document(paper: Paper) -> dict[str, object]:
    return {
        "language": paper.language.value,
        "title": paper.title,
        "subtitle": paper.subtitle,
        "issuer": list(paper.issuer),
        "addressee": list(paper.addressee),
        "facts": [list(fact) for fact in paper.facts],
        "figures": [[label, money.grouped, money.currency] for label, money in paper.figures],
        "in_words": paper.in_words,
        "tables": [
            {
                "title": table.title,
                "headings": list(table.headings),
                "right": [table.holds_numbers(place) for place in range(len(table.headings))],
                "rows": [[_text(cell) for cell in row] for row in table.rows],
                "empty": table.empty,
            }
            for table in paper.tables
        ],
        "notes": [list(note) for note in paper.notes],
        "signatures": [[one.part, one.name, one.day] for one in paper.signatures],
        "footer": paper.footer,
    }


def _text(cell: str | int | Money) -> str:
    if isinstance(cell, Money):
        return cell.grouped
    return f"{cell:,}" if isinstance(cell, int) else cell
