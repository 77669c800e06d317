"""Whether a certificate leads to a root that this site trusts; nothing outside the file and the roots is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from asn1crypto import pem, x509
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

SIGNS_DOCUMENTS: Final = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
"""What a certificate of somebody who signs is for: authorities in China name either use."""
ROOT_SUFFIXES: Final = (".pem", ".crt", ".cer", ".der")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What certificates are judged by: the roots the site trusts, and what the file itself holds about them."""

    roots: Sequence[x509.Certificate]
    now: datetime
    certificates: Sequence[x509.Certificate] = ()
    lists: Sequence[Any] = ()
    """Lists of revoked certificates (CRL)."""
    answers: Sequence[Any] = ()
    """Answers of authorities about single certificates (OCSP)."""

    def context(self, moment: datetime, *, roots: Sequence[x509.Certificate] | None = None) -> ValidationContext:
        """Return by what a certificate is judged as of a moment, by the site's roots unless others are given."""
        return ValidationContext(
            trust_roots=list(self.roots if roots is None else roots),
            other_certs=list(self.certificates),
            moment=moment,
            best_signature_time=moment,
            allow_fetching=False,
            crls=list(self.lists),
            ocsps=list(self.answers),
            revocation_mode="soft-fail",
            retroactive_revinfo=True,
        )


def read_roots(folder: Path) -> tuple[list[x509.Certificate], list[str]]:
    """Read the certificates that the site's keeper put into a folder, PEM or DER, and name the files that are none."""
    found: list[x509.Certificate] = []
    refused = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix.lower() not in ROOT_SUFFIXES:
            continue
        try:
            found += _certificates(path.read_bytes())
        except (ValueError, TypeError):
            refused.append(path.name)
    return found, refused


def _certificates(content: bytes) -> list[x509.Certificate]:
    blocks = [der for _, _, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
    certificates = [x509.Certificate.load(der) for der in blocks]
    for certificate in certificates:
        # Parsed as it is asked: what is wrong in it shows here, and not in the middle of a signature.
        certificate.native  # noqa: B018
    return certificates
