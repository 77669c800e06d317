"""Electronic signatures of the demonstration: their keys are made in memory as they are needed, and kept nowhere."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Final

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from platform_core.documents.services import NewFile
from platform_site.demo.people import Person

AUTHORITY: Final = "演示认证机构 Demonstration Authority"
"""Who issues the certificates: no site trusts it, since nobody has its key any more."""

_FROM, _TO = datetime(2025, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Holder:
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


def signature_over(content: bytes, person: Person, *, name: str, at: datetime) -> NewFile:
    """Return a file with a person's electronic signature over contents, made at an instant by its signer's word."""
    signer = _issued(_of_person(person), _authority())
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": at.astimezone(UTC)})]}),
            cms.CMSAttribute({"type": "message_digest", "values": [sha256(content).digest()]}),
        ]
    )
    certificate, root = (_for_file(holder) for holder in (signer, _authority()))
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate, root],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    ),
                    "digest_algorithm": {"algorithm": "sha256"},
                    "signed_attrs": attributes,
                    "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                    "signature": signer.key.sign(attributes.dump(), ECDSA(SHA256())),
                }
            ],
        }
    )
    return NewFile(f"{name}.p7s", BytesIO(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()))


@cache
def _authority() -> _Holder:
    return _issued(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AUTHORITY)]), None)


def _of_person(person: Person) -> x509.Name:
    names = [(NameOID.COMMON_NAME, person.name), (NameOID.ORGANIZATION_NAME, person.firm.name_zh)]
    if person.firm.credit_code:
        names.append((NameOID.SERIAL_NUMBER, person.firm.credit_code))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in names])


def _issued(subject: x509.Name, issuer: _Holder | None) -> _Holder:
    key = generate_private_key(SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(_use(is_authority=issuer is None), critical=True)
    )
    return _Holder(builder.sign(issuer.key if issuer else key, SHA256()), key)


def _use(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _for_file(holder: _Holder) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(holder.certificate.public_bytes(Encoding.DER))
