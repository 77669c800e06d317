"""The address of a PostgreSQL database, as it stands in one setting."""

from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SCHEMES = ("postgresql", "postgres")
OPTIONS = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "connect_timeout", "application_name"}
)


@dataclass(frozen=True)
class DatabaseUrl:
    """One PostgreSQL database and the role that signs in to it; the password never shows when it is printed."""

    user: str
    password: str = field(repr=False)
    host: str
    port: int
    database: str
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address such as postgresql://role:password@host:5432/name; ValueError says what is wrong with it."""
        try:
            parts = urlsplit(text.strip())
            port = parts.port or 5432
        except ValueError as problem:
            raise ValueError(f"the port or host cannot be read ({problem})") from problem
        if parts.scheme not in SCHEMES:
            raise ValueError("it does not begin with postgresql://")
        database = unquote(parts.path.removeprefix("/"))
        if not database or "/" in database:
            raise ValueError("the name of the database is missing after the host")
        if not parts.username:
            raise ValueError("the role that signs in is missing before the host")
        options = tuple(parse_qsl(parts.query, keep_blank_values=True))
        unknown = [name for name, _ in options if name not in OPTIONS]
        if unknown:
            raise ValueError(f"unknown option {unknown[0]!r}; known are {', '.join(sorted(OPTIONS))}")
        return cls(
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            host=unquote(parts.hostname or ""),
            port=port,
            database=database,
            options=options,
        )

    def __str__(self) -> str:
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        host = f"[{self.host}]" if ":" in self.host else quote(self.host, safe="")
        query = f"?{urlencode(self.options)}" if self.options else ""
        return (
            f"postgresql://{quote(self.user, safe='')}{secret}@{host}:{self.port}"
            f"/{quote(self.database, safe='')}{query}"
        )

    @property
    def without_password(self) -> str:
        """The address as it may be shown."""
        shown = str(replace(self, password=""))
        return shown.replace("@", ":***@", 1) if self.password else shown
