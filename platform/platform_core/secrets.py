"""Secrets at rest: encrypted and authenticated, bound to the row and column they stand in, under keys that can change.

A sealed text is `v1.<key id>.<nonce and ciphertext>` (AES-256-GCM). What it is bound to is not part of it: a value that
is copied to another row or column does not open there.
"""

import base64
import binascii
import contextlib
import fcntl
import os
import re
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
VERSION: Final = "v1"
KEY_FILE: Final = "encryption_keys"

_KEY_ID: Final = re.compile(r"[a-z0-9]{1,16}")


class CannotOpen(Exception):
    """A sealed text was changed, moved from where it belongs, or sealed with a key that is not there."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of an installation: the first one seals, all of them open."""

    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return next(iter(self.keys))

    @classmethod
    def parse(cls, lines: Sequence[str]) -> Self:
        """Read keys written `id:base64`, the current one first; ValueError says what is wrong without repeating it."""
        keys: dict[str, bytes] = {}
        for number, line in enumerate((line.strip() for line in lines if line.strip()), 1):
            key_id, _, text = line.partition(":")
            if not _KEY_ID.fullmatch(key_id):
                raise ValueError(f"key {number} has no id of small letters and digits before a colon")
            try:
                key = base64.b64decode(text, validate=True)
            except binascii.Error:
                raise ValueError(f"key {number} is not written in base64") from None
            if len(key) != KEY_BYTES:
                raise ValueError(f"key {number} has {len(key)} bytes instead of {KEY_BYTES}")
            if key_id in keys:
                raise ValueError(f"the id {key_id!r} stands there twice")
            keys[key_id] = key
        if not keys:
            raise ValueError("there is no key")
        return cls(keys)

    def lines(self) -> list[str]:
        """Write the keys as `parse` reads them."""
        return [f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in self.keys.items()]

    def with_new(self) -> Self:
        """Return the ring with a new key, which seals from now on."""
        number = 1 + max((int(key_id[1:]) for key_id in self.keys if re.fullmatch(r"k[0-9]{1,9}", key_id)), default=0)
        return type(self)({f"k{number}": secrets.token_bytes(KEY_BYTES), **self.keys})

    def with_current_only(self) -> Self:
        """Return the ring without the keys that only open."""
        return type(self)({self.current: self.keys[self.current]})

    def seal(self, text: str, *, bound_to: str) -> str:
        """Encrypt a text so that it opens only with the same binding."""
        nonce = os.urandom(NONCE_BYTES)
        head = f"{VERSION}.{self.current}"
        cipher = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), _associated(head, bound_to))
        return f"{head}.{base64.urlsafe_b64encode(nonce + cipher).decode()}"

    def open(self, sealed: str, *, bound_to: str) -> str:
        """Decrypt a sealed text; CannotOpen if it was changed or moved, or its key is gone."""
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        if version != VERSION or not body:
            raise CannotOpen("this is not a sealed text")
        if key_id not in self.keys:
            raise CannotOpen(f"the key {key_id!r} is not among the encryption keys")
        try:
            raw = base64.urlsafe_b64decode(body)
            clear = AESGCM(self.keys[key_id]).decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], _associated(f"{VERSION}.{key_id}", bound_to)
            )
        except (InvalidTag, ValueError):
            raise CannotOpen("this was changed, or does not belong here") from None
        return clear.decode()


def key_id_of(sealed: str) -> str:
    """Return which key a sealed text was sealed with."""
    return sealed.split(".", 2)[1] if sealed.count(".") >= 2 else ""


def _associated(head: str, bound_to: str) -> bytes:
    return f"lianchi\x1f{head}\x1f{bound_to}".encode()


class KeyFile:
    """The file that keeps the keys where the environment gives none; readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int], Keyring] | None = None

    def ring(self) -> Keyring:
        """Return the keys as they stand in the file now, made on the first call."""
        with self._lock:
            try:
                state = self.path.stat()
            except FileNotFoundError:
                self._make()
                state = self.path.stat()
            stamp = (state.st_ino, state.st_mtime_ns)
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, Keyring.parse(self.path.read_text().splitlines()))
            return self._read[1]

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Keep others from changing the file meanwhile."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path.with_name(f"{self.path.name}.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def write(self, ring: Keyring) -> None:
        """Replace the file's keys, whole or not at all."""
        aside = self._write_aside(ring)
        os.replace(aside, self.path)

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._write_aside(Keyring({"k1": secrets.token_bytes(KEY_BYTES)}))
        # A link fails where the file has appeared meanwhile, so two starters end up with one key.
        with contextlib.suppress(FileExistsError):
            os.link(aside, self.path)
        aside.unlink()

    def _write_aside(self, ring: Keyring) -> Path:
        aside = self.path.with_name(f"{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(ring.lines()) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return aside


if TYPE_CHECKING:
    _Text = models.TextField[Any, Any]
else:
    _Text = models.TextField

_files: dict[Path, KeyFile] = {}


def key_file() -> KeyFile | None:
    """Return the file the keys are kept in; None where the environment gives them."""
    if settings.ENCRYPTION_KEYS:
        return None
    path = Path(settings.DATA_DIR) / KEY_FILE
    return _files.setdefault(path, KeyFile(path))


def keyring() -> Keyring:
    """Return the keys in force."""
    file = key_file()
    return file.ring() if file is not None else Keyring.parse(settings.ENCRYPTION_KEYS)


def seal(text: str, *, bound_to: str) -> str:
    """Encrypt a text for one place, such as `messaging.message.values:<id>`."""
    return keyring().seal(text, bound_to=bound_to)


def unseal(sealed: str, *, bound_to: str) -> str:
    """Decrypt what was sealed for a place."""
    return keyring().open(sealed, bound_to=bound_to)


class EncryptedField(_Text):
    """A text that stands encrypted in the database, bound to its model, column and row; blank stays blank.

    The row's key must be known when it is saved, as ours always is (UUIDv7, made beforehand). Nothing can be filtered
    by it. On an instance the attribute is clear text, opened as it is read for the first time.
    """

    description = "Text, encrypted at rest"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Put the attribute that opens and keeps the clear text on the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _ClearText(self))

    def bound_to(self, row: models.Model) -> str:
        """Return the place a row's value is sealed for."""
        return place_of(self.model, self.attname, row.pk)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> "_Sealed | None":
        """Mark what comes from the database as sealed."""
        return None if value is None else _Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal the clear text for its row."""
        kept = model_instance.__dict__.get(self.attname)
        if isinstance(kept, _Sealed) or not kept:
            return "" if kept is None and not self.null else kept
        return _Sealed(seal(str(kept), bound_to=self.bound_to(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        """Let only sealed text reach the database."""
        if value and not isinstance(value, _Sealed):
            raise TypeError(f"{self.name} is sealed for its row: save the row instead of writing the column")
        return None if value is None else str(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse to compare by anything but presence."""
        if lookup_name not in ("isnull", "exact"):
            raise TypeError(f"{self.name} is encrypted; nothing can be found by it")
        return super().get_lookup(lookup_name)


class _Sealed(str):
    """A sealed text as it stands in the database."""

    __slots__ = ()


class _ClearText:
    """The attribute of an encrypted column."""

    def __init__(self, column: EncryptedField) -> None:
        self.column = column

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        name = self.column.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if isinstance(value, _Sealed) and value:
            value = unseal(value, bound_to=self.column.bound_to(row))
            row.__dict__[name] = value
        return str(value) if value is not None else None

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.column.attname] = value


def place_of(model: type[models.Model], column: str, key: object) -> str:
    """Return the name of a place in the database that a text can be sealed for."""
    return f"{model._meta.label_lower}.{column}:{key}"
