"""What an installation is connected to: mail, messages, sign-in elsewhere, Redis, databases."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from platform_site.database.urls import DatabaseUrl
from platform_site.environment.reader import Reader

_ADAPTERS = "platform_core.messaging.adapters"


@dataclass(frozen=True)
class OidcProvider:
    """An organisation's own sign-in (OpenID Connect)."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


def smtp_url(reader: Reader) -> str:
    """Return the address of the mail server, if there is one."""
    text = reader.text("SMTP_URL") or ""
    parts = urlsplit(text)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    # The text is not repeated: it may carry a password.
    if text and (parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname):
        reader.wrong(
            "SMTP_URL",
            "this is no address of a mail server",
            "Write smtp+starttls://user:password@host:587 or smtps://…",
        )
    elif parts.scheme == "smtp" and not here:
        reader.wrong(
            "SMTP_URL",
            f"mail to {parts.hostname} would travel unencrypted, with links that open accounts",
            "Write smtp+starttls:// or smtps://.",
        )
    return text


def message_adapters(reader: Reader) -> Mapping[str, str]:
    """Return by which class messages of each channel leave."""
    found = {
        "email": f"{_ADAPTERS}.{'SmtpAdapter' if reader.text('SMTP_URL') else 'ConsoleAdapter'}",
        "sms": f"{_ADAPTERS}.ConsoleAdapter",
        "chat": f"{_ADAPTERS}.ConsoleAdapter",
    }
    for word in reader.words("MESSAGE_ADAPTERS"):
        channel, _, path = word.partition("=")
        if channel not in found or not re.fullmatch(r"file|console|[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", path):
            reader.wrong(
                "MESSAGE_ADAPTERS",
                f"found {word!r}",
                "Write email=, sms= or chat= and the path of a class, or file or console, separated by commas.",
            )
            continue
        found[channel] = {"file": f"{_ADAPTERS}.FileAdapter", "console": f"{_ADAPTERS}.ConsoleAdapter"}.get(path, path)
    return found


def oidc(reader: Reader, *, dev: bool) -> OidcProvider | None:
    """Return an organisation's own sign-in, if it is set up whole."""
    issuer, client_id = reader.text("OIDC_ISSUER"), reader.text("OIDC_CLIENT_ID")
    secret = reader.text("OIDC_CLIENT_SECRET")
    if issuer is None and client_id is None and secret is None:
        return None
    missing = [
        name
        for name, value in (("OIDC_ISSUER", issuer), ("OIDC_CLIENT_ID", client_id), ("OIDC_CLIENT_SECRET", secret))
        if value is None
    ]
    for name in missing:
        reader.wrong(name, "it is not set, but other OIDC settings are", "Set issuer, client id and client secret.")
    if issuer is not None and urlsplit(issuer).scheme not in (("https", "http") if dev else ("https",)):
        reader.wrong("OIDC_ISSUER", f"found {issuer!r}", "Write the https:// address of the issuer.")
    return OidcProvider(issuer or "", client_id or "", secret or "", reader.text("OIDC_NAME") or "OpenID Connect")


def redis_url(reader: Reader) -> str | None:
    """Return the address of Redis, if processes share one."""
    text = reader.text("REDIS_URL")
    if text is not None and urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        # The text is not repeated: it may carry a password.
        reader.wrong(
            "REDIS_URL", "it does not begin with redis:// or rediss://", "Write redis://host:6379/0, or leave it out."
        )
    return text


def databases(reader: Reader) -> tuple[DatabaseUrl | None, DatabaseUrl | None]:
    """Return the addresses of the database, as the application's role and as its owner."""
    database, owner = reader.address("DATABASE_URL"), reader.address("DATABASE_OWNER_URL")
    if owner is not None and reader.text("DATABASE_URL") is None:
        reader.wrong(
            "DATABASE_OWNER_URL",
            "it is set, but DATABASE_URL is not",
            "Write the application's address into DATABASE_URL, or leave both out for the embedded database.",
        )
    if (
        database is not None
        and owner is not None
        and (database.host, database.port, database.database) != (owner.host, owner.port, owner.database)
    ):
        reader.wrong(
            "DATABASE_OWNER_URL",
            f"it names {owner.host}:{owner.port}/{owner.database}, DATABASE_URL another database",
            "Write the same host, port and name into both; only the role differs.",
        )
    return database, owner
