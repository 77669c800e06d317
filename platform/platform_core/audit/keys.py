"""The key that seals are signed with: made at first use, kept in the data folder, its public half for everybody."""

import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

_PRIVATE: Final = "seal-key.pem"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Half a key: it tells whether a signature is ours."""

    id: str
    pem: str
    key: Ed25519PublicKey

    def signed(self, signature: bytes, stated: bytes) -> bool:
        """Say whether the other half of this key signed a statement."""
        try:
            self.key.verify(signature, stated)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SealKey:
    """The whole key of this installation."""

    public: PublicKey
    private: Ed25519PrivateKey

    def sign(self, stated: bytes) -> bytes:
        """Sign a statement."""
        return self.private.sign(stated)


def keys_folder() -> Path:
    """Return where the keys of the record are kept."""
    return Path(settings.DATA_DIR) / "audit"


def seal_key() -> SealKey:
    """Return this installation's key, making it the first time; only its owner may read the file."""
    path = keys_folder() / _PRIVATE
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        _keep(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    private = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{path} holds another kind of key than seals are signed with")
    public = _public(private.public_key())
    # Public halves stay when the private one is replaced, so that older seals can still be checked.
    shown = keys_folder() / f"{public.id}.pub"
    if not shown.exists():
        _keep(shown, public.pem.encode())
    return SealKey(public, private)


def known_keys() -> dict[str, PublicKey]:
    """Return the public halves of the keys this installation has signed with, by their ids."""
    found = [read_public_key(path.read_text()) for path in sorted(keys_folder().glob("*.pub"))]
    return {key.id: key for key in found}


def read_public_key(pem: str) -> PublicKey:
    """Read a public key; ValueError if it is none that seals could be signed with."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise ValueError("this is no public key in PEM form") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("this is another kind of key than seals are signed with")
    return _public(key)


def _public(key: Ed25519PublicKey) -> PublicKey:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(hashlib.sha256(raw).hexdigest()[:32], pem, key)


def _keep(path: Path, contents: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the file has appeared meanwhile, so two processes end up with one key.
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
    finally:
        aside.unlink(missing_ok=True)
