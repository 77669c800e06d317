"""The command that works terms out on one's own machine, with one's own sales. It needs no platform."""

import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import click
from rich.cells import cell_len

from licensing.engine import BundleError
from licensing.terms.simulation.comparing import Compared, Line, compare_simulations
from licensing.terms.simulation.running import Simulated, simulate
from licensing.terms.simulation.tiers import Part
from licensing.terms.wording import compare_terms
from platform_core.money import format_minor, round_half_away

# 2 tells that input was rejected; a wrong call is "anything else", 1.
click.UsageError.exit_code = 1

_MICROS: Final = 10**6


@click.command("simulate", short_help="What terms would give with some sales, beside other terms.")
@click.argument("terms", type=click.Path(path_type=Path))
@click.argument("sales", type=click.Path(path_type=Path))
@click.option("--against", type=click.Path(path_type=Path), help="Other terms, to compare with.")
@click.option("--period", help="What to work out, if the terms do not say: 2025-03, 2025Q1, 2025H1 or 2025.")
@click.option("--skip-rejected", is_flag=True, help="Work out what is sound, and list what was left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", help="Language of differences.")
def simulate_command(
    terms: Path,
    sales: Path,
    against: Path | None,
    period: str | None,
    skip_rejected: bool,
    as_json: bool,
    language: str,
) -> None:
    """Work out what TERMS would give with SALES: what each licence owes, and what each payee is due.

    TERMS is a TOML document. SALES is the folder of a close bundle, whose terms give way to these; or one file of
    sales, invented or one's own, in which each licence is a licensee by itself and members are those whom the
    allocation names. With --against, both stand side by side, and what differs between the terms is said in words.

    \b
    Examples:
      lianchi simulate draft.toml 2025Q1 --against 2025Q1/programme.toml
      lianchi simulate draft.toml my-sales.csv --period 2025 --json

    \b
    Exit status: 0 worked out; 2 input was rejected, and the first of it is shown; 1 anything else.
    """
    try:
        this = simulate(terms, sales, period=period, skip_rejected=skip_rejected)
        other = None
        if against is not None:
            other = simulate(against, sales, period=period or this.terms.period, skip_rejected=skip_rejected)
    except BundleError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    if other is not None and other.terms.currency != this.terms.currency:
        click.echo(
            f"{terms} is in {this.terms.currency}, {against} in {other.terms.currency}: not comparable", err=True
        )
        sys.exit(1)
    sides = [(terms, this)] if other is None or against is None else [(terms, this), (against, other)]
    for path, side in sides:
        _tell_refused(path, side)
    if all(side.is_worked_out for _, side in sides):
        compared = compare_simulations(this, other)
        differences = [] if other is None else [each.said for each in compare_terms(other.terms, this.terms)]
        said = [each.en if language == "en" else each.zh for each in differences]
        if as_json:
            click.echo(json.dumps(_document(compared, sides, said), ensure_ascii=False, indent=2))
        else:
            _print(compared, sides, said)
    elif as_json:
        click.echo(json.dumps({"worked_out": False, "rejected": [side.rejected for _, side in sides]}, indent=2))
    sys.exit(2 if any(side.rejected for _, side in sides) else 0)


def _tell_refused(path: Path, side: Simulated) -> None:
    for note in side.notes:
        click.echo(f"{path.name}: {note}", err=True)
    if side.rejected:
        counts = ", ".join(f"{count} {code}" for code, count in side.rejected.items())
        what = "left out" if side.is_worked_out else "nothing was worked out"
        click.echo(f"{path.name}: rejected {counts}; {what}", err=True)
        for line in side.refused:
            click.echo(f"  {line}", err=True)


def _document(compared: Compared, sides: Sequence[tuple[Path, Simulated]], said: list[str]) -> dict[str, Any]:
    """Say all as plain objects; markets in micros, licences and payees in minor units."""
    this = sides[0][1]
    both = len(sides) > 1

    def amounts(line: Line) -> dict[str, Any]:
        return {"this": line.this, **({"against": line.other, "difference": line.difference} if both else {})}

    return {
        "worked_out": True,
        "currency": this.terms.currency,
        "period": this.terms.period,
        "terms": [str(path) for path, _ in sides],
        "rejected": [side.rejected for _, side in sides],
        "differences": said,
        "markets": [
            {
                "licence": line.key[0],
                "product": line.key[1],
                "made_in": line.key[2],
                "sold_in": line.key[3],
                "units": line.units,
                "rates": list(line.rates),
                **({"against_rates": list(line.other_rates)} if both else {}),
                "billed_micros": amounts(line),
            }
            for line in compared.markets
        ],
        "tiers": [
            {
                "rate": line.key[0],
                "kind": line.key[1],
                "part": line.key[2],
                "above": line.key[3],
                "amount_minor": amounts(line),
            }
            for line in compared.tiers
        ],
        "licences": [{"licence": line.key[0], "due_minor": amounts(line)} for line in compared.licences],
        "payees": [{"payee": line.key[0], "amount_minor": amounts(line)} for line in compared.payees],
        "totals": {
            "due_minor": [sum(side.licences.values()) for _, side in sides],
            "distributed_minor": [sum(side.payees.values()) for _, side in sides],
        },
    }


def _print(compared: Compared, sides: Sequence[tuple[Path, Simulated]], said: list[str]) -> None:
    currency = sides[0][1].terms.currency
    titles = [path.name for path, _ in sides] + (["difference"] if len(sides) > 1 else [])

    def figures(line: Line, *, micros: bool) -> list[str]:
        values = [line.this, line.other, line.difference] if len(sides) > 1 else [line.this]
        whole = [round_half_away(Fraction(value, _MICROS)) if micros else value for value in values]
        return [format_minor(value, currency) for value in whole]

    for sentence in said:
        click.echo(sentence)
    if said:
        click.echo("")
    rows = []
    for line in compared.markets:
        rates = " ".join(line.rates)
        if len(sides) > 1 and line.rates != line.other_rates:
            rates = f"{' '.join(line.other_rates) or '–'} → {rates or '–'}"
        rows.append([*line.key, f"{line.units:,}", rates, *figures(line, micros=True)])
    _table(["licence", "product", "made in", "sold in", "units", "rates", *titles], rows, figures=len(titles))
    click.echo("")
    tiers = [[line.key[0], line.key[1], _part(line), *figures(line, micros=False)] for line in compared.tiers]
    _table(["rate", "kind", "of which", *titles], tiers, figures=len(titles))
    click.echo("")
    owed = [[line.key[0], *figures(line, micros=False)] for line in compared.licences]
    total = Line(
        ("in all",), sum(line.this for line in compared.licences), sum(line.other for line in compared.licences)
    )
    _table(["licence owes", *titles], [*owed, ["in all", *figures(total, micros=False)]], figures=len(titles))
    click.echo("")
    due = [[line.key[0], *figures(line, micros=False)] for line in compared.payees]
    _table(["payee is due", *titles], due, figures=len(titles))


def _part(line: Line) -> str:
    """Say what a line is of a rate: units beyond so many, all of them, or what a limit takes off."""
    _, _, part, above = line.key
    if part != Part.TIER:
        return part
    return f"above {above}" if above else "all"


def _table(header: list[str], rows: list[list[str]], *, figures: int) -> None:
    """Print columns as wide as they need to be, also for characters that take two places; figures to the right."""
    widths = [max(cell_len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    first_figure = len(header) - figures
    for row in [header, *rows]:
        cells = []
        for column, cell in enumerate(row):
            room = " " * (widths[column] - cell_len(cell))
            cells.append(room + cell if column >= first_figure else cell + room)
        click.echo("  ".join(cells).rstrip())
