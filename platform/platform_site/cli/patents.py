"""What the `lianchi` command does with patents."""

import click

from platform_site.cli.commands import Commands

COMMANDS = {
    "import": "platform_site.cli.imports:import_command",
    "number": "pools.patents.numbers.cli:number_command",
    "calendar": "platform_site.cli.calendars:calendar_command",
    "annuity": "pools.patents.annuities.cli:annuity_command",
}


@click.group(cls=Commands, commands_at=COMMANDS, short_help="Take patents in, read numbers, work out annuities.")
def patents() -> None:
    """Work with patents: take them in from files, read their numbers, and see what keeps them in force."""
