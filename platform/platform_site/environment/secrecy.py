"""Secrets of an installation: given, or made and kept where only its owner reads them."""

import contextlib
import os
import secrets
from pathlib import Path

from platform_core.secrets import Keyring
from platform_site.environment.reader import Reader

SHORTEST_SECRET = 50
SHORTEST_TOKEN = 24
FEWEST_DIFFERENT = 10


def given_secret(reader: Reader, *, required: bool, dev: bool) -> str:
    """Return the secret that was given, or nothing where one may be made."""
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


def secret_of_folder(reader: Reader, data_dir: Path) -> str:
    """Return the secret that the data folder keeps."""
    try:
        return kept_secret(data_dir / "secret_key")
    except OSError as problem:
        reader.wrong(
            "DATA_DIR",
            f"the secret key in {data_dir} cannot be read or written ({problem.strerror})",
            "Write a folder that this user may write to, or set SECRET_KEY.",
        )
        return ""


def encryption_keys(reader: Reader) -> tuple[str, ...]:
    """Return the keys for secrets at rest, if they were given."""
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


def metrics_token(reader: Reader) -> str:
    """Return the token by which measurements may be asked for from elsewhere."""
    text = reader.text("METRICS_TOKEN") or ""
    if text and (len(text) < SHORTEST_TOKEN or not text.isascii() or " " in text):
        # The text is not repeated: it is a secret.
        reader.wrong("METRICS_TOKEN", "it is too short or has blanks", f"Write {SHORTEST_TOKEN} characters or more.")
    return text


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
