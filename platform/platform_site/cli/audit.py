"""The commands around the audit record: seal, verify, head, key, export."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_site.cli.failing import plain_failures

if TYPE_CHECKING:
    from platform_core.audit.heads import Head
    from platform_core.audit.keys import PublicKey
    from platform_core.audit.verifying import Verification

MOST_SHOWN = 20


@click.group(
    short_help="Seal, check and export the audit record.",
    epilog="""\
\b
Examples:
  lianchi audit head > head-2026-06.json     keep this elsewhere, for instance with the alliance's notary
  lianchi audit key > seal-key.pub           and this, once
  lianchi audit verify --head head-2026-06.json --public-key seal-key.pub
  lianchi audit export --format csv > record.csv

\b
Exit codes of verify: 0 sound; 2 something is wrong, and each line says at which row; 1 it could not be checked.
""",
)
def audit() -> None:
    """Seal, check and export the audit record: who did what, in rows that nobody can change unnoticed."""


@audit.command(short_help="Seal what is recorded and not sealed yet.")
def seal() -> None:
    """Number, chain and sign every event that waits; the site does this by itself every five minutes."""
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from platform_core.audit.sealing import seal_events
            from platform_core.clock import SystemClock

            made = seal_events(clock=SystemClock())
            if not made:
                click.echo("Nothing waits for a seal.")
            for new in made:
                click.echo(f"seal {new.number}: rows {new.first_row} to {new.last_row}, head {new.head}")


@audit.command(short_help="Print the signed head of the record, to be kept elsewhere.")
def head() -> None:
    """Print the signed head of the record as JSON; with it, `verify` also finds a cut-off end or a rewritten whole."""
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from platform_core.access.actors import COMMAND_LINE, Actor
            from platform_core.audit.selectors import latest_head

            found = latest_head(actor=Actor.system(COMMAND_LINE))
            if found is None:
                raise click.ClickException("Nothing is sealed yet: run `lianchi audit seal` first.")
            click.echo(json.dumps(found.document(), indent=2))


@audit.command(short_help="Print the public key that seals are checked with.")
def key() -> None:
    """Print the public key of this installation's seals in PEM form, making the key if there is none."""
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from platform_core.audit.keys import seal_key

            click.echo(seal_key().public.pem, nl=False)


@audit.command(short_help="Check the sealed record row by row.")
@click.option(
    "--head",
    "head_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A head that was kept elsewhere: the record must still lead to it.",
)
@click.option(
    "--public-key",
    "key_files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Trust this key alone (may be repeated). Default: those kept beside the data.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def verify(head_file: Path | None, key_files: tuple[Path, ...], as_json: bool) -> None:
    """Check every sealed row against its hash and every seal against its signature.

    Finds a changed, missing, inserted or reordered row by its number, and with a kept head also an end that was cut
    off or a record that was written anew. What is not sealed yet is told as such.
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from platform_core.audit.keys import known_keys
            from platform_core.audit.verifying import verify_record

            kept = _kept(head_file)
            given = [_given_key(path) for path in key_files]
            keys = {found.id: found for found in given} if given else known_keys()
            if kept is not None and kept[1].id not in keys:
                raise click.ClickException(
                    "The kept head is signed with a key that is not trusted here: name it with --public-key."
                )
            result = verify_record(keys=keys, kept=kept[0] if kept else None)
            _tell(result, as_json=as_json)
            if not result.sound:
                sys.exit(2)


@audit.command(short_help="Write the record as CSV or JSON Lines.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="jsonl", show_default=True)
@click.option("--alliance", default="", help="Code of an alliance: only its events.")
@click.option("--from", "from_on", default="", help="First day or instant, such as 2026-01-01.")
@click.option("--to", "to_on", default="", help="Last day, or the instant before which events are taken.")
def export(form: str, alliance: str, from_on: str, to_on: str) -> None:
    """Write the whole record to the standard output, oldest first, with the number of each sealed row."""
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from platform_core.access.actors import COMMAND_LINE, Actor
            from platform_core.audit.exporting import export_events

            actor = Actor.system(COMMAND_LINE)
            for part in export_events(actor=actor, form=form, alliance=alliance, from_=from_on, to=to_on):
                sys.stdout.buffer.write(part)


def _kept(path: Path | None) -> "tuple[Head, PublicKey] | None":
    if path is None:
        return None
    from platform_core.audit.heads import read_head

    try:
        return read_head(path.read_text())
    except (ValueError, OSError) as problem:
        raise click.ClickException(f"{path}: {problem}") from problem


def _given_key(path: Path) -> "PublicKey":
    from platform_core.audit.keys import read_public_key

    try:
        return read_public_key(path.read_text())
    except (ValueError, OSError) as problem:
        raise click.ClickException(f"{path}: {problem}") from problem


def _tell(result: "Verification", *, as_json: bool) -> None:
    oldest = result.oldest_unsealed_at
    if as_json:
        told = {
            "sound": result.sound,
            "rows": result.rows,
            "seals": result.seals,
            "head": result.head,
            "unsealed": result.unsealed,
            "oldest_unsealed_at": oldest.isoformat() if oldest else None,
            "findings": [
                {"fault": found.fault.value, "row": found.row, "seal": found.seal, "text": found.text}
                for found in result.findings
            ],
        }
        click.echo(json.dumps(told, indent=2))
        return
    for found in result.findings[:MOST_SHOWN]:
        click.echo(f"WRONG  {found.text}")
    if len(result.findings) > MOST_SHOWN:
        click.echo(f"       and {len(result.findings) - MOST_SHOWN} more; --json shows all")
    click.echo(f"{result.rows:,} rows under {result.seals:,} seals checked, {len(result.findings):,} found wrong")
    click.echo(f"head {result.head}")
    if result.unsealed and oldest is not None:
        click.echo(f"not sealed yet: {result.unsealed:,} events, the oldest of {oldest.isoformat()}")
