"""The command that reads patent numbers: no server, no database."""

import json
import sys
from datetime import date, datetime
from typing import Any

import click

from pools.patents.numbers import PatentNumber, Stage, kind_meanings, read_number


@click.command(
    "number",
    short_help="Read patent numbers of any office in any form.",
    epilog="""\
\b
Examples:
  lianchi patents number "CN201310199708.XA" "US 2013/0101709 A1"
  lianchi patents number CN1234567C --published-on 2008-05-21 --json
  cut -d, -f2 list.csv | lianchi patents number - --json

\b
Exit codes: 0 read, whatever was found; with --strict 2 if a number is not valid; 1 anything else.
""",
)
@click.argument("numbers", nargs=-1, required=True)
@click.option("--office", default="", help="Whose they are where they do not say: two letters, as CN.")
@click.option(
    "--stage",
    type=click.Choice([stage.value for stage in Stage]),
    help="What they number, where the same characters can be two things.",
)
@click.option(
    "--published-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of publication: kind codes changed their meaning (CN: C and Y on 2010-04-07).",
)
@click.option(
    "--granted/--not-granted",
    "is_granted",
    default=None,
    help="Whether the right is granted: ZL before a number that is not is a flaw.",
)
@click.option("--json", "as_json", is_flag=True, help="A list of objects, one for each number, in their order.")
@click.option("--strict", is_flag=True, help="Exit with 2 if a number is not valid.")
def number_command(
    numbers: tuple[str, ...],
    office: str,
    stage: str | None,
    published_on: datetime | None,
    is_granted: bool | None,
    as_json: bool,
    strict: bool,
) -> None:
    """Read patent numbers, check their check digits, and write them in the forms that others expect.

    NUMBERS are numbers of applications, publications or grants; - reads them from standard input, one a line.
    """
    texts = [text for given in numbers for text in (_lines() if given == "-" else [given])]
    on = published_on.date() if published_on else None
    chosen = Stage(stage) if stage else None
    read = [(text, read_number(text, office=office.upper(), stage=chosen, is_granted=is_granted)) for text in texts]
    if as_json:
        click.echo(json.dumps([as_object(text, number, on=on) for text, number in read], ensure_ascii=False, indent=2))
    else:
        for text, number in read:
            click.echo(_in_words(text, number, on))
    if strict and not all(number.is_valid for _, number in read):
        sys.exit(2)


def as_object(text: str, number: PatentNumber, *, on: date | None = None) -> dict[str, Any]:
    """Return what is known of a number as JSON has it; null: nothing, or not for this office."""
    return {
        "input": text,
        "canonical": number.canonical or None,
        "office": number.office or None,
        "stage": number.stage,
        "kind": number.kind or None,
        "valid": number.is_valid,
        "check": number.check,
        "check_digit": number.check_digit or None,
        "right": number.right,
        "year": number.year,
        "country": number.country or None,
        "docdb": number.docdb or None,
        "epodoc": number.epodoc or None,
        "printed": number.printed or None,
        "marked_granted": number.is_marked_granted,
        "could_be": list(number.could_be),
        "kind_means": [
            {
                "document": meaning.document,
                "right": meaning.right or None,
                "zh": meaning.zh,
                "en": meaning.en,
                "from": meaning.from_on and meaning.from_on.isoformat(),
                "until": meaning.until_on and meaning.until_on.isoformat(),
            }
            for meaning in kind_meanings(number.office, number.kind, on=on)
        ],
        "flaws": [{"code": flaw.code, "detail": flaw.detail, **dict(flaw.values)} for flaw in number.flaws],
    }


def _lines() -> list[str]:
    return [line.strip() for line in sys.stdin if line.strip()]


def _in_words(text: str, number: PatentNumber, on: date | None) -> str:
    if not number.canonical:
        return f"{text}: {number.flaws[0].detail}"
    parts = [number.canonical, str(number.stage)]
    if number.check:
        parts.append(f"check digit {number.check}")
    if meanings := kind_meanings(number.office, number.kind, on=on):
        parts.append(" or ".join(f"{meaning.en} {meaning.zh}" for meaning in meanings))
    parts += [flaw.detail for flaw in number.flaws]
    return f"{text}: {'; '.join(parts)}"
