"""Rules of withholding: the tax withheld from members of a country, by law and by treaty; two people's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.distribution.withholding.models import Withholding, WithholdingRule
from licensing.distribution.withholding.policies import (
    CONFIRM_WITHHOLDING_RULE,
    RECORD_WITHHOLDING_RULE,
    WITHDRAW_WITHHOLDING_RULE,
    WITHHOLDING_DECISION,
)
from licensing.distribution.withholding.selectors import rule_from
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.identity.models import OperatingEntity
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.ledger.services.holding import hold_books
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWithholdingRule:
    """The tax withheld from members of a country from a day on, by law and by treaty."""

    country: str
    from_on: date
    percent: Decimal
    basis: str
    until_on: date | None = None
    treaty_percent: Decimal | None = None
    treaty: str = ""


@transaction.atomic
def record_withholding_rule(*, actor: Actor, operating_entity_id: UUID, rule: NewWithholdingRule) -> WithholdingRule:
    """Record the tax withheld from members of a country from a day on; it counts once another person confirmed it.

    Shares released before keep what they had: a day that is over is taken only where a rule holds from it by which no
    tax was withheld yet, whose place it takes.
    """
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, RECORD_WITHHOLDING_RULE, entity)
    if actor.user_id is not None:
        require_two_people(WITHHOLDING_DECISION, Place.of(entity), clock=actor.clock)
    before = rule_from(entity.pk, rule.country, rule.from_on)
    _check(entity, rule, is_over=before is None and rule.from_on < today(actor.clock, entity.alliance.zone))
    _refuse_used(before)
    with told_as(_PROBLEMS):
        made = WithholdingRule.objects.create(
            operating_entity=entity,
            country=rule.country,
            from_on=rule.from_on,
            until_on=rule.until_on,
            percent=rule.percent,
            treaty_percent=rule.treaty_percent,
            treaty=rule.treaty.strip(),
            basis=rule.basis.strip(),
            recorded_at=actor.clock.now(),
            recorded_by_id=actor.user_id,
        )
    fields = ("country", "from_on", "until_on", "percent", "treaty_percent", "treaty", "basis")
    record_event(
        "withholding_rule.recorded",
        actor=actor,
        subject=made,
        changes={name: (None, getattr(made, name)) for name in fields if getattr(made, name) not in (None, "")},
    )
    announce(made)
    return made


@transaction.atomic
def confirm_withholding_rule(*, actor: Actor, rule_id: UUID) -> WithholdingRule:
    """Confirm a rule that somebody else recorded: releases from now on go by it.

    It takes the place of one for the same day, unless tax was withheld by that meanwhile.
    """
    seen = get_visible(WithholdingRule, rule_id, actor=actor)
    # As a release holds them: no rule begins to count, or ceases to, while tax is worked out.
    hold_books(seen.operating_entity_id)
    rule = get_visible(WithholdingRule, rule_id, actor=actor, for_change=True)
    require(actor, CONFIRM_WITHHOLDING_RULE, rule)
    _check_open(rule)
    require_second_person(
        WITHHOLDING_DECISION, actor=actor, beside=[rule.recorded_by_id], place=Place.of(rule.operating_entity)
    )
    before = rule_from(rule.operating_entity_id, rule.country, rule.from_on)
    _refuse_used(before)
    now = actor.clock.now()
    if before is not None:
        before.replaced_at = now
        before.save(update_fields=["replaced_at"])
    elif rule.from_on < today(actor.clock, rule.operating_entity.alliance.zone):
        raise Conflict(
            "The day of this rule is over, and what was released keeps its terms: record it from a later day."
        )
    rule.confirmed_at, rule.confirmed_by_id = now, actor.user_id
    rule.save(update_fields=["confirmed_at", "confirmed_by"])
    record_event("withholding_rule.confirmed", actor=actor, subject=rule, changes={"replaces": (None, before)})
    announce(rule)
    return rule


@transaction.atomic
def withdraw_withholding_rule(*, actor: Actor, rule_id: UUID) -> WithholdingRule:
    """Take back a rule that nobody has confirmed: it never counts, and stays on record."""
    rule = get_visible(WithholdingRule, rule_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_WITHHOLDING_RULE, rule)
    _check_open(rule)
    rule.withdrawn_at, rule.withdrawn_by_id = actor.clock.now(), actor.user_id
    rule.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record_event("withholding_rule.withdrawn", actor=actor, subject=rule)
    announce(rule)
    return rule


def _check(entity: OperatingEntity, rule: NewWithholdingRule, *, is_over: bool) -> None:
    checks = Checks()
    checks.country("country", rule.country)
    if rule.country == entity.organisation.country:
        checks.wrong("country", "own_country", "Tax is withheld from members abroad: this is the entity's own country.")
    checks.text("basis", rule.basis, longest=300)
    checks.text("treaty", rule.treaty, needed=rule.treaty_percent is not None, longest=300)
    if not 0 <= rule.percent < 100:
        checks.wrong("percent", "bad_percent", "Write a rate from 0 to below 100 per cent.")
    if rule.treaty_percent is None and rule.treaty.strip():
        checks.wrong("treaty_percent", "required", "Write the rate of the treaty.")
    if rule.treaty_percent is not None and not 0 <= rule.treaty_percent <= rule.percent:
        checks.wrong("treaty_percent", "bad_percent", "A treaty lowers the rate of the law: write no more than that.")
    if rule.until_on is not None and rule.until_on < rule.from_on:
        checks.wrong("until_on", "before_start", "The last day is not before the first.")
    if is_over:
        checks.wrong("from_on", "in_the_past", "What was released before keeps its terms: choose today or a later day.")
    checks.refuse()


def _refuse_used(rule: WithholdingRule | None) -> None:
    """Refuse to put another in the place of a rule by which tax was withheld."""
    if rule is not None and Withholding.objects.filter(rule=rule).exists():
        raise Conflict("Tax was withheld by the rule of this country from that day: choose another day.")


def _check_open(rule: WithholdingRule) -> None:
    if rule.withdrawn_at is not None:
        raise WrongState("This rule was withdrawn.")
    if rule.confirmed_at is not None:
        raise WrongState("This rule was confirmed already.")


_PROBLEMS: Final[Mapping[str, Problem]] = {
    "withholdingrule_recorded_once": Conflict(
        "A rule for this country from that day waits to be confirmed: confirm or withdraw it first."
    ),
}
