"""The commands that show connections and have one asked at once, without waiting for its time."""

import json
import sys
from typing import Any

import click

from platform_site.cli.failing import plain_failures


@click.group(
    "connections",
    short_help="Databases of others that are asked by schedule.",
    epilog="""\
\b
Examples:
  lianchi connections list --alliance uhd
  lianchi connections run "EPO" --alliance uhd --json
""",
)
def connections() -> None:
    """Show the connections of an alliance, or have one asked now."""


@connections.command("list")
@click.option("--alliance", required=True, help="Code of the alliance.")
@click.option("--json", "as_json", is_flag=True, help="One object for each connection, in a list.")
def list_command(alliance: str, as_json: bool) -> None:
    """Show the connections of an alliance, when they are asked next, and how the last time went."""
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            told = [_object(found) for found in _connections(alliance)]
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else "\n".join(map(_in_words, told)))


@connections.command(
    "run",
    epilog="""\
\b
Exit codes: 0 it was asked, or is to go on later; 1 it failed, is being asked already, or is not on.
""",
)
@click.argument("name")
@click.option("--alliance", required=True, help="Code of the alliance.")
@click.option("--json", "as_json", is_flag=True, help="How it went as one object.")
def run_command(name: str, alliance: str, as_json: bool) -> None:
    """Ask the connection called NAME now; Ctrl+C breaks off, and the next run goes on."""
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            told = _asked(name, alliance)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _run_in_words(told))
    if told["state"] == "failed":
        sys.exit(1)


def _connections(alliance: str) -> list[Any]:
    from platform_core.access.actors import COMMAND_LINE, Actor
    from platform_core.connections.models import ConnectionState
    from platform_core.connections.selectors import connections as visible
    from platform_core.identity.models import Alliance

    found = Alliance.objects.filter(code=alliance).first()
    if found is None:
        raise click.ClickException(f"There is no alliance with the code “{alliance}”.")
    rows = visible(actor=Actor.system(COMMAND_LINE)).filter(alliance=found)
    return list(rows.exclude(state=ConnectionState.ENDED).order_by("name", "pk"))


def _asked(name: str, alliance: str) -> dict[str, Any]:
    from platform_core.access.actors import COMMAND_LINE, Actor
    from platform_core.connections.models import RunCause
    from platform_core.connections.services import run_connection

    found = next((one for one in _connections(alliance) if one.name == name), None)
    if found is None:
        raise click.ClickException(f"There is no connection called “{name}” in this alliance.")
    run = run_connection(actor=Actor.system(COMMAND_LINE), connection_id=found.pk, cause=RunCause.COMMAND)
    if run is None:
        raise click.ClickException("It is being asked already, or is not on.")
    counts = ("requests", "asked", "answered", "unchanged", "unknown", "failed")
    return {
        "connection": found.name,
        "state": run.state,
        "detail": run.detail,
        **{count: getattr(run, count) for count in counts},
        "imports": [
            {"id": str(one.pk), "file": one.file_name, "state": one.state} for one in run.imports.order_by("pk")
        ],
        "notes": run.notes,
    }


def _object(found: Any) -> dict[str, Any]:
    last = found.runs.order_by("-pk").first()
    return {
        "id": str(found.pk),
        "name": found.name,
        "kind": found.kind,
        "state": found.state,
        "next_run_at": found.next_run_at.isoformat() if found.next_run_at else None,
        "failures": found.failures,
        "last": {"at": last.begun_at.isoformat(), "state": last.state, "detail": last.detail} if last else None,
    }


def _in_words(told: dict[str, Any]) -> str:
    last = told["last"]
    went = f"; last {last['at']} {last['state']} {last['detail']}".rstrip() if last else ""
    return f"{told['name']} ({told['kind']}): {told['state']}, next {told['next_run_at'] or 'never'}{went}"


def _run_in_words(told: dict[str, Any]) -> str:
    counts = ", ".join(f"{told[name]} {name}" for name in ("asked", "answered", "unchanged", "unknown", "failed"))
    lines = [f"{told['connection']}: {told['state']}; {counts}"]
    if told["detail"]:
        lines.append(told["detail"])
    lines += [f"  import {one['id']} {one['state']}: {one['file']}" for one in told["imports"]]
    lines += [f"  {note['about']}: {note['detail']}" for note in told["notes"]]
    return "\n".join(lines)
