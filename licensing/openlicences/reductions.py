"""What is taken off a patent's annuities while an open licence of it is practised, by the dated rules of fees."""

from dataclasses import dataclass
from datetime import date

from licensing.openlicences.models import OpenDeclaration
from licensing.openlicences.selectors import openly_licensed_on
from platform_core.access.actors import Actor
from pools.patents.annuities import NoRules, rules_of


@dataclass(frozen=True, slots=True)
class OpenReduction:
    """A reduction in percent from a day on, with its source, and since when it counts for a patent."""

    percent: int
    from_on: date | None
    source: str
    is_verified: bool
    is_practised: bool
    """Whether it counts on the day, for the office knows by a recordal that a licence is in force."""
    practised_since: date | None
    """Since when, for the declarant's own seats alone; when a licence was recorded is nobody else's business."""


def reduction_of(declaration: OpenDeclaration, day: date, *, actor: Actor) -> OpenReduction | None:
    """Return what is taken off on a day, as the actor may know it; None where no rule is known."""
    try:
        rules = rules_of(declaration.patent.country).open_licences
    except NoRules:
        return None
    rule = next((rule for rule in rules if rule.holds(day)), None)
    if rule is None:
        return None
    patent = declaration.patent_id
    since = openly_licensed_on([patent], day, declared_by=declaration.owner_id).get(patent)
    is_own = actor.organisation_id == declaration.owner_id
    return OpenReduction(
        rule.percent, rule.from_on, rule.source, rule.verified, since is not None, since if is_own else None
    )
