"""The commands that put data into a site: import, demo, admin."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_site.cli.failing import plain_failures

if TYPE_CHECKING:
    from licensing.bundles.problems import BundleDiffers, BundleRejected
    from licensing.bundles.services import Imported

MOST_SHOWN = 20


@click.command(
    "import",
    short_help="Take a close bundle into the site's database.",
    epilog="""\
\b
Examples:
  lianchi import q3-2025
  lianchi import q3-2025 --alliance uhd --programme tv

\b
Exit codes: 0 taken in, or everything was there already; 2 the bundle has mistakes; 1 anything else.
""",
)
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--alliance", default="", help="Code of the alliance; made if it is new. Default: from the programme.")
@click.option("--programme", default="", help="Code of the programme; made if it is new. Default: the bundle's id.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def import_bundle(bundle: Path, alliance: str, programme: str, as_json: bool) -> None:
    """Take a close bundle into the site's database: all of it or nothing.

    Members, patents, terms, licences and sales reports that are recorded already are left alone, so importing the
    same bundle again changes nothing. A bundle that contradicts what is recorded is refused with every difference.
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            from licensing.bundles.problems import BundleDiffers, BundleRejected
            from licensing.bundles.services import import_bundle as take_in
            from platform_core.access.actors import COMMAND_LINE, Actor

            def tell(stage: str) -> None:
                if not as_json:
                    click.echo(f"{bundle.name}: {stage}", err=True)

            try:
                imported = take_in(
                    actor=Actor.system(COMMAND_LINE),
                    folder=bundle,
                    alliance_code=alliance,
                    programme_code=programme,
                    progress=tell,
                )
            except BundleRejected as problem:
                _tell_mistakes(problem, as_json=as_json)
                sys.exit(2)
            except BundleDiffers as problem:
                _tell_differences(problem, as_json=as_json)
                sys.exit(1)
            _tell_imported(imported, as_json=as_json)


def _tell_imported(imported: "Imported", *, as_json: bool) -> None:
    if as_json:
        shown = {
            "alliance": imported.alliance_code,
            "programme": imported.programme_code,
            "programme_id": str(imported.programme_id),
            "added": imported.added,
            "unchanged": imported.unchanged,
            "notes": imported.notes,
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for note in imported.notes:
        click.echo(note, err=True)
    where = f"programme {imported.programme_code} of alliance {imported.alliance_code}"
    if imported.changed_nothing:
        click.echo(f"Nothing to do: {where} has all of it already.")
        return
    click.echo(f"Taken into {where}:")
    for kind, count in imported.added.items():
        if count:
            click.echo(f"  {count:>7,} {kind.replace('_', ' ')}")


def _tell_mistakes(problem: "BundleRejected", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"problem": problem.code, **problem.extra}, ensure_ascii=False, indent=2, default=str))
        return
    click.echo(f"lianchi: {problem.detail}", err=True)
    for reject in problem.rejects[:MOST_SHOWN]:
        click.echo(
            f"  {reject.file}:{reject.line} {reject.column}: {reject.message} (found {reject.value!r})", err=True
        )
    if len(problem.rejects) > MOST_SHOWN:
        click.echo(f"  and {len(problem.rejects) - MOST_SHOWN} more; --json shows up to 200", err=True)


def _tell_differences(problem: "BundleDiffers", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"problem": problem.code, **problem.extra}, ensure_ascii=False, indent=2, default=str))
        return
    click.echo(f"lianchi: {problem.detail}", err=True)
    for found in problem.differences[:MOST_SHOWN]:
        click.echo(
            f"  {found.file}:{found.line} {found.row} {found.column}: "
            f"recorded {found.recorded!r}, given {found.given!r}",
            err=True,
        )


@click.command(short_help="Load the demonstration alliance.")
def demo() -> None:
    """Load the demonstration alliance into the database; nothing happens if it is there already.

    Its people can sign in only while the site runs with --dev. Everything in it is invented.
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            if not load_demo():
                click.echo("The demonstration alliance is there already.")
            for line in demo_sign_ins():
                click.echo(line)


def load_demo(*, only_if_empty: bool = False) -> bool:
    """Put the demonstration on record unless it is there, or anything else is where that was asked; say if it was."""
    from platform_core.identity.models import User
    from platform_site.demo.loading import is_loaded, load_demonstration

    if is_loaded() or (only_if_empty and User.objects.exists()):
        return False

    def tell(done: int, total: int, label: str) -> None:
        if sys.stderr.isatty():
            percent = done * 100 // max(total, 1)
            click.echo(f"\r\033[KLoading the demonstration alliance: {percent} %  {label}", err=True, nl=False)

    if not sys.stderr.isatty():
        click.echo("Loading the demonstration alliance ...", err=True)
    load_demonstration(tell)
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    return True


def demo_sign_ins() -> list[str]:
    """Return the lines that tell how to sign in to the demonstration; none where it is not loaded."""
    from platform_site.demo.loading import is_loaded
    from platform_site.demo.people import SIGN_IN_WORD, sign_ins

    if not is_loaded():
        return []
    people = sign_ins()
    width = max(len(person.email) for person in people)
    return [
        f"Demo sign-ins (password {SIGN_IN_WORD}, good only while the site runs with --dev):",
        *(f"  {person.email:<{width}}  {person.name}: {person.told}" for person in people),
    ]


def first_steps() -> list[str]:
    """Return what to do on an installation where nobody can sign in yet; nothing on any other."""
    from platform_core.identity.models import User

    if User.objects.exists():
        return []
    return ["Nobody can sign in yet. Make the first person, in another terminal:", "  lianchi admin --help"]


@click.command(
    short_help="Make the first person of a new installation.",
    epilog="""\
\b
Example:
  lianchi admin wang@example.org --name '王 Wang' --organisation 'Example Association'
""",
)
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--organisation", required=True, help="The organisation that runs this installation.")
@click.password_option(help="Asked for if not given; better not given, as others can see it.")
def admin(email: str, name: str, organisation: str, password: str) -> None:
    """Make the first person of a new installation: a site administrator, who then registers the others.

    A site administrator manages users and settings and has no standing right to read business data.
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            from django.contrib.auth.password_validation import validate_password
            from django.core.exceptions import ValidationError
            from django.db import transaction

            from platform_core.access.actors import COMMAND_LINE, Actor
            from platform_core.identity.roles import Role
            from platform_core.identity.seating import assign_role, open_seat
            from platform_core.identity.services import register_organisation, register_user

            try:
                validate_password(password)
            except ValidationError as problem:
                raise click.ClickException(" ".join(problem.messages)) from problem
            actor = Actor.system(COMMAND_LINE)
            with transaction.atomic():
                body = register_organisation(actor=actor, name_en=organisation)
                user = register_user(actor=actor, email=email, name=name, password=password)
                seat = open_seat(actor=actor, user_id=user.pk, organisation_id=body.pk)
                assign_role(actor=actor, seat_id=seat.pk, role=Role.SITE_ADMIN)
            click.echo(f"{user.email} can sign in now and administers this installation.")
