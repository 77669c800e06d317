"""The command that works out annuities: no server, no database."""

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from platform_core.money import exponent, format_minor
from pools.patents.annuities import (
    Annuity,
    BadCalendar,
    KeptRight,
    NoRules,
    Relief,
    WorkingDays,
    read_calendar,
    schedule,
    work_out,
)

_DAY = click.DateTime(["%Y-%m-%d"])
_RIGHTS = {"invention": "invention", "utility-model": "utility_model", "design": "design"}
_AMOUNTS = ("full", "payable", "surcharge", "total", "rises_by", "restoration")


@click.command(
    "annuity",
    short_help="Say what keeps a patent in force, until when, for how much.",
    epilog="""\
\b
Examples:
  lianchi patents annuity --office CN --type invention --filed 2017-03-10 --granted 2019-08-02 --year 10
  lianchi patents annuity --office CN --type invention --filed 2021-05-20 --granted 2024-09-03 --all --reduction 85
  lianchi patents annuity --office US --filed 2020-05-04 --granted 2023-01-17 --year 4 --reduction 60 --json

\b
Exit codes: 0 worked out; 1 anything else, and the message says what.
""",
)
@click.option("--office", required=True, help="Two letters: CN, EP, US, JP or KR.")
@click.option("--type", "right", type=click.Choice(list(_RIGHTS)), default="invention", show_default=True)
@click.option(
    "--filed", type=_DAY, required=True, help="Filing date: of the PCT application, of a divisional's parent."
)
@click.option("--granted", type=_DAY, help="Day of the grant, or of registration (JP, KR).")
@click.option("--grant-year", type=click.IntRange(1), help="The fee year named in the notice of grant, if it is known.")
@click.option("--claims", type=click.IntRange(0), default=0, help="Number of claims, where they are paid for (JP, KR).")
@click.option("--year", type=click.IntRange(1), help="The fee year.")
@click.option("--all", "whole", is_flag=True, help="Every fee year of the right instead of one.")
@click.option("--paid-on", type=_DAY, help="The day of payment; today if it is not given.")
@click.option("--reduction", type=click.IntRange(0, 100), default=0, help="By how many percent fees are reduced.")
@click.option("--open-licence", is_flag=True, help="An open licence is in force; the better reduction counts.")
@click.option(
    "--calendar",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with the columns day and state (off or work): holidays and days worked in their place.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON; with --all a list of objects.")
def annuity_command(
    office: str,
    right: str,
    filed: datetime,
    granted: datetime | None,
    grant_year: int | None,
    claims: int,
    year: int | None,
    whole: bool,
    paid_on: datetime | None,
    reduction: int,
    open_licence: bool,
    calendar: Path | None,
    as_json: bool,
) -> None:
    """Say what is due for a fee year of a right on a day: until when, how much, and what waiting costs.

    Rules and amounts are dated; each answer names its sources, and says if one was not verified.
    """
    if whole == (year is not None):
        raise click.UsageError("Give either --year or --all.")
    if granted is not None and granted < filed:
        raise click.UsageError("A right is granted on the day of its filing at the earliest.")
    kept = KeptRight(
        office=office.upper(),
        right=_RIGHTS[right],
        filed_on=filed.date(),
        granted_on=granted.date() if granted else None,
        grant_year=grant_year,
        claims=claims,
    )
    relief = Relief(percent=reduction, is_open_licence=open_licence)
    # What is due today is what is asked on a command line; the arithmetic itself knows no clock.
    on = paid_on.date() if paid_on else date.today()  # noqa: DTZ011  (a day of the user's own calendar)
    try:
        days = _calendar(calendar)
        if year is not None:
            told = [work_out(kept, year, on=on, relief=relief, calendar=days)]
        else:
            told = schedule(kept, on=on, relief=relief, calendar=days)
    except (NoRules, BadCalendar) as problem:
        raise click.ClickException(str(problem)) from None
    if as_json:
        objects = [as_object(annuity) for annuity in told]
        click.echo(json.dumps(objects if whole else objects[0], ensure_ascii=False, indent=2))
        return
    for annuity in told:
        click.echo(_in_words(annuity))


def as_object(annuity: Annuity) -> dict[str, Any]:
    """Return an annuity as JSON has it: amounts in whole units of the currency, days as ISO dates; null: nothing."""
    told: dict[str, Any] = asdict(annuity)
    for name, value in told.items():
        if isinstance(value, date):
            told[name] = value.isoformat()
        elif name in _AMOUNTS and value is not None:
            told[name] = _whole_units(value, annuity.currency)
    return {**told, "sources": list(annuity.sources)}


def _whole_units(amount: int, currency: str) -> int | str:
    """Return a number where the amount has no decimals, otherwise a text: never a binary fraction."""
    exact = Decimal(amount).scaleb(-exponent(currency))
    return int(exact) if exact == exact.to_integral_value() else str(exact)


def _calendar(file: Path | None) -> WorkingDays:
    if file is None:
        return WorkingDays()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return read_calendar(lines)


def _in_words(annuity: Annuity) -> str:
    parts = [f"{annuity.office} year {annuity.year}", annuity.status.replace("_", " ")]
    if annuity.due_on:
        shifted = f" (last day {annuity.last_day})" if annuity.last_day != annuity.due_on else ""
        parts.append(f"due {annuity.due_on}{shifted}")
    if annuity.total is not None:
        parts.append(format_minor(annuity.total, annuity.currency))
        if annuity.surcharge:
            parts.append(f"of it surcharge {format_minor(annuity.surcharge, annuity.currency)}")
    if annuity.rises_on and annuity.rises_by is not None:
        parts.append(f"from {annuity.rises_on} {format_minor(annuity.rises_by, annuity.currency)} more")
    if annuity.ended_on:
        parts.append(f"ended on {annuity.ended_on}")
    if annuity.restoration is not None:
        parts.append(f"restoration {format_minor(annuity.restoration, annuity.currency)}")
    if not annuity.is_verified:
        parts.append("not verified")
    return "; ".join(parts)
