"""Interest on what was paid late, on paper: the days, what was open on them, and what follows."""

from datetime import date

from licensing.billing.models import InterestNote
from licensing.billing.papers.invoice import interest_clause, name_of, party_lines, seller_lines
from licensing.billing.papers.words import word
from licensing.papers.numerals import amount_in_chinese
from licensing.papers.paper import Cell, Language, Money, Paper, Table


def interest_paper(note: InterestNote, language: Language) -> Paper:
    """Return a note of interest as a paper in a language."""
    invoice = note.invoice
    programme = invoice.licence.programme

    def said(key: str, **values: object) -> str:
        return word(key, language, **values)

    words = amount_in_chinese(note.amount_minor, invoice.currency) if language is Language.ZH else ""
    rows: list[list[Cell]] = [
        [
            first,
            until,
            (date.fromisoformat(until) - date.fromisoformat(first)).days,
            Money(opened, invoice.currency),
            Money(interest, invoice.currency),
        ]
        for first, until, opened, interest in note.spans
    ]
    return Paper(
        language=language,
        name=f"{invoice.number_text}-interest-{note.until_on}",
        title=said("interest_note"),
        subtitle=f"{programme.name} · {invoice.number_text}",
        issuer=seller_lines(invoice, language),
        addressee=[
            said("billed_to"),
            *party_lines(invoice.buyer, name_of(invoice.licence.licensee, language), language),
        ],
        facts=[
            (said("of_invoice"), invoice.number_text),
            (said("due_on"), str(invoice.due_on)),
            (said("from"), str(note.from_on)),
            (said("until"), str(note.until_on)),
        ],
        figures=[(said("interest"), Money(note.amount_minor, invoice.currency))],
        in_words=f"{said('in_words')}：{words}" if words else "",
        tables=[Table(said("spans"), [said(key) for key in ("from", "until", "days", "open", "interest")], rows)],
        notes=[
            *([(said("late"), interest_clause(invoice.terms, language))] if invoice.terms.interest_kind else []),
            (said("next_close"), said("next_close_text")),
        ],
        footer=f"{invoice.number_text} · {note.from_on} – {note.until_on}",
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )
