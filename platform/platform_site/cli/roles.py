"""The command that checks whether each decision of two has two people."""

import sys

import click

from platform_site.cli.failing import plain_failures


@click.command(
    "check-roles",
    short_help="Check that each decision of two people has two.",
    epilog="""\
\b
Example:
  lianchi check-roles uhd

\b
Exit codes: 0 every decision has two independent people; 2 some decision has not; 1 anything else.
""",
)
@click.argument("alliance")
def check_roles(alliance: str) -> None:
    """Check that each decision that takes two people has two whose roles count today; ALLIANCE is its code.

    One person with two seats is one person, people tied to the same member or licensee are not independent, and a
    role that a conflict of interest takes away does not count. Where two people are missing the platform refuses to
    launch a programme, to begin a close or a review, and to end the role of one of the last two unless it is said why
    that is urgent.
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            from platform_core.access.actors import COMMAND_LINE, Actor
            from platform_core.identity.models import Alliance
            from platform_core.identity.role_plan import role_plan

            found = Alliance.objects.filter(code=alliance).first()
            if found is None:
                raise click.ClickException(f"There is no alliance with the code “{alliance}”.")
            lacking = 0
            for planned in role_plan(found, actor=Actor.system(COMMAND_LINE)):
                where = f" at {planned.operating_entity.code}" if planned.operating_entity else ""
                people = ", ".join(person.name for person in planned.people) or "nobody"
                lacking += not planned.enough
                tied = ", tied to the same member or licensee" if planned.tied else ""
                click.echo(f"{'ok  ' if planned.enough else 'LACK'} {planned.decision}{where}: {people}{tied}")
            if lacking:
                of_them = "1 decision lacks" if lacking == 1 else f"{lacking} decisions lack"
                click.echo(f"{of_them} two independent people: give the roles, then check again", err=True)
                sys.exit(2)
