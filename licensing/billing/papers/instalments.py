"""A plan to pay an invoice in parts, on paper: as it was agreed, whatever was paid since."""

from licensing.billing.lifecycle import PlanState
from licensing.billing.models import InstalmentPlan
from licensing.billing.papers.invoice import interest_clause, name_of, party_lines, seller_lines
from licensing.billing.papers.words import word
from licensing.papers.numerals import amount_in_chinese
from licensing.papers.paper import Cell, Language, Money, Paper, Table


def plan_paper(plan: InstalmentPlan, language: Language) -> Paper:
    """Return a plan of instalments as a paper in a language."""
    invoice = plan.invoice
    programme = invoice.licence.programme

    def said(key: str, **values: object) -> str:
        return word(key, language, **values)

    words = amount_in_chinese(plan.amount_minor, invoice.currency) if language is Language.ZH else ""
    rows: list[list[Cell]] = [
        [place, str(part.due_on), Money(part.amount_minor, invoice.currency)]
        for place, part in enumerate(plan.as_plan.parts, start=1)
    ]
    title = said("instalment_plan")
    in_force = plan.state in (PlanState.AGREED, PlanState.REPLACED)
    return Paper(
        language=language,
        name=f"{invoice.number_text}-instalments-{plan.due_days[0]}",
        title=title if in_force else f"{title} · {said(f'plan_{plan.state}')}",
        subtitle=f"{programme.name} · {invoice.number_text}",
        issuer=seller_lines(invoice, language),
        addressee=[
            said("billed_to"),
            *party_lines(invoice.buyer, name_of(invoice.licence.licensee, language), language),
        ],
        facts=[
            (said("of_invoice"), invoice.number_text),
            (said("reference"), invoice.reference),
            (said("issued_on"), str(invoice.issued_on or "")),
            (said("currency"), invoice.currency),
        ],
        figures=[(said("in_parts"), Money(plan.amount_minor, invoice.currency))],
        in_words=f"{said('in_words')}：{words}" if words else "",
        tables=[Table(said("parts"), [said(key) for key in ("part", "part_due_on", "amount")], rows)],
        notes=[
            (said("how_filled"), said(f"how_filled_{plan.credits_reduce}")),
            *([(said("broken"), said("broken_text"))] if plan.falls_due_whole else []),
            *([(said("late"), interest_clause(invoice.terms, language))] if invoice.terms.interest_kind else []),
        ],
        footer=f"{invoice.number_text} · {invoice.reference}",
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )
