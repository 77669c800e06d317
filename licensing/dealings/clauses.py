"""Pure rules of contract templates: which clauses there are, what must not be agreed, and what is merged into them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

KINDS: Final = (
    "grant",
    "fee",
    "tax",
    "reports",
    "audit",
    "grant_back",
    "confidentiality",
    "term",
    "termination",
    "run_off",
    "disputes",
    "other",
)
"""What a clause can be about."""

NEEDED: Final = ("grant", "fee", "term", "termination")
"""Without these a contract says too little."""

GROUNDS: Final = ("breach", "non_payment", "non_reporting", "insolvency", "agreement")
"""For what a licence can be ended before its time. That a patent is challenged is none."""

FIELDS: Final = (
    *("licence_code", "programme", "pool", "licensor", "licensor_address", "licensor_representative"),
    *("licensee", "licensee_address", "licensee_representative", "list_version", "list_day", "list_count"),
    *("terms_version", "option", "standing", "fee_basis", "starts_on", "ends_on", "prices", "tax_path"),
    *("tax_bearer", "cure_days", "run_off_days", "conditions"),
)
"""What can be merged into a template, as `{{name}}`."""

MAY_BE_BLANK: Final = frozenset({"option", "ends_on", "conditions"})
"""What an offer may leave out; a word is put in their place."""

_FIELD: Final = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_ANY_FIELD: Final = re.compile(r"\{\{(.*?)\}\}")


def mistakes_of(clauses: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return what is wrong with the clauses of a template: where, which kind of mistake, and about what.

    A grant-back is never exclusive, and no licence ends because a patent was challenged.
    """
    found: list[tuple[str, str, str]] = []
    for place, clause in enumerate(clauses):
        kind = clause.get("kind")
        if kind not in KINDS:
            found.append((f"{place}/kind", "unknown_kind", str(kind)))
        for part in ("heading_zh", "text_zh", "heading_en", "text_en"):
            text = clause.get(part)
            if not isinstance(text, str) or not text.strip():
                found.append((f"{place}/{part}", "required", part))
                continue
            for name in _ANY_FIELD.findall(text):
                if name.strip() not in FIELDS:
                    found.append((f"{place}/{part}", "unknown_field", name.strip()))
        if kind == "grant_back" and clause.get("exclusive") is not False:
            found.append((f"{place}/exclusive", "exclusive_grant_back", "grant_back"))
        if kind == "termination":
            grounds = clause.get("grounds")
            if not isinstance(grounds, list) or not grounds:
                found.append((f"{place}/grounds", "required", "grounds"))
            else:
                found += [(f"{place}/grounds", "unknown_ground", str(one)) for one in grounds if one not in GROUNDS]
    kinds = {clause.get("kind") for clause in clauses}
    found += [("", "missing_kind", kind) for kind in NEEDED if kind not in kinds]
    return found


def fields_in(clauses: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the fields that the clauses of a template name, in the order of all there are."""
    named = {
        name
        for clause in clauses
        for part in ("heading_zh", "text_zh", "heading_en", "text_en")
        for name in _FIELD.findall(clause[part])
    }
    return [name for name in FIELDS if name in named]


def missing_from(clauses: Sequence[Mapping[str, Any]], values: Mapping[str, str]) -> list[str]:
    """Return the fields that the clauses name and that have no value."""
    return [name for name in fields_in(clauses) if not values.get(name, "").strip() and name not in MAY_BE_BLANK]


def merged(text: str, values: Mapping[str, str], *, blank: str) -> str:
    """Return a text with the values put into its fields; `blank` stands where there is none."""
    return _FIELD.sub(lambda field: values.get(field.group(1), "").strip() or blank, text)
