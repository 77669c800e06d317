"""Everything that may be set, and the reading of it one by one."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from platform_site.database.urls import DatabaseUrl
from platform_site.environment.problems import SettingProblem
from platform_site.environment.values import yes_or_no

Value = TypeVar("Value")


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
    "FONT_DIR",
    "HSTS_SECONDS",
    "LIANCHI_DEV",
    "LICENCE_REQUESTS_KEPT_DAYS",
    "LOG_LEVEL",
    "METRICS_TOKEN",
    "MAIL_FROM",
    "MESSAGE_ADAPTERS",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_ISSUER",
    "OIDC_NAME",
    "OPS_URL",
    "ECB_RATES_URL",
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
    "STRIPE_URL",
    "TIME_ZONE",
    "WEBHOOKS_TO_PRIVATE_ADDRESSES",
)
"""Everything that may be set, as `.env.example` explains it."""


class Reader:
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
        return self.read(variable, yes_or_no, default, write="Write 1 or 0.")

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
