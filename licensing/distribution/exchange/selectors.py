"""Finding rates, conversions, and what currencies are still to be bought, as far as one may see them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from licensing.distribution.exchange.calculation import cross_rate
from licensing.distribution.exchange.lifecycle import (
    CONVERSION_LIFECYCLE,
    RATES_LIFECYCLE,
    ConversionState,
    RateSource,
    RatesState,
)
from licensing.distribution.exchange.models import Conversion, RateSheet, ReferenceRate
from licensing.distribution.exchange.policies import (
    CANCEL_CONVERSION,
    CONFIRM_CONVERSION,
    CONFIRM_RATES,
    SETTLE_EXCHANGE,
    WITHDRAW_RATES,
)
from licensing.distribution.kinds import FX_CLEARING
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission
from platform_core.identity.models import OperatingEntity
from platform_core.ledger.models import Account
from platform_core.ledger.selectors import balances_of

OLDEST: Final = timedelta(days=7)
"""How old a rate may be that something is converted at: banks are closed for a week at most."""

_RATES_STEPS: Final[Mapping[str, Permission]] = {"confirm": CONFIRM_RATES, "withdraw": WITHDRAW_RATES}
_CONVERSION_STEPS: Final[Mapping[str, Permission]] = {"confirm": CONFIRM_CONVERSION, "cancel": CANCEL_CONVERSION}
_WITH_CONVERSION: Final = (
    "item__run__programme__operating_entity",
    "membership__organisation",
    "sheet",
    "drafted_by",
    "confirmed_by",
)


@dataclass(frozen=True, slots=True)
class FoundRate:
    """A rate to convert at: of which day, made of which rates, of which table."""

    rate: Decimal
    on: date
    made_of: str
    sheet: RateSheet


@dataclass(frozen=True, slots=True)
class Position:
    """What was converted between two currencies and is not bought yet, in minor units."""

    source_currency: str
    target_currency: str
    source_minor: int
    """What is kept for it in the first currency; once all is bought, what it was bought for less, or more."""
    target_minor: int
    """What is still to be bought of the second."""


def rate_sheets(*, actor: Actor) -> VisibleQuerySet[RateSheet]:
    """List the tables of rates an actor may see."""
    return RateSheet.objects.visible_to(actor).select_related("operating_entity", "entered_by", "confirmed_by")


def get_rate_sheet(sheet_id: UUID, *, actor: Actor, for_change: bool = False) -> RateSheet:
    """Fetch a table of rates, locked if it is fetched for a change."""
    along = () if for_change else ("operating_entity", "entered_by", "confirmed_by")
    return get_visible(RateSheet, sheet_id, actor=actor, for_change=for_change, along=along)


def rates_of(sheet: RateSheet, *, actor: Actor) -> VisibleQuerySet[ReferenceRate]:
    """List the rates of a table."""
    return ReferenceRate.objects.visible_to(actor).filter(sheet=sheet)


def rates_steps(sheet: RateSheet, *, actor: Actor) -> list[str]:
    """List what the actor may do with a table of rates now."""
    steps = RATES_LIFECYCLE.allowed(RatesState(sheet.state))
    return [step for step in steps if can(actor, _RATES_STEPS[step], sheet)]


def rate_on(operating_entity_id: UUID, source: str, target: str, on: date) -> FoundRate | None:
    """Return the latest confirmed rate between two currencies by a day; of one day, what finance wrote goes first.

    None where there is none, or only one that is too old.
    """
    rows = (
        ReferenceRate.objects.filter(
            sheet__operating_entity=operating_entity_id,
            sheet__state=RatesState.CONFIRMED,
            on__lte=on,
            on__gte=on - OLDEST,
        )
        .select_related("sheet")
        .order_by("pk")
    )
    tables: dict[tuple[date, bool, str], tuple[RateSheet, dict[tuple[str, str], Decimal]]] = {}
    for row in rows:
        sheet = row.sheet
        confirmed = sheet.confirmed_at.isoformat() if sheet.confirmed_at else ""
        key = (row.on, sheet.source == RateSource.MANUAL, f"{confirmed} {sheet.pk}")
        tables.setdefault(key, (sheet, {}))[1][row.base, row.quote] = row.rate
    for (day, _, _), (sheet, pairs) in sorted(tables.items(), key=lambda one: one[0], reverse=True):
        if (found := cross_rate(pairs, source, target)) is not None:
            return FoundRate(found.rate, day, found.made_of, sheet)
    return None


def conversions(*, actor: Actor) -> VisibleQuerySet[Conversion]:
    """List the conversions an actor may see: finance all of them, members their own once confirmed."""
    return Conversion.objects.visible_to(actor).select_related(*_WITH_CONVERSION)


def get_conversion(conversion_id: UUID, *, actor: Actor, for_change: bool = False) -> Conversion:
    """Fetch a conversion, locked if it is fetched for a change."""
    along = () if for_change else _WITH_CONVERSION
    return get_visible(Conversion, conversion_id, actor=actor, for_change=for_change, along=along)


def conversion_steps(conversion: Conversion, *, actor: Actor) -> list[str]:
    """List what the actor may do with a conversion now."""
    steps = CONVERSION_LIFECYCLE.allowed(ConversionState(conversion.state))
    return [step for step in steps if can(actor, _CONVERSION_STEPS[step], conversion)]


def pair_label(source: str, target: str) -> str:
    """Return what accounts are called on which the exchange between two currencies is kept."""
    return f"{source}>{target}"


def positions(operating_entity_id: UUID, *, actor: Actor) -> list[Position]:
    """Return what was converted and is not bought and settled yet, by currencies."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, SETTLE_EXCHANGE, entity)
    accounts = list(Account.objects.filter(operating_entity=entity, kind=FX_CLEARING.code))
    stands = balances_of(accounts)
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for account in accounts:
        source, _, target = account.label.partition(">")
        found[source, target][account.currency] = stands.get(account.pk, 0)
    return [
        Position(source, target, -sums.get(source, 0), sums.get(target, 0))
        for (source, target), sums in sorted(found.items())
        if any(sums.values())
    ]
