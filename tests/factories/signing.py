"""Certificates of authorities and signers made up here, and files signed with them."""

import asyncio
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from asn1crypto import cms, keys
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from platform_core.identity.uscc import uscc_check_character

CREDIT_CODE = "91420100MA4K00000" + uscc_check_character("91420100MA4K00000")
EARLY, LATE = datetime(2025, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    """Whoever a certificate is of, with the key and the authorities above."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def signer(self) -> signers.SimpleSigner:
        key = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return signers.SimpleSigner(
            signing_cert=_for_pyhanko(self.certificate),
            signing_key=keys.PrivateKeyInfo.load(key),
            cert_registry=_store(self),
        )


def _store(who: Holder) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for each in who.chain:
        store.register(_for_pyhanko(each))
    return store


def _for_pyhanko(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def holder(
    name: str,
    issuer: Holder | None = None,
    *,
    organisation: str = "",
    credit_code: str = "",
    is_authority: bool = False,
    stamps: bool = False,
    valid: tuple[datetime, datetime] = (EARLY, LATE),
) -> Holder:
    """Make a certificate, issued by another holder or by itself."""
    key = generate_private_key(65537, 2048)
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organisation:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    if credit_code:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, credit_code))
    subject = x509.Name(attributes)
    usage = {name: False for name in ("key_encipherment", "data_encipherment", "key_agreement")}
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=not is_authority,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    if issuer is not None:
        place = x509.UniformResourceIdentifier("http://authority.invalid/revoked.crl")
        point = x509.DistributionPoint([place], relative_name=None, reasons=None, crl_issuer=None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    certificate = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Holder(certificate, key, (issuer.certificate, *issuer.chain) if issuer else ())


@cache
def authority() -> Holder:
    """Return the authority that issues certificates in these tests."""
    return holder("Root of trials", organisation="Trial Authority", is_authority=True)


@cache
def li_na() -> Holder:
    """Return who signs for the prospect."""
    return holder("Li Na", authority(), organisation="凌波显示有限公司", credit_code=CREDIT_CODE)


def contract_pdf(said: str = "the contract") -> bytes:
    """Return a PDF of one page."""
    writer = PdfFileWriter()
    content = writer.add_object(generic.StreamObject(stream_data=f"% {said}".encode()))
    writer.insert_page(PageObject(contents=content, media_box=(0, 0, 300, 300)))
    return _written(writer)


def signed_pdf(pdf: bytes, who: Holder, *, field: str = "Signature1", stamper: Holder | None = None) -> bytes:
    """Sign a PDF as its next revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stamps = None if stamper is None else _stamps(stamper)
    meta = signers.PdfSignatureMetadata(
        field_name=field, subfilter=SigSeedSubFilter.PADES if stamper else SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    )
    return bytes(signers.PdfSigner(meta, who.signer(), timestamper=stamps).sign_pdf(writer).getvalue())


def stamped_pdf(pdf: bytes, stamper: Holder) -> bytes:
    """Put a timestamp of the whole file on a PDF, as its next revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return bytes(signers.PdfTimeStamper(_stamps(stamper)).timestamp_pdf(writer, "sha256").getvalue())


def _stamps(stamper: Holder) -> timestamps.DummyTimeStamper:
    key = stamper.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return timestamps.DummyTimeStamper(
        _for_pyhanko(stamper.certificate),
        keys.PrivateKeyInfo.load(key),
        _store(stamper),
        fixed_dt=datetime(2026, 1, 20, tzinfo=UTC),
    )


def changed_pdf(pdf: bytes, said: str = "another price") -> bytes:
    """Replace what the first page of a PDF shows, by a revision of its own."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=f"% {said}".encode()))
    writer.mark_update(writer.find_page_for_modification(0)[0])
    return _written(writer)


def locked_pdf(pdf: bytes) -> bytes:
    """Return a PDF that a password locks."""
    writer = PdfFileWriter()
    content = writer.add_object(generic.StreamObject(stream_data=pdf[:20]))
    writer.insert_page(PageObject(contents=content, media_box=(0, 0, 300, 300)))
    writer.encrypt(owner_pass="secret", user_pass="secret")
    return _written(writer)


def looping_pdf(pdf: bytes) -> bytes:
    """Return a PDF whose only form field is a child of itself."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    field = generic.DictionaryObject({generic.pdf_name("/T"): generic.pdf_string("a")})
    field["/Kids"] = generic.ArrayObject([writer.add_object(field)])
    writer.root["/AcroForm"] = generic.DictionaryObject({generic.pdf_name("/Fields"): field["/Kids"]})
    writer.update_root()
    return _written(writer)


def signed_apart(content: bytes, who: Holder, *, detached: bool = True, national: bool = False) -> bytes:
    """Sign bytes in a CMS object of its own; one that says it is of SM2 and SM3, with such a key, where asked for."""
    signed = asyncio.run(who.signer().async_sign_general_data(content, "sha256", detached=detached))
    if national:
        digest = hashes.Hash(hashes.SM3())
        digest.update(content)
        [signer] = signed["content"]["signer_infos"]
        signer["digest_algorithm"] = {"algorithm": "1.2.156.10197.1.401"}
        signer["signature_algorithm"] = {"algorithm": "1.2.156.10197.1.501"}
        for attribute in signer["signed_attrs"]:
            if attribute["type"].native == "message_digest":
                attribute["values"] = [digest.finalize()]
        for each in signed["content"]["certificates"]:
            if each.chosen.serial_number == who.certificate.serial_number:
                each.chosen["tbs_certificate"]["subject_public_key_info"] = keys.PublicKeyInfo.load(_SM2_KEY)
    return bytes(signed.dump(force=national))


def signed_bare(content: bytes, who: Holder) -> bytes:
    """Sign bytes in a CMS object without signed attributes, which so names neither their digest nor a time."""
    signed = cms.ContentInfo.load(signed_apart(content, who))
    [signer] = signed["content"]["signer_infos"]
    kept = {name: signer[name] for name in ("version", "sid", "digest_algorithm", "signature_algorithm")}
    kept["signature"] = who.key.sign(content, PKCS1v15(), hashes.SHA256())
    signed["content"]["signer_infos"] = [cms.SignerInfo(kept)]
    return bytes(signed.dump(force=True))


_SM2_KEY = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004") + bytes(range(64))
"""A public key as it stands in a certificate, on the curve of SM2 (1.2.156.10197.1.301)."""


def unsupported_pdf(signed: bytes) -> bytes:
    """Return a signed PDF of which the first signature says that it is of a kind that nobody here knows."""
    return signed.replace(b"/adbe.pkcs7.detached", b"/some.pkcs7.detached", 1)


def revoked_by(issuer: Holder, *revoked: Holder) -> asn1_crl.CertificateList:
    """Return an authority's list of revoked certificates."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(datetime(2026, 1, 1, tzinfo=UTC)).next_update(LATE)
    for each in revoked:
        row = x509.RevokedCertificateBuilder().serial_number(each.certificate.serial_number)
        builder = builder.add_revoked_certificate(row.revocation_date(datetime(2026, 1, 1, tzinfo=UTC)).build())
    made = builder.sign(issuer.key, hashes.SHA256())
    return asn1_crl.CertificateList.load(made.public_bytes(Encoding.DER))


def _written(writer: PdfFileWriter | IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()
