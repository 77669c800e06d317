"""What the `lianchi` command does with patents."""

import click

from platform_site.cli.commands import Commands

COMMANDS = {
    "number": "pools.patents.numbers.cli:number_command",
    "annuity": "pools.patents.annuities.cli:annuity_command",
}


@click.group(cls=Commands, commands_at=COMMANDS, short_help="Read patent numbers, work out annuities.")
def patents() -> None:
    """Work with patents: their numbers, in any form of any office, and what keeps them in force."""
