"""The `lianchi` command and its sub-commands; each is imported only when it is asked for."""

import importlib.metadata

import click

from platform_site.cli.commands import Commands

COMMANDS = {
    "up": "platform_site.cli.site:up",
    "migrate": "platform_site.cli.site:migrate",
    "worker": "platform_site.cli.site:worker",
    "status": "platform_site.cli.site:status",
    "import": "platform_site.cli.data:import_bundle",
    "demo": "platform_site.cli.data:demo",
    "admin": "platform_site.cli.data:admin",
    "check-roles": "platform_site.cli.roles:check_roles",
    "audit": "platform_site.cli.audit:audit",
    "secrets": "platform_site.cli.keys:secrets",
    "close": "licensing.engine.cli:close_command",
    "explain": "licensing.engine.cli:explain_command",
    "verify": "licensing.engine.cli:verify_command",
    "simulate": "licensing.terms.simulation.cli:simulate_command",
    "verify-statement": "licensing.distribution.proofs.cli:verify_statement_command",
    "patents": "platform_site.cli.patents:patents",
    "ledger": "platform_site.cli.ledger:ledger",
    "cutover": "platform_site.cli.cutover:cutover",
    "connections": "platform_site.cli.connections:connections",
    "rates": "platform_site.cli.rates:rates",
}
"""Every sub-command and where it is; those of files alone start neither Django nor a database."""


# 2 tells that input was rejected; a wrong call is "anything else".
click.UsageError.exit_code = 1


EPILOG = """\
\b
Examples:
  lianchi up --dev                       a site with a demo alliance, on this machine only
  lianchi close q3-2025 --out results    royalties and shares of one bundle, without any server
  lianchi explain results q3-2025 --payee M1
  lianchi simulate draft.toml q3-2025    what other terms would have given
  lianchi verify-statement mine.json     whether a statement is of a distribution that adds up
  lianchi import q3-2025 --alliance uhd  put the same bundle into the site's database
  lianchi patents number ZL201310199708.X

\b
Exit codes: 0 done; 2 input was rejected (see rejected.csv); 1 anything else, and the message says what.
"""


@click.group(
    cls=Commands, commands_at=COMMANDS, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(importlib.metadata.version("lianchi"), "-V", "--version", prog_name="lianchi")
def main() -> None:
    """Lianchi 联池: the self-hosted platform for patent alliances.

    It keeps an alliance's pools, terms, licences and sales reports, and works out to the cent who owes what
    and who is due what. `up` runs a whole site; `close`, `explain`, `verify`, `simulate` and
    `verify-statement` work on plain files alone.
    Settings come from environment variables: .env.example explains each.
    """
