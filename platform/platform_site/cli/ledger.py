"""Commands about the books of operating entities: writing them out, and reading them again from the first entry."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_site.cli.failing import plain_failures

if TYPE_CHECKING:
    from platform_core.identity.models import OperatingEntity

FORMS = ("beancount", "hledger", "voucher")


@click.group(short_help="Write the books out, or check them from the first entry.")
def ledger() -> None:
    """Books in double entry: every amount on a screen or statement is reached from their entries."""


@ledger.command(
    "export",
    short_help="Write the books of an operating entity as text.",
    epilog="""\
\b
Examples:
  lianchi ledger export --alliance uhd --entity yinglian --format beancount --out books.beancount
  lianchi ledger export --alliance uhd --entity yinglian --format voucher --out vouchers.csv

\b
Exit codes: 0 written; 1 anything else, and the message says what.
""",
)
@click.option("--alliance", required=True, help="Code of the alliance.")
@click.option("--entity", required=True, help="Code of the operating entity whose books they are.")
@click.option("--format", "form", type=click.Choice(FORMS), required=True, help="What reads it.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
def export_command(alliance: str, entity: str, form: str, out: Path) -> None:
    """Write all entries in the order of their days.

    Vouchers are CSV for 用友 and 金蝶 (unverified: no copy of these programs has read one).
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from platform_core.access.actors import COMMAND_LINE, Actor
            from platform_core.ledger.exporting import export_books

            found = _entity(alliance, entity)
            # With its mark, spreadsheets read the Chinese of a CSV as what it is.
            encoding = "utf-8-sig" if form == "voucher" else "utf-8"
            with out.open("w", encoding=encoding, newline="") as text:
                written = export_books(found.pk, form, text, actor=Actor.system(COMMAND_LINE))
    click.echo(f"{written} entries written to {out}")


@ledger.command(
    "verify",
    short_help="Read the books again from the first entry.",
    epilog="""\
\b
Examples:
  lianchi ledger verify --alliance uhd --entity yinglian
  lianchi ledger verify --alliance uhd --entity yinglian --json

\b
Exit codes: 0 all is well; 2 something is wrong with the books; 1 anything else, and the message says what.
""",
)
@click.option("--alliance", required=True, help="Code of the alliance.")
@click.option("--entity", required=True, help="Code of the operating entity whose books they are.")
@click.option("--json", "as_json", is_flag=True, help="What was found as one object.")
def verify_command(alliance: str, entity: str, as_json: bool) -> None:
    """Check that every entry is whole, balances, says what it said when it was booked, and follows the one before."""
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from platform_core.access.actors import COMMAND_LINE, Actor
            from platform_core.ledger.verifying import flaws

            found = _entity(alliance, entity)
            wrong = list(flaws(found.pk, actor=Actor.system(COMMAND_LINE)))
            entries = found.entries.count()
    if as_json:
        click.echo(json.dumps({"entity": entity, "entries": entries, "wrong": wrong}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(wrong) or f"{entries} entries, all well")
    if wrong:
        sys.exit(2)


def _entity(alliance: str, code: str) -> "OperatingEntity":
    from platform_core.identity.models import OperatingEntity

    found = OperatingEntity.objects.filter(alliance__code=alliance, code=code).first()
    if found is None:
        raise click.ClickException(f"The alliance “{alliance}” has no operating entity with the code “{code}”.")
    return found
