"""What entries and exits to come would have done to the last close: answered to pools, in amounts to finance alone."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from licensing.close.figures import figures_of
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.scenarios import Market, shared_by
from licensing.close.selectors import FilesMissing
from licensing.close.totals.policies import READ_EXACT_TOTALS
from licensing.engine.explain import Rules
from licensing.engine.tables import Patent
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.log import log_access
from platform_core.money import apportion
from pools.composition.events import EffectAsked, PayeeEffect, ProgrammeEffect
from pools.composition.listing import listed_on

_MICROS: Final = 10**6


def answer_effect(actor: Actor, asked: EffectAsked, found: list[ProgrammeEffect]) -> None:
    """Say of each programme of a pool what its last close would have given with the list of a later day.

    A share tells of others' money, and a difference of two lists tells of one market: so no member is told amounts,
    nor the office, whatever the sums are made of. Finance, which sees the closes themselves, is.
    """
    programmes = Programme.objects.visible_to(actor).filter(pool=asked.pool_id).order_by("code", "pk")
    exact = set(
        Programme.objects.permitted_to(actor, READ_EXACT_TOTALS)
        .filter(pool=asked.pool_id)
        .order_by()
        .values_list("pk", flat=True)
    )
    for programme in programmes:
        if programme.pk in exact:
            log_access("programme.list_effect_viewed", actor=actor, subject=programme)
            found.append(_effect(actor, asked, programme))
        else:
            found.append(_told(programme, None, withheld="not_for_you"))


def _effect(actor: Actor, asked: EffectAsked, programme: Programme) -> ProgrammeEffect:
    run = (
        CloseRun.objects.visible_to(actor)
        .filter(programme=programme, status=RunStatus.POSTED)
        .order_by("-last_month", "-number")
        .first()
    )
    if run is None:
        return _told(programme, None, withheld="nothing_closed")
    try:
        figures = figures_of(run, actor=actor)
    except FilesMissing:
        return _told(programme, run, withheld="not_worked_out")
    rules = figures.rules
    markets = {
        (product, made_in, sold_in): dict(sales.by_month)
        for (product, sold_in, made_in), sales in figures.sales.items()
        if sales.billed
    }
    if rules is None or not markets:
        return _told(programme, run, withheld="not_worked_out")
    try:
        before, after = (_amounts(rules, asked, day, markets) for day in (asked.today, asked.on))
    except (KeyError, ValueError):
        # Such as a list on which nothing counts in a country where something was sold.
        return _told(programme, run, withheld="not_worked_out")
    names = {code: member.name for code, member in rules.tables.members.items()}
    payees = tuple(
        PayeeEffect(payee, names.get(payee, payee), before.get(payee, 0), after.get(payee, 0))
        for payee in sorted({*before, *after})
    )
    return _told(programme, run, payees=payees)


def _amounts(
    rules: Rules, asked: EffectAsked, day: date, markets: Mapping[Market, Mapping[int, int]]
) -> dict[str, int]:
    got = shared_by(rules, _patents_on(asked, day), markets)
    ordered = sorted(payee for payee, amount in got.items() if amount > 0)
    whole = round(sum(got.values(), Fraction(0)) / _MICROS)
    weights = [round(got[payee]) for payee in ordered]
    return dict(zip(ordered, apportion(whole, weights), strict=True)) if any(weights) else {}


def _patents_on(asked: EffectAsked, day: date) -> list[Patent]:
    """The list of a day, as if it had been the list all the time."""
    entries = listed_on(asked.pool_id, day).filter(patent__granted_on__lte=day)
    rows = entries.select_related("patent__family", "member__membership").order_by("patent__publication", "pk")
    return [
        Patent(
            publication=entry.patent.publication,
            family=entry.patent.family.code,
            owner=entry.member.membership.code,
            country=entry.patent.country,
            granted=date.min,
            ends=None,
            enters=None,
            leaves=None,
            class_label=entry.class_label,
            products=frozenset(entry.products) if entry.products else None,
            share=Fraction(entry.share),
        )
        for entry in rows
    ]


def _told(
    programme: Programme, run: CloseRun | None, *, payees: tuple[PayeeEffect, ...] = (), withheld: str = ""
) -> ProgrammeEffect:
    return ProgrammeEffect(
        programme_id=programme.pk,
        code=programme.code,
        name=programme.name,
        period=run.period if run is not None else "",
        currency=run.currency if run is not None else programme.currency,
        payees=payees,
        withheld=withheld,
    )
