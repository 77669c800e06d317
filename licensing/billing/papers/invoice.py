"""An invoice or a credit note on paper: as it was issued, whatever became of it since."""

from collections.abc import Mapping, Sequence

from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import BillingTerms, Invoice, InvoiceLine
from licensing.billing.papers.words import line_name, percent_text, word
from licensing.close.selectors import estimates_of, trues_up
from licensing.papers.numerals import amount_in_chinese
from licensing.papers.paper import Cell, Language, Money, Paper, Table
from platform_core.identity.models import Named


def invoice_paper(invoice: Invoice, lines: Sequence[InvoiceLine], language: Language) -> Paper:
    """Return an invoice as a paper in a language."""

    def said(key: str, **values: object) -> str:
        return word(key, language, **values)

    def money(minor: int) -> Money:
        return Money(minor, invoice.currency)

    kind = said("credit_note" if invoice.is_credit_note else "invoice")
    payable = invoice.amounts.payable_minor
    words = amount_in_chinese(payable, invoice.currency) if language is Language.ZH else ""
    programme = invoice.licence.programme
    return Paper(
        language=language,
        name=invoice.number_text or f"draft-{invoice.reference}",
        title=kind if invoice.state == InvoiceState.ISSUED else f"{kind} · {said(invoice.state)}",
        subtitle=f"{programme.name} · {invoice.period}",
        issuer=seller_lines(invoice, language),
        addressee=[
            said("billed_to"),
            *party_lines(invoice.buyer, name_of(invoice.licence.licensee, language), language),
        ],
        facts=_facts(invoice, language),
        figures=[
            (said("net"), money(invoice.net_minor)),
            *(
                [(said("vat", percent=percent_text(invoice.vat.percent)), money(invoice.tax_minor))]
                if invoice.vat is not None
                else []
            ),
            *([(said("gross"), money(invoice.gross_minor))] if invoice.tax_minor and invoice.withheld_minor else []),
            *(
                [
                    (
                        said("withheld", percent=percent_text(invoice.withholding.percent)),
                        money(-invoice.withheld_minor),
                    )
                ]
                if invoice.withholding is not None
                else []
            ),
            (said("credited" if invoice.is_credit_note else "payable"), money(payable)),
        ],
        in_words=f"{said('in_words')}：{words}" if words else "",
        tables=[_lines(invoice, lines, language)],
        notes=_notes(invoice, language),
        footer=" · ".join(part for part in (invoice.number_text, invoice.reference) if part),
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )


def _facts(invoice: Invoice, language: Language) -> list[tuple[str, str]]:
    programme, run = invoice.licence.programme, invoice.run
    known = {
        "number": invoice.number_text,
        "reference": invoice.reference,
        "issued_on": str(invoice.issued_on or ""),
        "due_on": "" if invoice.is_credit_note else str(invoice.due_on or ""),
        "programme": programme.code,
        "licence": invoice.licence.code,
        "period": invoice.period,
        "run": f"{programme.code} {run.period} #{run.number}",
        "credits": "" if invoice.credits is None else invoice.credits.number_text,
        "replaces": "" if invoice.replaces is None else invoice.replaces.number_text,
        "currency": invoice.currency,
    }
    return [(word(key, language), value) for key, value in known.items() if value]


def _lines(invoice: Invoice, lines: Sequence[InvoiceLine], language: Language) -> Table:
    rows: list[list[Cell]] = [
        [line_name(line.product, language), Money(line.amount_minor, invoice.currency)] for line in lines
    ]
    holds_tax = invoice.terms.prices_include_tax and invoice.vat is not None
    # What is added because the licensee bears a tax withheld, before tax or with the tax that prices hold.
    base = invoice.gross_minor if holds_tax else invoice.net_minor
    if base != invoice.priced_minor:
        rows.append([word("grossed_up", language), Money(base - invoice.priced_minor, invoice.currency)])
    if len(rows) > 1:
        rows.append([word("sum_of_lines", language), Money(base, invoice.currency)])
    return Table(
        word("lines_with_tax" if holds_tax else "lines", language),
        [word("item", language), word("amount", language)],
        rows,
        empty=word("no_lines", language),
    )


def _notes(invoice: Invoice, language: Language) -> list[tuple[str, str]]:
    notes: list[tuple[str, str]] = []
    if trues_up(invoice.run, licence_id=invoice.licence_id):
        notes.append((word("true_up", language), word("true_up_text", language)))
    elif estimates_of(invoice.run, licence_id=invoice.licence_id):
        notes.append((word("estimate", language), word("estimate_text", language)))
    if invoice.is_credit_note:
        notes.append((word("no_refund", language), word("no_refund_text", language)))
    else:
        notes.append((word("how_to_pay", language), _how_to_pay(invoice, language)))
        if invoice.withheld_minor:
            notes.append((word("about_withheld", language), word("about_withheld_text", language)))
        if invoice.terms.interest_kind:
            notes.append((word("late", language), interest_clause(invoice.terms, language)))
    if invoice.vat is not None and invoice.terms.prices_include_tax:
        notes.append((word("rounding", language), word(f"{invoice.vat.rounded}_rounded", language)))
    return notes


def _how_to_pay(invoice: Invoice, language: Language) -> str:
    seller = invoice.seller
    if not seller.get("bank_account"):
        return word("pay_with", language, reference=invoice.reference)
    return word(
        "pay_to",
        language,
        name=seller["name"],
        bank=seller["bank_name"],
        account=seller["bank_account"],
        reference=invoice.reference,
    )


def interest_clause(terms: BillingTerms, language: Language) -> str:
    """Say in words how late payment is charged."""
    return word(
        f"late_{terms.interest_kind}",
        language,
        percent=percent_text(terms.interest_percent),
        days=terms.interest_year_days,
    )


def seller_lines(invoice: Invoice, language: Language) -> list[str]:
    """Return who bills, as it stood on the day of issue; of a draft, by name."""
    return party_lines(invoice.seller, name_of(invoice.licence.programme.operating_entity, language), language)


def party_lines(party: Mapping[str, str], otherwise: str, language: Language) -> list[str]:
    """Return a party of a paper line by line."""
    if not party:
        return [otherwise]
    number = party.get("tax_number", "")
    lines = [
        party["name"],
        f"{word('tax_number', language)} {number}" if number else "",
        " ".join(part for part in (party.get("address", ""), party.get("phone", "")) if part),
    ]
    return [line for line in lines if line]


def name_of(named: Named, language: Language) -> str:
    """Return a name in a language where it is known, else in the other."""
    if language is Language.ZH:
        return named.name_zh or named.name_en
    return named.name_en or named.name_zh
