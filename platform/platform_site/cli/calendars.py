"""The command that tells the site on which days a patent office works."""

import json
from pathlib import Path
from typing import Any

import click

from platform_site.cli.failing import plain_failures


@click.command(
    "calendar",
    short_help="Take in the holidays of a patent office, which move due days.",
    epilog="""\
\b
Examples:
  lianchi patents calendar holidays-2027.csv --office CN
  lianchi patents calendar holidays-2027.csv --office CN --year 2027 --json

\b
Exit codes: 0 taken in; 1 anything else, and the message says what.
""",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", required=True, help="Two letters: CN, EP, US, JP or KR.")
@click.option("--year", type=int, help="The year that it is for, if that is not the one most of its days are of.")
@click.option("--json", "as_json", is_flag=True, help="What came of it as one object.")
def calendar_command(file: Path, office: str, year: int | None, as_json: bool) -> None:
    """Take in on which days an office is closed, and which it works in their place.

    FILE is CSV with the columns day (2027-02-08) and state (off or work). It is for one year, and counts for that year
    in place of any file before; what it names of the years beside it is added to what is known of these. In years that
    no file is for, weekends alone move a day. Deadlines follow before the next day begins.
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            told = _taken(file, office.upper(), year)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{told['office']} {told['year']}: {told['days_off']} days off and {told['days_worked']} worked in their place"
        ", instead of what any file for that year said before."
    )
    if told["added_to_other_years"]:
        click.echo(f"Added to what is known of other years: {', '.join(told['added_to_other_years'])}.")
    click.echo("Deadlines follow before the next day begins.")


def _taken(file: Path, office: str, year: int | None) -> dict[str, Any]:
    from platform_core.access.actors import COMMAND_LINE, Actor
    from pools.patents.annuities import BadCalendar, read_calendar
    from pools.upkeep.services import import_office_calendar

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            days = read_calendar(lines)
    except BadCalendar as problem:
        raise click.ClickException(str(problem)) from None
    made = import_office_calendar(
        actor=Actor.system(COMMAND_LINE), office=office, days=days, source=file.name, year=year
    )
    return {
        "id": str(made.pk),
        "office": made.office,
        "source": made.source,
        "year": made.year,
        "days_off": sum(day.year == made.year for day in made.off),
        "days_worked": sum(day.year == made.year for day in made.worked),
        "added_to_other_years": [day.isoformat() for day in made.strays],
    }
