"""By which names and addresses people reach an installation."""

from urllib.parse import urlsplit

from platform_site.environment.reader import Reader


def public_address(reader: Reader, *, dev: bool, port: int, local: bool) -> str:
    """Return the address that people type."""
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


def allowed_hosts(reader: Reader, *, dev: bool, public_url: str, local: bool) -> tuple[str, ...]:
    """Return the names the site answers to."""
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
        return tuple(dict.fromkeys((*here, host_of(public_url))))
    # Health checks inside the machine come by its own name.
    return tuple(dict.fromkeys((*hosts, *here)))


def host_of(public_url: str) -> str:
    """Return the name in an address, as it is written in a request."""
    name = urlsplit(public_url).hostname or "localhost"
    return f"[{name}]" if ":" in name else name


def trusted_origins(reader: Reader, public_url: str) -> tuple[str, ...]:
    """Return the origins that forms are taken from."""
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
