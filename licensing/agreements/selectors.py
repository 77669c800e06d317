"""Finding licences and what belongs to them, and writing them as the tables of a close bundle."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Q

from licensing.agreements.calculation import own_enterprise
from licensing.agreements.events import licences_held_asked
from licensing.agreements.lifecycle import LICENCE_LIFECYCLE
from licensing.agreements.models import (
    BINDING_STATES,
    BilateralLicence,
    Charge,
    ExchangeRate,
    Licence,
    LicenceChange,
    LicenceState,
    Receipt,
)
from licensing.agreements.policies import EDIT_LICENCE, READ_LICENCE, READ_LICENCE_DATES
from licensing.engine.model import first_day
from licensing.engine.terms import period_months
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today
from platform_core.csv_text import Cell, csv_bytes
from platform_core.money import exponent


def licences(*, actor: Actor) -> VisibleQuerySet[Licence]:
    """List the licences of which the actor may read everything."""
    return Licence.objects.permitted_to(actor, READ_LICENCE).select_related("licensee", "programme", "terms_version")


def get_licence(licence_id: UUID, *, actor: Actor, for_change: bool = False) -> Licence:
    """Return a licence of which the actor may read everything, locked if it is to be changed."""
    licence = get_visible(Licence, licence_id, actor=actor, for_change=for_change)
    require(actor, READ_LICENCE, licence)
    return licence


def allowed_steps(licences: Collection[Licence], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return the steps that the actor may take with each of these licences now, in two queries however many.

    None where a licence is in a course of its own, such as a dealing: its steps are taken there.
    """
    ids = [licence.pk for licence in licences]
    zones = dict(Programme.objects.filter(licences__in=ids).values_list("pk", "alliance__zone"))
    elsewhere: list[Exists] = []
    with transaction.atomic(savepoint=False):
        licences_held_asked.tell(elsewhere)
    edited = Licence.objects.permitted_to(actor, EDIT_LICENCE).filter(*(~held for held in elsewhere), pk__in=ids)
    own = set(edited.values_list("pk", flat=True))
    return {
        licence.pk: _steps_of(licence, today(actor.clock, zones[licence.programme_id])) if licence.pk in own else []
        for licence in licences
    }


def _steps_of(licence: Licence, day: date) -> list[str]:
    state = LicenceState(licence.state)
    is_past = licence.ends_on is not None and licence.ends_on < day
    # A licence is suspended for a breach and ended by two people, each in a course of its own.
    elsewhere = ("suspend", "terminate") if is_past else ("suspend", "terminate", "expire")
    steps = [step for step in LICENCE_LIFECYCLE.allowed(state) if step not in elsewhere]
    return ["edit", *steps] if state in (LicenceState.DRAFT, LicenceState.SENT) else steps


def licence_names(*, actor: Actor) -> VisibleQuerySet[Licence]:
    """List the licences of which the actor may read at least the licensee's name."""
    return Licence.objects.visible_to(actor).select_related("licensee", "programme")


def licence_dates(*, actor: Actor) -> VisibleQuerySet[Licence]:
    """List the licences of which the actor may read the licensee's name and from when to when they are in force."""
    return Licence.objects.permitted_to(actor, READ_LICENCE_DATES).select_related("licensee", "programme")


def licence_changes(*, actor: Actor) -> VisibleQuerySet[LicenceChange]:
    """List the changes of licences that the actor may see."""
    return LicenceChange.objects.visible_to(actor).select_related("licence")


def charges(*, actor: Actor) -> VisibleQuerySet[Charge]:
    """List the charges the actor may see."""
    return Charge.objects.visible_to(actor).select_related("licence")


def receipts(*, actor: Actor) -> VisibleQuerySet[Receipt]:
    """List the receipts the actor may see."""
    return Receipt.objects.visible_to(actor).select_related("licence__programme")


def bilaterals(*, actor: Actor) -> VisibleQuerySet[BilateralLicence]:
    """List the bilateral licences the actor may see."""
    return BilateralLicence.objects.visible_to(actor).select_related("licence", "member__membership__organisation")


def exchange_rates(*, actor: Actor) -> VisibleQuerySet[ExchangeRate]:
    """List the exchange rates the actor may see."""
    return ExchangeRate.objects.visible_to(actor)


def names_group(programme_id: UUID, name: str, *, besides: UUID) -> bool:
    """Say whether a name is that of a group which licences of other licensees of a programme are or were in."""
    others = Licence.objects.filter(programme=programme_id).exclude(licensee=besides)
    return others.filter(Q(enterprise=name) | Q(changes__enterprise=name)).exists()


def bundle_tables(programme_id: UUID, *, period: str) -> dict[str, bytes]:
    """Write a programme's licences and what belongs to them as the tables of the close bundle for a period, by file.

    The caller has seen to it that they may be read. Tables without rows are left out, but for `licences.csv`.
    What is recorded for months after the period is left out where the close would not look at it.
    """
    months = period_months(period)
    if months is None:
        raise ValueError(f"{period!r} is not a period such as 2025-03, 2025Q1, 2025H1 or 2025")
    first, last = first_day(months[0]), first_day(months[1])
    binding = {"licence__programme": programme_id, "licence__state__in": [state.value for state in BINDING_STATES]}
    tables: dict[str, bytes] = {
        "licences.csv": _sorted_csv(
            ("licence_id", "licensee", "enterprise", "signed", "starts", "ends", "standing", "option"),
            (
                (
                    licence.code,
                    str(licence.licensee),
                    # By its name a licensee could join another's enterprise, or leave its own, by renaming itself.
                    licence.enterprise or own_enterprise(licence.licensee_id),
                    licence.signed_on,
                    licence.starts_on,
                    licence.ends_on,
                    licence.standing,
                    licence.option,
                )
                for licence in Licence.objects.filter(
                    programme=programme_id, state__in=[state.value for state in BINDING_STATES]
                ).select_related("licensee")
            ),
        )
    }
    optional: dict[str, tuple[Sequence[str], Iterable[tuple[Cell, ...]]]] = {
        "licence_changes.csv": (
            ("licence_id", "from", "standing", "enterprise", "option"),
            (
                (code, _month(month), standing, enterprise, option)
                for code, month, standing, enterprise, option in LicenceChange.objects.filter(
                    **binding, month__lte=last
                ).values_list("licence__code", "month", "standing", "enterprise", "option")
            ),
        ),
        "charges.csv": (
            ("licence_id", "month", "kind", "amount", "currency"),
            (
                (code, _month(month), kind, amount, currency)
                for code, month, kind, amount, currency in Charge.objects.filter(
                    **binding, month__gte=first, month__lte=last, cancelled_at__isnull=True
                ).values_list("licence__code", "month", "kind", "amount", "currency")
            ),
        ),
        "bilaterals.csv": (
            ("licence_id", "member_id", "starts", "ends"),
            BilateralLicence.objects.filter(**binding).values_list(
                "licence__code", "member__membership__code", "starts_on", "ends_on"
            ),
        ),
        "fx.csv": (
            ("month", "currency", "rate"),
            (
                (_month(month), currency, rate)
                for month, currency, rate in ExchangeRate.objects.filter(
                    programme=programme_id, month__lte=last
                ).values_list("month", "currency", "rate")
            ),
        ),
    }
    for name, (columns, rows) in optional.items():
        listed = list(rows)
        if listed:
            tables[name] = _sorted_csv(columns, listed)
    return tables


def bundle_payments(programme_id: UUID, *, currency: str, period: str) -> bytes:
    """Write what was received for a period as `payments.csv`, for a programme that closes on what is collected."""
    digits = exponent(currency)
    rows = Receipt.objects.filter(licence__programme=programme_id, period=period).values_list(
        "licence__code", "amount_minor"
    )
    return _sorted_csv(("licence_id", "amount"), ((code, _major(amount, digits)) for code, amount in rows))


def _sorted_csv(columns: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> bytes:
    return csv_bytes(columns, sorted(rows, key=lambda row: tuple("" if cell is None else str(cell) for cell in row)))


def _month(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def _major(minor: int, digits: int) -> str:
    text = str(abs(minor)).rjust(digits + 1, "0")
    whole = text if digits == 0 else f"{text[:-digits]}.{text[-digits:]}"
    return f"-{whole}" if minor < 0 else whole
