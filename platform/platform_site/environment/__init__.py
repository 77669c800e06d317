"""The settings of an installation, read from the environment and checked all at once before anything starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from platform_site.database.urls import DatabaseUrl
from platform_site.environment.addresses import allowed_hosts, public_address, trusted_origins
from platform_site.environment.problems import EnvironmentProblem, SettingProblem
from platform_site.environment.reader import VARIABLES, Reader
from platform_site.environment.secrecy import (
    encryption_keys,
    given_secret,
    kept_secret,
    metrics_token,
    secret_of_folder,
)
from platform_site.environment.services import OidcProvider, databases, message_adapters, oidc, redis_url, smtp_url
from platform_site.environment.values import (
    above_zero,
    folder,
    log_level,
    longer_than_answers,
    percentage,
    port_number,
    reporters,
    time_zone,
    web_address,
    whole_number,
)

__all__ = ["VARIABLES", "Environment", "EnvironmentProblem", "SettingProblem", "kept_secret", "read_environment"]

ROOT = Path(__file__).resolve().parents[3]
"""The project's folder, where this package is used from a clone."""

FONT_DIR = ROOT / "frontend" / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
"""Where the installation of the web pages puts the font that documents are set in."""

OPS_URL = "https://ops.epo.org"
STRIPE_URL = "https://api.stripe.com"
"""EPO's Open Patent Services."""

HSTS_SECONDS = 31_536_000


@dataclass(frozen=True)
class Environment:
    """What an installation was told, complete and consistent."""

    dev: bool
    data_dir: Path
    font_dir: Path
    secret_key: str = field(repr=False)
    database: DatabaseUrl | None
    database_owner: DatabaseUrl | None
    redis_url: str | None = field(repr=False)
    allowed_hosts: tuple[str, ...]
    public_url: str
    trusted_origins: tuple[str, ...]
    ssl_redirect: bool
    proxies: int
    hsts_seconds: int
    rate_limit_person: int
    rate_limit_address: int
    metrics_token: str = field(repr=False)
    webhooks_to_private_addresses: bool
    ops_url: str
    ecb_rates_url: str
    stripe_url: str
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
    licence_requests_kept_days: int

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


def read_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """Read and check the settings; EnvironmentProblem names every mistake at once."""
    reader = Reader(os.environ if environ is None else environ)
    dev = reader.flag("LIANCHI_DEV", default=False)
    data_dir = reader.read("DATA_DIR", folder, ROOT / "var", write="Write the absolute path of a folder.")
    database, owner = databases(reader)
    port = reader.read("PORT", port_number, 8000, write="Write a number from 1 to 65535.")
    public_url = public_address(reader, dev=dev, port=port, local=database is None)
    environment = Environment(
        dev=dev,
        data_dir=data_dir,
        font_dir=reader.read("FONT_DIR", folder, FONT_DIR, write="Write the absolute path of a folder with fonts."),
        secret_key=given_secret(reader, required=not dev and database is not None, dev=dev),
        database=database,
        database_owner=owner,
        redis_url=redis_url(reader),
        allowed_hosts=allowed_hosts(reader, dev=dev, public_url=public_url, local=database is None),
        public_url=public_url,
        trusted_origins=trusted_origins(reader, public_url),
        ssl_redirect=reader.flag("SSL_REDIRECT", default=public_url.startswith("https://")),
        proxies=reader.read(
            "BEHIND_PROXY", whole_number, 0, write="Write how many proxies stand in front, 0 for none."
        ),
        hsts_seconds=reader.read(
            "HSTS_SECONDS", whole_number, 0 if dev else HSTS_SECONDS, write="Write a number of seconds, 0 for none."
        ),
        bind=reader.text("BIND") or "127.0.0.1",
        port=port,
        port_is_chosen=reader.text("PORT") is not None,
        run_jobs=reader.flag("RUN_JOBS", default=True),
        time_zone=reader.read(
            "TIME_ZONE", time_zone, "Asia/Shanghai", write="Write a zone's name such as Asia/Shanghai."
        ),
        log_level=reader.read("LOG_LEVEL", log_level, "INFO", write="Write DEBUG, INFO, WARNING or ERROR."),
        encryption_keys=encryption_keys(reader),
        rate_limit_person=reader.read(
            "RATE_LIMIT_PERSON", whole_number, 1200, write="Write a number of requests a minute, 0 for no limit."
        ),
        rate_limit_address=reader.read(
            "RATE_LIMIT_ADDRESS", whole_number, 300, write="Write a number of requests a minute, 0 for no limit."
        ),
        metrics_token=metrics_token(reader),
        webhooks_to_private_addresses=reader.flag("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False),
        stripe_url=reader.read("STRIPE_URL", web_address, STRIPE_URL, write=f"Write an address such as {STRIPE_URL}."),
        ops_url=reader.read("OPS_URL", web_address, OPS_URL, write=f"Write an address such as {OPS_URL}."),
        ecb_rates_url=reader.read(
            "ECB_RATES_URL", web_address, "", write="Write an address such as https://example.org."
        ),
        session_hours=reader.read("SESSION_HOURS", above_zero, 12, write="Write a number of hours, 1 or more."),
        session_idle_minutes=reader.read(
            "SESSION_IDLE_MINUTES", above_zero, 120, write="Write a number of minutes, 1 or more."
        ),
        smtp_url=smtp_url(reader),
        mail_from=reader.text("MAIL_FROM") or f"Lianchi <lianchi@{urlsplit(public_url).hostname or 'localhost'}>",
        message_adapters=message_adapters(reader),
        oidc=oidc(reader, dev=dev),
        aggregate_reporters=reader.read("AGGREGATE_REPORTERS", reporters, 3, write="Write 3 or a larger number."),
        aggregate_percent=reader.read("AGGREGATE_PERCENT", percentage, 60, write="Write a number from 34 to 60."),
        licence_requests_kept_days=reader.read(
            "LICENCE_REQUESTS_KEPT_DAYS", longer_than_answers, 365, write="Write a number of days, 31 or more."
        ),
    )
    if not environment.secret_key and not reader.problems:
        # Last, so that no file is written for an environment that is refused.
        environment = replace(environment, secret_key=secret_of_folder(reader, data_dir))
    if reader.problems:
        raise EnvironmentProblem(reader.problems)
    return environment
