"""The commands that run a site: up, migrate, worker, status."""

import asyncio
import os
import socket
import sys
import warnings
from contextlib import nullcontext, suppress

import click

from platform_site.cli.data import demo_sign_ins, first_steps, load_demo
from platform_site.cli.failing import plain_failures
from platform_site.database.problems import DatabaseProblem


@click.command(
    short_help="Run the whole site until Ctrl-C.",
    epilog="""\
\b
Examples:
  lianchi up --dev             try it: demo alliance, any free port from 8000 on
  lianchi up --port 9000       on this port or not at all
  BIND=0.0.0.0 lianchi up      for other machines too; then read docs/operations.md

Exit codes: 0 stopped on request; 1 it could not start.
""",
)
@click.option("--dev/--no-dev", default=None, help="For a trial on your own machine: plain http, demo data.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to serve on. Default: PORT, or 8000 or the next.")
@click.option(
    "--demo/--no-demo", default=None, help="Load the demo alliance into an empty database. Default with --dev."
)
def up(dev: bool | None, port: int | None, demo: bool | None) -> None:
    """Run the site: database, tables, pages, live updates and background jobs, until Ctrl-C.

    With DATABASE_URL unset it brings its own PostgreSQL, kept in DATA_DIR/postgres and stopped with the site.
    """
    from platform_site.environment import read_environment
    from platform_site.serving import listen, one_site_per_folder, stopped_by_signals

    if dev is not None:
        os.environ["LIANCHI_DEV"] = "1" if dev else "0"
    if port is not None:
        os.environ["PORT"] = str(port)
    _plain_warnings()
    with suppress(KeyboardInterrupt), stopped_by_signals(), plain_failures():
        environment = read_environment()
        listener = listen(environment.bind, environment.port, chosen=environment.port_is_chosen)
        # The address that is printed, and that forms are accepted from, is the one really listened on.
        os.environ["PORT"] = str(listener.getsockname()[1])
        environment = read_environment()
        # With Redis, several sites may share a folder: live updates reach them all.
        alone = environment.redis_url is None
        with listener, one_site_per_folder(environment.data_dir, environment.public_url) if alone else nullcontext():
            _prepare_and_serve(listener, demo=environment.dev if demo is None else demo)
    click.echo("Stopped.")


def _prepare_and_serve(listener: socket.socket, *, demo: bool) -> None:
    from platform_site.running import site_with_database
    from platform_site.serving import serve

    click.echo("Starting the database ...")
    with site_with_database() as site:
        environment = site.environment
        site.bring_up_to_date()
        if demo:
            load_demo(only_if_empty=True)
        sign_ins = (demo_sign_ins() if environment.dev else []) or first_steps()

        def tell() -> None:
            host, port = listener.getsockname()[:2]
            click.echo(f"\nLianchi is ready at {environment.public_url} (listening on {host}, port {port})\n")
            for line in sign_ins:
                click.echo(f"  {line}")
            click.echo("\nCtrl-C stops it.")

        started = serve(listener, when_ready=tell, log_level=environment.log_level)
    if not started:
        raise DatabaseProblem("The site could not start; the lines above say why.")


@click.command(short_help="Bring the database's tables up to date.")
@click.option("--quiet", is_flag=True, help="Say nothing unless it fails.")
def migrate(quiet: bool) -> None:
    """Bring the database's tables up to date, as the role that owns them.

    `up` does this by itself; with several machines, run it once before starting them.
    """
    _plain_warnings()
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date(verbosity=0 if quiet else 1)


@click.command(short_help="Work off background jobs in an own process.")
def worker() -> None:
    """Work off background jobs in a process of its own, until Ctrl-C.

    `up` works them itself unless RUN_JOBS is 0. Several workers may run on several machines.
    """
    _plain_warnings()
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.require_up_to_date()
            from platform_site.jobs import work_jobs

            click.echo("Working off background jobs. Ctrl-C stops.")
            asyncio.run(work_jobs(until_signal=True))


@click.command(short_help="Say whether the database runs, and where.")
def status() -> None:
    """Say whether this installation's database runs, and from where; exit code 1 if it does not."""
    with plain_failures():
        from platform_site.database.embedded import EmbeddedDatabase
        from platform_site.database.roles import connect
        from platform_site.environment import read_environment

        environment = read_environment()
        if environment.database is not None:
            with connect(environment.database) as connection:
                version = connection.info.server_version // 10000
            click.echo(f"database: PostgreSQL {version} at {environment.database.without_password}")
            return
        found = EmbeddedDatabase(environment.embedded_folder).status()
        if found.running:
            click.echo(f"database: our own, in {environment.embedded_folder}, port {found.port}")
        else:
            click.echo(f"database: our own, in {environment.embedded_folder}, not running (lianchi up starts it)")
            sys.exit(1)


def _plain_warnings() -> None:
    """Show warnings as one line each: they are meant for whoever runs the site."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        click.echo(f"lianchi: warning: {message}", err=True)

    warnings.showwarning = show
