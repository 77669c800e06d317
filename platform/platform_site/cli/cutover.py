"""Commands that move a programme from its old workbook: beginning, and comparing past periods."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_site.cli.failing import plain_failures

if TYPE_CHECKING:
    from licensing.cutover.models import ParallelRun
    from licensing.cutover.reading import WorkbookRejected
    from licensing.terms.models import Programme

MOST_SHOWN = 20


@click.group(short_help="Move a programme from its old workbook.")
def cutover() -> None:
    """Run past periods in parallel with the old workbook before the first live close.

    The first close from the cut-over day on is not approved before two past periods were compared and a person has
    accepted every difference, with a reason.
    """


@cutover.command(
    "begin",
    short_help="Say from which day on a programme is closed here alone.",
    epilog="""\
\b
Example:
  lianchi cutover begin 2026-01-01 --alliance uhd --programme tv

\b
Exit codes: 0 begun; 1 anything else, and the message says what.
""",
)
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--alliance", required=True, help="Code of the alliance.")
@click.option("--programme", required=True, help="Code of the programme.")
def begin_command(day: Any, alliance: str, programme: str) -> None:
    """Begin the cut-over: DAY is the first day of the first period that is closed here alone."""
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from licensing.cutover.services import begin_cutover
            from platform_core.access.actors import COMMAND_LINE, Actor

            found = _programme(alliance, programme)
            on_day: date = day.date()
            begin_cutover(actor=Actor.system(COMMAND_LINE), programme_id=found.pk, on_day=on_day)
    click.echo(f"The cut-over of {programme} is begun: from {on_day} on it is closed here alone.")


@cutover.command(
    "compare",
    short_help="Set what the old workbook came to beside our close of a period.",
    epilog="""\
\b
FOLDER holds two tables, in yuan and cents (or whatever the programme is settled in):
  old_invoices.csv   licence_id, royalty, credit, due; if known product, units, rate
  old_payees.csv     payee, amount (members by their code, the fee as ~fee)

\b
Examples:
  lianchi cutover compare 2025Q3 old-q3 --alliance uhd --programme tv
  lianchi cutover compare 2025Q4 old-q4 --alliance uhd --programme tv --json

\b
Exit codes: 0 compared, whether or not something differs; 2 the tables have mistakes; 1 anything else.
""",
)
@click.argument("period")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--alliance", required=True, help="Code of the alliance.")
@click.option("--programme", required=True, help="Code of the programme.")
@click.option("--json", "as_json", is_flag=True, help="Every difference as one object.")
def compare_command(period: str, folder: Path, alliance: str, programme: str, as_json: bool) -> None:
    """List every difference between the old workbook and our calculated close of PERIOD, each with its cause.

    What no figure of either side proves is told as unexplained.
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from licensing.cutover.models import Cutover
            from licensing.cutover.reading import WorkbookRejected
            from licensing.cutover.services import compare_period
            from platform_core.access.actors import COMMAND_LINE, Actor

            actor = Actor.system(COMMAND_LINE)
            found = Cutover.objects.visible_to(actor).filter(programme=_programme(alliance, programme)).first()
            if found is None:
                raise click.ClickException("The cut-over of this programme is not begun: see lianchi cutover begin.")
            try:
                parallel = compare_period(actor=actor, cutover_id=found.pk, period=period, folder=folder)
            except WorkbookRejected as problem:
                _tell_mistakes(problem, as_json=as_json)
                sys.exit(2)
            told = _told(parallel)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _in_words(told))


def _programme(alliance: str, code: str) -> "Programme":
    from licensing.terms.models import Programme

    found = Programme.objects.filter(alliance__code=alliance, code=code).first()
    if found is None:
        raise click.ClickException(f"The alliance “{alliance}” has no programme with the code “{code}”.")
    return found


def _told(parallel: "ParallelRun") -> dict[str, Any]:
    return {
        "period": parallel.period,
        "currency": parallel.currency,
        "due": {
            "old_minor": parallel.old_due_minor,
            "difference_minor": parallel.due_difference_minor,
            "our_minor": parallel.our_due_minor,
        },
        "paid": {
            "old_minor": parallel.old_paid_minor,
            "difference_minor": parallel.paid_difference_minor,
            "our_minor": parallel.our_paid_minor,
        },
        "differences": [
            {
                "side": row.side,
                "name": row.name,
                "old_minor": row.old_minor,
                "our_minor": row.our_minor,
                "cause": row.cause,
                "amount_minor": row.amount_minor,
                "facts": row.facts,
                "accepted": row.accepted_at is not None,
            }
            for row in parallel.differences.order_by("position")
        ],
    }


def _in_words(told: dict[str, Any]) -> str:
    from platform_core.money import format_minor

    currency = told["currency"]
    lines = []
    for name, title in (("due", "owed by licensees"), ("paid", "due to payees")):
        sums = told[name]
        old, difference, ours = (
            format_minor(sums[key], currency) for key in ("old_minor", "difference_minor", "our_minor")
        )
        lines.append(f"{told['period']} {title}: old {old}, differences {difference}, ours {ours}")
    for row in told["differences"]:
        facts = ", ".join(f"{key} {value}" for key, value in row["facts"].items() if value)
        amount = format_minor(row["amount_minor"], currency)
        mark = " (accepted)" if row["accepted"] else ""
        lines.append(f"  {row['side']} {row['name']}: {amount} {row['cause']}{f' ({facts})' if facts else ''}{mark}")
    if not told["differences"]:
        lines.append("  nothing differs")
    return "\n".join(lines)


def _tell_mistakes(problem: "WorkbookRejected", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"problem": problem.code, **problem.extra}, ensure_ascii=False, indent=2))
        return
    click.echo(f"lianchi: {problem.detail}", err=True)
    for each in problem.mistakes[:MOST_SHOWN]:
        click.echo(f"  {each.file}:{each.line} {each.column}: {each.message} (found {each.value!r})", err=True)
    if len(problem.mistakes) > MOST_SHOWN:
        click.echo(f"  and {len(problem.mistakes) - MOST_SHOWN} more; --json shows up to 200", err=True)
