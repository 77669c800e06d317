"""How the command ends when something cannot be done: one clear message, exit code 1, no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from platform_site.database.problems import DatabaseProblem
from platform_site.environment import EnvironmentProblem


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn the mistakes a person can mend into a message on the error stream."""
    try:
        yield
    except (DatabaseProblem, EnvironmentProblem) as problem:
        click.echo(f"lianchi: {problem}", err=True)
        sys.exit(1)
