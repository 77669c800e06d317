"""The command that changes the encryption key."""

import click

from platform_site.cli.failing import plain_failures


@click.group(short_help="Change the key that secrets are encrypted with.")
def secrets() -> None:
    """Change the key that secrets in the database are encrypted with."""


@secrets.command(
    short_help="Encrypt everything with a new key.",
    epilog="""\
\b
Exit codes: 0 everything is encrypted with the current key; 1 anything else.
""",
)
@click.option("--forget-old", is_flag=True, help="Remove the older keys from the file, once nothing needs them.")
def rotate(forget_old: bool) -> None:
    """Encrypt every secret in the database with a new key; the site may run meanwhile.

    Interrupted, it goes on where it was when it is run again. With ENCRYPTION_KEYS set, put the new key first there and
    restart the site before. Older keys open old backups: --forget-old makes those unreadable.
    """
    with plain_failures():
        from platform_site.running import site_with_database

        with site_with_database() as site:
            site.bring_up_to_date()
            from platform_core.secrets import key_file, keyring
            from platform_core.signin.resealing import keys_in_use, reseal_everything

            file = key_file()
            if file is None:
                click.echo("The keys come from ENCRYPTION_KEYS; the first one there is the current one.")
            elif keys_in_use() - {keyring().current}:
                click.echo("An earlier change was interrupted: going on with it.")
            else:
                with file.changing():
                    file.write(file.ring().with_new())
            count = reseal_everything()
            click.echo(f"{count} rows were encrypted anew; everything has the key {keyring().current} now.")
            if not forget_old:
                return
            if file is None:
                click.echo("Remove the older keys from ENCRYPTION_KEYS yourself.")
                return
            with file.changing():
                if left := keys_in_use() - {keyring().current}:
                    raise click.ClickException(
                        f"Something was encrypted with {', '.join(sorted(left))} meanwhile; repeat."
                    )
                file.write(file.ring().with_current_only())
            click.echo("The older keys are gone.")
