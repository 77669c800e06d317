"""What the `lianchi` command does with rates of exchange."""

import tempfile
from pathlib import Path
from uuid import UUID

import click

from platform_site.cli.failing import plain_failures


@click.group(short_help="Take in reference rates of the European Central Bank.")
def rates() -> None:
    """Work with rates of exchange, at which members are paid in other currencies.

    What is taken in here is used once a person of finance confirmed it.
    """


@rates.command("take", short_help="Take in a file of reference rates.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--entity", type=click.UUID, required=True, help="The id of the operating entity.")
def take(file: Path, entity: UUID) -> None:
    """Take in a file of the European Central Bank's reference rates: eurofxref as CSV or XML."""
    with plain_failures():
        _take(file, entity)


@rates.command("fetch", short_help="Fetch the reference rates from where ECB_RATES_URL says.")
@click.option("--entity", type=click.UUID, required=True, help="The id of the operating entity.")
def fetch(entity: UUID) -> None:
    """Fetch the European Central Bank's reference rates, and take them in; ECB_RATES_URL says where they are."""
    with plain_failures():
        from platform_site.environment import read_environment

        address = read_environment().ecb_rates_url
        if not address:
            raise click.ClickException("Set ECB_RATES_URL to where the rates are, or take in a file.")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rates"
            from licensing.distribution.exchange.fetching import fetch_rates
            from platform_core.exchange.reading import UnreadableFile

            try:
                fetch_rates(address, path)
            except UnreadableFile as problem:
                raise click.ClickException(problem.detail) from None
            _take(path, entity)


def _take(path: Path, entity: UUID) -> None:
    from platform_site.running import site_with_database

    with site_with_database() as site:
        site.bring_up_to_date()
        from licensing.distribution.exchange.services import take_reference_rates
        from platform_core.access.actors import COMMAND_LINE, Actor

        sheet = take_reference_rates(actor=Actor.system(COMMAND_LINE), operating_entity_id=entity, path=path)
        told = f"{sheet.rates_count} rates from {sheet.first_on} to {sheet.last_on}"
    click.echo(f"{told}: a person of finance has to confirm them before they are used.")
