"""The command that takes patents in from a file, as the web application does."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_site.cli.failing import plain_failures

if TYPE_CHECKING:
    from uuid import UUID

    from platform_core.access.actors import Actor

_ORDERS = {"day": "day_first", "month": "month_first"}


@click.command(
    "import",
    short_help="Take patents in from a file of another system.",
    epilog="""\
\b
Examples:
  lianchi patents import list.csv --alliance uhd --dry-run
  lianchi patents import export.xlsx --alliance uhd --owner "Hubei Display Co., Ltd." --json
  lianchi patents import register.csv --alliance uhd --as office
  lianchi patents import --alliance uhd --undo 0199e9a0-7c1e-7d5a-9a53-3f0f6f3f5a11

\b
Exit codes: 0 read (--dry-run), taken in or taken back; 2 the file cannot be read, or rows of it were refused;
1 anything else, and the message says what.
""",
)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--alliance", required=True, help="Code of the alliance on whose register the patents are put.")
@click.option("--dry-run", is_flag=True, help="Say what the file was taken for and what its rows would do; no more.")
@click.option("--owner", help="Social credit code or name of the organisation that owns every patent of the file.")
@click.option("--as", "source_kind", type=click.Choice(["own", "office", "docket"]), help="Whose word the file is.")
@click.option("--take-doubtful", is_flag=True, help="Take doubtful rows in as well.")
@click.option("--encoding", default="", help="How the text is encoded, where it was taken for something else.")
@click.option("--first", type=click.Choice(list(_ORDERS)), help="What comes first in days such as 1/2/13.")
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), help="Write refused rows there, as CSV.")
@click.option("--undo", metavar="ID", help="Take back what an import brought, instead of taking a file in.")
@click.option("--json", "as_json", is_flag=True, help="What came of it as one object.")
def import_command(
    file: Path | None,
    alliance: str,
    dry_run: bool,
    owner: str | None,
    source_kind: str | None,
    take_doubtful: bool,
    encoding: str,
    first: str | None,
    refused: Path | None,
    undo: str | None,
    as_json: bool,
) -> None:
    """Take patents in from FILE, a table or XML of another system.

    Known are tables of CNIPR, incoPat, 智慧芽, Lens, Google Patents and Espacenet, lists that pools publish, any table
    whose headings say what they are, and XML of EPO's OPS and of CNIPA. Rows find their patents by any form of their
    numbers. All rows are taken in or none; repeating it changes nothing. The word of an office or of an agent's docket
    overwrites nothing: where it says otherwise than our record, that is listed under differences.
    """
    if (file is None) == (undo is None):
        raise click.UsageError("Give either a file, or --undo with the id of an import.")
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            choices: dict[str, Any] = {"take_doubtful": take_doubtful}
            if source_kind:
                choices["source_kind"] = source_kind
            if encoding:
                choices["encoding"] = encoding
            if first:
                choices["day_order"] = _ORDERS[first]
            told = _undone(alliance, undo) if undo else _taken(file, alliance, dry_run, owner, choices, refused)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _in_words(told))
    if told["state"] == "refused" or told["counts"].get("refused"):
        sys.exit(2)


def _taken(
    file: Path | None, alliance: str, dry_run: bool, owner: str | None, choices: dict[str, Any], refused: Path | None
) -> dict[str, Any]:
    from platform_core.access.actors import COMMAND_LINE, Actor
    from platform_core.csv_text import csv_bytes
    from platform_core.exchange import services, storage
    from platform_core.exchange.models import ImportState
    from platform_core.exchange.registry import importer_of

    actor = Actor.system(COMMAND_LINE)
    if file is None:
        raise click.UsageError("Give a file.")
    if owner:
        choices = {**choices, "owner_id": str(_owner(owner))}
    with file.open("rb") as source:
        found = services.start_import(
            actor=actor,
            alliance_id=_alliance(alliance).pk,
            subject="patents.patent",
            file=source,
            name=file.name,
            choices=choices,
            in_background=False,
        )
    with _left_as_it_was(actor, found.pk):
        found = services.check_import(actor=actor, import_id=found.pk, progress=_silent)
        importer = importer_of(found.subject)
        if refused and importer and found.state == ImportState.CHECKED:
            headings, *rows = importer.refused(found, storage.file_of(found.pk))
            refused.write_bytes(csv_bytes(headings, rows))
        shown = importer.rows(found, "", 0, 5) if importer and found.state == ImportState.CHECKED else []
        first_rows = [
            {"line": row.line, "outcome": row.outcome, **row.values, "problems": row.problems} for row in shown
        ]
        if dry_run or found.state == ImportState.REFUSED:
            told = {**_object(found), "first_rows": first_rows}
            services.discard_import(actor=actor, import_id=found.pk)
            return told
        services.begin_import(actor=actor, import_id=found.pk, in_background=False)
        found = services.apply_import(actor=actor, import_id=found.pk, progress=_silent)
    return {**_object(found), "first_rows": first_rows}


def _undone(alliance: str, import_id: str) -> dict[str, Any]:
    from uuid import UUID

    from platform_core.access.actors import COMMAND_LINE, Actor
    from platform_core.exchange import services
    from platform_core.exchange.models import Import

    try:
        wanted = UUID(import_id)
    except ValueError:
        raise click.UsageError("The id of an import looks like 0199e9a0-7c1e-7d5a-9a53-3f0f6f3f5a11.") from None
    if not Import.objects.filter(pk=wanted, alliance=_alliance(alliance)).exists():
        raise click.ClickException(f"The alliance “{alliance}” has no such import.")
    actor = Actor.system(COMMAND_LINE)
    with _left_as_it_was(actor, wanted):
        services.begin_undoing(actor=actor, import_id=wanted, in_background=False)
        return _object(services.undo_import(actor=actor, import_id=wanted, progress=_silent))


@contextmanager
def _left_as_it_was(actor: "Actor", import_id: "UUID") -> Iterator[None]:
    """Let an import that was begun go back to where it can be tried again, if the work on it breaks off."""
    from django.db import transaction

    from platform_core.exchange import services

    try:
        yield
    except BaseException:
        with transaction.atomic():
            services.note_failed_work(actor=actor, import_id=import_id, why="It was broken off. Try it again.")
        raise


def _silent(done: int, total: int) -> None:
    """Tell nobody how far it is."""


def _alliance(code: str) -> Any:
    from platform_core.identity.models import Alliance

    found = Alliance.objects.filter(code=code).first()
    if found is None:
        raise click.ClickException(f"There is no alliance with the code “{code}”.")
    return found


def _owner(told: str) -> Any:
    from django.db.models import Q

    from platform_core.identity.models import Organisation

    found = Organisation.objects.filter(Q(uscc=told) | Q(name_zh=told) | Q(name_en=told), merged_into__isnull=True)
    if len(found) != 1:
        raise click.ClickException(f"{len(found)} organisations are called “{told}”: name one by its credit code.")
    return found[0].pk


def _object(found: Any) -> dict[str, Any]:
    return {
        "id": str(found.pk),
        "state": found.state,
        "file": found.file_name,
        "detail": found.detail,
        "told": found.told,
        "counts": found.counts,
    }


def _in_words(told: dict[str, Any]) -> str:
    lines = [f"{told['file']}: {told['state']}"]
    if told["detail"]:
        lines.append(told["detail"])
    read = told["told"]
    if read.get("profile"):
        sure = "" if read.get("verified") else " (unverified: never tried on a real file of this system)"
        lines.append(f"read as {read['profile']}{sure}, {read['kind']} {read.get('encoding', '')}".rstrip())
    if told["counts"]:
        lines.append(", ".join(f"{count} {outcome}" for outcome, count in told["counts"].items()))
    lines += [
        f"  line {row['line']} {row['outcome']}: {row['publication'] or row['application']} {row['title']}"
        for row in told.get("first_rows", ())
    ]
    lines.append(f"id {told['id']}")
    return "\n".join(lines)
