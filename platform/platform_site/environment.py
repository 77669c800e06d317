"""The settings of an installation, read from the environment and checked all at once before anything starts."""

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platform_core.secrets import Keyring
from platform_site.database.urls import DatabaseUrl

Value = TypeVar("Value")

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder, where this package is used from a clone."""

VARIABLES = (
    "AGGREGATE_PERCENT",
    "AGGREGATE_REPORTERS",
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "BIND",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_OWNER_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "ENCRYPTION_KEYS",
    "HSTS_SECONDS",
    "LIANCHI_DEV",
    "LOG_LEVEL",
    "METRICS_TOKEN",
    "MAIL_FROM",
    "MESSAGE_ADAPTERS",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_ISSUER",
    "OIDC_NAME",
    "PORT",
    "PUBLIC_URL",
    "RATE_LIMIT_ADDRESS",
    "RATE_LIMIT_PERSON",
    "REDIS_URL",
    "RUN_JOBS",
    "SECRET_KEY",
    "SESSION_HOURS",
    "SESSION_IDLE_MINUTES",
    "SMTP_URL",
    "SSL_REDIRECT",
    "TIME_ZONE",
    "WEBHOOKS_TO_PRIVATE_ADDRESSES",
)
"""Everything that may be set, as `.env.example` explains it."""

SHORTEST_SECRET = 50
SHORTEST_TOKEN = 24
FEWEST_DIFFERENT = 10
HSTS_SECONDS = 31_536_000
_ADAPTERS = "platform_core.messaging.adapters"
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True)
class SettingProblem:
    """One mistake in the environment: which variable, what was found there, and what to write."""

    variable: str
    found: str
    write: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.found}. {self.write}"


class EnvironmentProblem(Exception):
    """The environment holds mistakes; the message lists every one of them."""

    def __init__(self, problems: list[SettingProblem]) -> None:
        self.problems = problems
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"Lianchi cannot start: {count} wrong.\n{lines}")


@dataclass(frozen=True)
class Environment:
    """What an installation was told, complete and consistent."""

    dev: bool
    data_dir: Path
    secret_key: str = field(repr=False)
    database: DatabaseUrl | None
    database_owner: DatabaseUrl | None
    redis_url: str | None = field(repr=False)
    allowed_hosts: tuple[str, ...]
    public_url: str
    trusted_origins: tuple[str, ...]
    ssl_redirect: bool
    behind_proxy: bool
    hsts_seconds: int
    rate_limit_person: int
    rate_limit_address: int
    metrics_token: str = field(repr=False)
    webhooks_to_private_addresses: bool
    bind: str
    port: int
    port_is_chosen: bool
    run_jobs: bool
    time_zone: str
    log_level: str
    encryption_keys: tuple[str, ...] = field(repr=False)
    session_hours: int
    session_idle_minutes: int
    smtp_url: str = field(repr=False)
    mail_from: str
    message_adapters: Mapping[str, str]
    oidc: "OidcProvider | None"
    aggregate_reporters: int
    aggregate_percent: int

    @property
    def embedded(self) -> bool:
        """Whether the site brings its own PostgreSQL, because it was pointed at no other."""
        return self.database is None

    @property
    def embedded_folder(self) -> Path:
        """Where the site's own PostgreSQL lives."""
        return self.data_dir / "postgres"

    @property
    def https(self) -> bool:
        """Whether people reach the site by https, so that cookies may travel that way only."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True)
class OidcProvider:
    """An organisation's own sign-in (OpenID Connect)."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


class _Reader:
    """Reads variables one by one and collects the mistakes."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[SettingProblem] = []

    def wrong(self, variable: str, found: str, write: str) -> None:
        self.problems.append(SettingProblem(variable, found, write))

    def text(self, variable: str) -> str | None:
        """Return a variable's text; an empty one counts as not given, as Compose files write it so."""
        if variable not in VARIABLES:
            raise KeyError(f"{variable} is not among the documented settings")
        return self.environ.get(variable, "").strip() or None

    def read(self, variable: str, parse: Callable[[str], Value], default: Value, *, write: str) -> Value:
        text = self.text(variable)
        if text is None:
            return default
        try:
            return parse(text)
        except ValueError as problem:
            because = f" ({problem})" if str(problem) else ""
            self.wrong(variable, f"found {text!r}{because}", write)
            return default

    def flag(self, variable: str, *, default: bool) -> bool:
        return self.read(variable, _flag, default, write="Write 1 or 0.")

    def words(self, variable: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in (self.text(variable) or "").split(",") if word.strip())

    def address(self, variable: str) -> DatabaseUrl | None:
        """Read a database's address without ever repeating it: it carries a password."""
        text = self.text(variable)
        if text is None:
            return None
        try:
            return DatabaseUrl.parse(text)
        except ValueError as problem:
            self.wrong(
                variable, f"this is no PostgreSQL address: {problem}", "Write postgresql://role:password@host/name."
            )
            return None


def read_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """Read and check the settings; EnvironmentProblem names every mistake at once."""
    reader = _Reader(os.environ if environ is None else environ)
    dev = reader.flag("LIANCHI_DEV", default=False)
    data_dir = reader.read("DATA_DIR", _folder, ROOT / "var", write="Write the absolute path of a folder.")
    database, owner = _databases(reader)
    port = reader.read("PORT", _port, 8000, write="Write a number from 1 to 65535.")
    public_url = _public_url(reader, dev=dev, port=port, local=database is None)
    environment = Environment(
        dev=dev,
        data_dir=data_dir,
        secret_key=_given_secret(reader, required=not dev and database is not None, dev=dev),
        database=database,
        database_owner=owner,
        redis_url=_redis_url(reader),
        allowed_hosts=_allowed_hosts(reader, dev=dev, public_url=public_url, local=database is None),
        public_url=public_url,
        trusted_origins=_trusted_origins(reader, public_url),
        ssl_redirect=reader.flag("SSL_REDIRECT", default=public_url.startswith("https://")),
        behind_proxy=reader.flag("BEHIND_PROXY", default=False),
        hsts_seconds=reader.read(
            "HSTS_SECONDS", _count, 0 if dev else HSTS_SECONDS, write="Write a number of seconds, 0 for none."
        ),
        bind=reader.text("BIND") or "127.0.0.1",
        port=port,
        port_is_chosen=reader.text("PORT") is not None,
        run_jobs=reader.flag("RUN_JOBS", default=True),
        time_zone=reader.read("TIME_ZONE", _zone, "Asia/Shanghai", write="Write a zone's name such as Asia/Shanghai."),
        log_level=reader.read("LOG_LEVEL", _level, "INFO", write="Write DEBUG, INFO, WARNING or ERROR."),
        encryption_keys=_encryption_keys(reader),
        rate_limit_person=reader.read(
            "RATE_LIMIT_PERSON", _count, 1200, write="Write a number of requests a minute, 0 for no limit."
        ),
        rate_limit_address=reader.read(
            "RATE_LIMIT_ADDRESS", _count, 300, write="Write a number of requests a minute, 0 for no limit."
        ),
        metrics_token=_metrics_token(reader),
        webhooks_to_private_addresses=reader.flag("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False),
        session_hours=reader.read("SESSION_HOURS", _above_zero, 12, write="Write a number of hours, 1 or more."),
        session_idle_minutes=reader.read(
            "SESSION_IDLE_MINUTES", _above_zero, 120, write="Write a number of minutes, 1 or more."
        ),
        smtp_url=_smtp_url(reader),
        mail_from=reader.text("MAIL_FROM") or f"Lianchi <lianchi@{urlsplit(public_url).hostname or 'localhost'}>",
        message_adapters=_message_adapters(reader),
        oidc=_oidc(reader, dev=dev),
        aggregate_reporters=reader.read("AGGREGATE_REPORTERS", _reporters, 3, write="Write 3 or a larger number."),
        aggregate_percent=reader.read("AGGREGATE_PERCENT", _percent, 60, write="Write a number from 34 to 60."),
    )
    if not environment.secret_key and not reader.problems:
        # Last, so that no file is written for an environment that is refused.
        environment = replace(environment, secret_key=_kept_secret(reader, data_dir))
    if reader.problems:
        raise EnvironmentProblem(reader.problems)
    return environment


def _given_secret(reader: _Reader, *, required: bool, dev: bool) -> str:
    given = reader.text("SECRET_KEY")
    if given is None:
        if required:
            reader.wrong(
                "SECRET_KEY",
                "it is not set, and sessions are signed with it",
                f"Write at least {SHORTEST_SECRET} random characters, for instance from: "
                f"python3 -c 'import secrets; print(secrets.token_urlsafe(64))'",
            )
        return ""
    if not dev and (len(given) < SHORTEST_SECRET or len(set(given)) < FEWEST_DIFFERENT):
        reader.wrong(
            "SECRET_KEY",
            f"it has {len(given)} characters, {len(set(given))} of them different",
            f"Write at least {SHORTEST_SECRET} random characters.",
        )
    return given


def _kept_secret(reader: _Reader, data_dir: Path) -> str:
    try:
        return kept_secret(data_dir / "secret_key")
    except OSError as problem:
        reader.wrong(
            "DATA_DIR",
            f"the secret key in {data_dir} cannot be read or written ({problem.strerror})",
            "Write a folder that this user may write to, or set SECRET_KEY.",
        )
        return ""


def _encryption_keys(reader: _Reader) -> tuple[str, ...]:
    keys = reader.words("ENCRYPTION_KEYS")
    if keys:
        try:
            Keyring.parse(keys)
        except ValueError as problem:
            reader.wrong(
                "ENCRYPTION_KEYS",
                str(problem),
                "Write id:key, the current one first, separated by commas; a key is 32 random bytes in base64.",
            )
    return keys


def _smtp_url(reader: _Reader) -> str:
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


def _message_adapters(reader: _Reader) -> Mapping[str, str]:
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


def _oidc(reader: _Reader, *, dev: bool) -> OidcProvider | None:
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


def _redis_url(reader: _Reader) -> str | None:
    text = reader.text("REDIS_URL")
    if text is not None and urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        # The text is not repeated: it may carry a password.
        reader.wrong(
            "REDIS_URL", "it does not begin with redis:// or rediss://", "Write redis://host:6379/0, or leave it out."
        )
    return text


def _metrics_token(reader: _Reader) -> str:
    text = reader.text("METRICS_TOKEN") or ""
    if text and (len(text) < SHORTEST_TOKEN or not text.isascii() or " " in text):
        # The text is not repeated: it is a secret.
        reader.wrong("METRICS_TOKEN", "it is too short or has blanks", f"Write {SHORTEST_TOKEN} characters or more.")
    return text


def _databases(reader: _Reader) -> tuple[DatabaseUrl | None, DatabaseUrl | None]:
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


def _public_url(reader: _Reader, *, dev: bool, port: int, local: bool) -> str:
    text = reader.text("PUBLIC_URL")
    if text is None:
        if not dev and not local:
            reader.wrong(
                "PUBLIC_URL", "it is not set", "Write the address people type, such as https://alliance.example.org."
            )
        return f"http://localhost:{port}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        reader.wrong(
            "PUBLIC_URL", f"found {text!r}", "Write scheme and host only, such as https://alliance.example.org."
        )
        return f"http://localhost:{port}"
    if parts.scheme == "http" and not dev and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        reader.wrong(
            "PUBLIC_URL",
            f"found {text!r}: passwords and figures would travel unencrypted",
            "Write the https:// address, or set LIANCHI_DEV=1 for a trial.",
        )
    return text.rstrip("/")


def _allowed_hosts(reader: _Reader, *, dev: bool, public_url: str, local: bool) -> tuple[str, ...]:
    hosts = reader.words("ALLOWED_HOSTS")
    here = ("localhost", "127.0.0.1", "[::1]")
    if any("/" in host or (":" in host.strip("[]") and not host.startswith("[")) for host in hosts):
        reader.wrong(
            "ALLOWED_HOSTS",
            f"found {','.join(hosts)!r}",
            "Write host names only, without scheme or port, separated by commas.",
        )
    if "*" in hosts and not dev:
        reader.wrong(
            "ALLOWED_HOSTS", "found '*', which lets any host name in", "Write the names the site is reached by."
        )
    if not hosts and not dev and not local:
        reader.wrong(
            "ALLOWED_HOSTS", "it is not set", "Write the names the site is reached by, such as alliance.example.org."
        )
    if not hosts:
        return tuple(dict.fromkeys((*here, _host(public_url))))
    # Health checks inside the machine come by its own name.
    return tuple(dict.fromkeys((*hosts, *here)))


def _host(public_url: str) -> str:
    name = urlsplit(public_url).hostname or "localhost"
    return f"[{name}]" if ":" in name else name


def _trusted_origins(reader: _Reader, public_url: str) -> tuple[str, ...]:
    origins = reader.words("CSRF_TRUSTED_ORIGINS")
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            reader.wrong(
                "CSRF_TRUSTED_ORIGINS",
                f"found {origin!r}",
                "Write scheme and host, such as https://alliance.example.org, separated by commas.",
            )
    return tuple(dict.fromkeys((public_url, *origins)))


def kept_secret(path: Path) -> str:
    """Return the secret kept in a file that only its owner may read, making it on the first call."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        if not path.exists():
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(64))
            # A link fails where the file has appeared meanwhile, so two starters end up with one secret.
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return path.read_text().strip()


def _flag(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("it is not absolute")
    if path.exists() and not path.is_dir():
        raise ValueError("it is not a folder")
    return path


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("it is negative")
    return number


def _above_zero(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("it is not above zero")
    return number


def _reporters(text: str) -> int:
    number = int(text)
    if number < 3:
        raise ValueError("sums of fewer than 3 tell of each")
    return number


def _percent(text: str) -> int:
    number = int(text)
    # Below a third, three equal parts could not be told.
    if not 34 <= number <= 60:
        raise ValueError("it is out of range")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise ValueError("it is out of range")
    return number


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError("there is no such zone") from problem
    return text


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError
    return text.upper()
