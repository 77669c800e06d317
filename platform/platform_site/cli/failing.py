"""How the command ends when something cannot be done: one clear message, exit code 1, no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.db import Error as DatabaseError

from licensing.engine.rejects import BundleError
from platform_core.problems import InvalidInput, Problem
from platform_site.database.problems import DatabaseProblem
from platform_site.environment import EnvironmentProblem


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn the mistakes a person can mend into a message on the error stream."""
    try:
        yield
    except (DatabaseProblem, EnvironmentProblem, BundleError) as problem:
        click.echo(f"lianchi: {problem}", err=True)
        sys.exit(1)
    except DatabaseError as problem:
        click.echo(f"lianchi: the database does not do what was asked: {problem}", err=True)
        sys.exit(1)
    except Problem as problem:
        click.echo(f"lianchi: {problem.detail or problem.title}", err=True)
        if isinstance(problem, InvalidInput):
            for mistake in problem.errors:
                click.echo(f"  {mistake.pointer}: {mistake.message}", err=True)
        sys.exit(1)
