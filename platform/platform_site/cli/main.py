"""The `lianchi` command and its sub-commands; each is imported only when it is asked for."""

import click


@click.group()
def main() -> None:
    """Lianchi 联池: the self-hosted platform for patent alliances."""
