"""What is taken off a patent's annuities while an open licence of it is practised, by the dated rules of fees."""

from dataclasses import dataclass
from datetime import date

from licensing.openlicences.models import OpenDeclaration
from licensing.openlicences.selectors import openly_licensed_on
from pools.patents.annuities import NoRules, rules_of


@dataclass(frozen=True, slots=True)
class OpenReduction:
    """A reduction in percent from a day on, with its source, and since when it counts for a patent."""

    percent: int
    from_on: date | None
    source: str
    is_verified: bool
    practised_since: date | None
    """Since when the office knows by a recordal that a licence is in force; None: it does not yet."""


def reduction_of(declaration: OpenDeclaration, day: date) -> OpenReduction | None:
    """Return what is taken off on a day; None where no rule is known."""
    try:
        rules = rules_of(declaration.patent.country).open_licences
    except NoRules:
        return None
    rule = next((rule for rule in rules if rule.holds(day)), None)
    if rule is None:
        return None
    since = openly_licensed_on([declaration.patent_id], day, declared_by=declaration.owner_id).get(
        declaration.patent_id
    )
    return OpenReduction(rule.percent, rule.from_on, rule.source, rule.verified, since)
