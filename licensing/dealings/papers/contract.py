"""The text of a contract, merged from a template and set as PDF."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from licensing.dealings.clauses import FIELDS, merged
from licensing.dealings.models import ContractTemplate, Dealing, Offer
from licensing.dealings.papers.words import name_of, word
from licensing.papers.paper import Language
from platform_core.typesetting import typeset

TEMPLATE: Final = Path(__file__).with_name("contract.typ")


def contract_values(
    dealing: Dealing, offer: Offer, licence_code: str, parties: Mapping[str, str], language: Language
) -> dict[str, str]:
    """Return what is merged into a template's fields in a language: of the dealing, the accepted offer, the parties."""

    def said(key: str, **values: object) -> str:
        return word(key, language, **values)

    programme = dealing.programme
    values = {
        "licence_code": licence_code.strip(),
        "programme": programme.name,
        "pool": programme.pool.name,
        "licensor": name_of(programme.operating_entity, language),
        "licensee": name_of(dealing.prospect, language),
        "list_version": str(offer.list_version.number),
        "list_day": offer.list_version.effective_on.isoformat(),
        "list_count": str(offer.list_version.patents),
        "terms_version": str(offer.terms_version.number),
        "option": offer.option,
        "standing": said(f"standing.{offer.standing}"),
        "fee_basis": offer.fee_basis,
        "starts_on": offer.starts_on.isoformat(),
        "ends_on": "" if offer.ends_on is None else offer.ends_on.isoformat(),
        "prices": said("prices.with_tax" if offer.prices_include_tax else "prices.without_tax"),
        "tax_path": said(f"tax_path.{offer.tax_path}"),
        "tax_bearer": said(f"tax_bearer.{offer.tax_bearer}"),
        "cure_days": str(offer.cure_days),
        "run_off_days": str(offer.run_off_days),
        "conditions": offer.conditions,
        **{name: text.strip() for name, text in parties.items()},
    }
    if values.keys() != set(FIELDS):
        raise ValueError("what is merged are the fields of templates, no more and no fewer")
    return values


def contract_pdf(template: ContractTemplate, values: Mapping[str, str], language: Language) -> bytes:
    """Set the text of a contract; the same values give the same bytes."""
    blank = word("blank", language)
    zh = language is Language.ZH
    clauses = [
        {
            "heading": merged(clause["heading_zh" if zh else "heading_en"], values, blank=blank),
            "paragraphs": [
                part
                for part in merged(clause["text_zh" if zh else "text_en"], values, blank=blank).split("\n")
                if part.strip()
            ],
        }
        for clause in template.clauses
    ]
    return typeset(
        TEMPLATE,
        "contract",
        {
            "language": language.value,
            "title": template.title_zh if zh else template.title_en,
            "number": word("contract.number", language, code=values["licence_code"]),
            "parties": [
                [word("contract.licensor", language), values["licensor"], values["licensor_address"]],
                [word("contract.licensee", language), values["licensee"], values["licensee_address"]],
            ],
            "clauses": clauses,
            "signatures": [
                [
                    word("contract.licensor", language),
                    values["licensor"],
                    word("contract.signed_by", language, name=values["licensor_representative"]),
                    word("contract.day", language),
                ],
                [
                    word("contract.licensee", language),
                    values["licensee"],
                    word("contract.signed_by", language, name=values["licensee_representative"]),
                    word("contract.day", language),
                ],
            ],
            "footer": word(
                "contract.made_of",
                language,
                programme=values["programme"],
                template=template.number,
                terms=values["terms_version"],
                list=values["list_version"],
            ),
        },
    )
