"""What one CMS signature says: who signed, when, by which certificate, and whether all this holds."""

import base64
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms, core, crl, pem, x509
from pyhanko.sign.general import (
    CMSExtractionError,
    MultivaluedAttributeError,
    NonexistentAttributeError,
    extract_certificate_info,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_tst_data_iter,
    message_imprint_checker,
    validate_tst_signed_data,
)
from pyhanko.sign.validation.status import StandardCMSSignatureStatus, TimestampSignatureStatus

from platform_core.signatures.reading.people import chain_of, full_name, named
from platform_core.signatures.reading.trust import Evidence

logger = logging.getLogger(__name__)

_NATIONAL: Final = "1.2.156.10197."
"""The beginning of the identifiers of SM2 and SM3."""


def is_national(signed_data: cms.SignedData) -> bool:
    """Say whether a signature is made by the algorithms SM2 and SM3 (国密), which cannot be verified here.

    The key in the certificate decides, since the names of algorithms beside a signature are not signed: to whatever
    they are changed, what an RSA key signed is verified. They count where the certificate is not in the file.
    """
    [signer] = signed_data["signer_infos"]
    try:
        certificate = extract_certificate_info(signed_data).signer_cert
    except CMSExtractionError:
        return has_national_digest(signer) or _is_national(signer["signature_algorithm"]["algorithm"])
    key = certificate["tbs_certificate"]["subject_public_key_info"]["algorithm"]
    curve = key["parameters"].chosen if isinstance(key["parameters"], core.Choice) else key["parameters"]
    return _is_national(key["algorithm"]) or _is_national(curve)


def has_national_digest(signer: cms.SignerInfo) -> bool:
    """Say whether a signer names SM3 as what the text was digested by."""
    return _is_national(signer["digest_algorithm"]["algorithm"])


def _is_national(identifier: core.Asn1Value) -> bool:
    return isinstance(identifier, core.ObjectIdentifier) and str(identifier.dotted).startswith(_NATIONAL)


def signed_data_of(contents: bytes) -> cms.SignedData:
    """Return the signature in a CMS object, DER, PEM or base64; ValueError if it is none.

    Objects of GM/T 0010 have identifiers of their own for the same structure.
    """
    if pem.detect(contents):
        _, _, contents = pem.unarmor(contents)
    elif not contents.startswith(b"\x30"):
        contents = base64.b64decode(b"".join(contents.split()), validate=True)
    content = cms.ContentInfo.load(contents)["content"]
    found = content if isinstance(content, cms.SignedData) else content.parse(cms.SignedData)
    if not isinstance(found, cms.SignedData):
        raise ValueError("this is no signature")
    return found


def of_unsupported(
    contents: bytes, *, why: str, field: str = "", claimed_at: datetime | None = None, added_after: str = "nothing"
) -> dict[str, Any]:
    """Tell what is legible of a signature that cannot be verified here, and why it cannot."""
    try:
        found = signed_data_of(contents)
        info = extract_certificate_info(found)
        people = _people(info.signer_cert, list(info.other_certs))
        claimed_at = _claimed_at(found["signer_infos"][0]) or claimed_at
    except (ValueError, TypeError, KeyError, IndexError, CMSExtractionError) as problem:
        # Whoever signed stays unknown: the page says so.
        logger.warning("the certificate of a signature that is not supported could not be read: %s", problem)
        people = {}
    return {
        "unsupported": why,
        "field": field,
        "claimed_at": _told(claimed_at),
        "added_after": added_after,
        **people,
    }


def evidence_in(signed_data: cms.SignedData, evidence: Evidence) -> Evidence:
    """Add what a signature holds about its certificates to what is known: others' certificates, lists and answers."""
    info = extract_certificate_info(signed_data)
    lists, answers = list(evidence.lists), list(evidence.answers)
    for other in signed_data["crls"] or ():
        if isinstance(other.chosen, crl.CertificateList):
            lists.append(other.chosen)
    try:
        archived = find_unique_cms_attribute(
            signed_data["signer_infos"][0]["signed_attrs"], "adobe_revocation_info_archival"
        )
        lists += list(archived["crl"] or ())
        answers += list(archived["ocsp"] or ())
    except (NonexistentAttributeError, MultivaluedAttributeError):
        pass
    certificates = [*evidence.certificates, *info.other_certs, info.signer_cert]
    return replace(evidence, certificates=certificates, lists=lists, answers=answers)


async def moment_of(signed_data: cms.SignedData, claimed_at: datetime | None, evidence: Evidence) -> datetime:
    """Return as of when certificates are judged: a timestamp, else the time its signer claims, or now.

    Of timestamps only one that holds and is of an authority the site trusts: any other can be made by anybody.
    """
    signer = signed_data["signer_infos"][0]
    moment = await _stamped_at(signer, evidence) or _claimed_at(signer) or claimed_at or evidence.now
    return _until(moment, evidence)


def told(
    status: StandardCMSSignatureStatus, evidence: Evidence, moment: datetime, *, is_revoked: bool
) -> dict[str, Any]:
    """Tell what was found out about a signature, as plain values."""
    certificate = status.signing_cert
    stamp = status.timestamp_validity
    return {
        "unsupported": "",
        **_people(certificate, list(evidence.certificates)),
        "holds": status.intact and status.valid,
        "algorithm": f"{status.md_algorithm}, {status.pkcs7_signature_mechanism}",
        "claimed_at": _told(status.signer_reported_dt),
        "timestamp": None if stamp is None else _stamp(stamp, counts=_until(stamp.timestamp, evidence) == moment),
        "judged_at": moment.isoformat(),
        "was_valid": certificate.not_valid_before <= moment <= certificate.not_valid_after,
        "is_known": status.trusted,
        "revocation": "revoked" if is_revoked else "answered" if evidence.lists or evidence.answers else "not_asked",
    }


def anchors_of(certificate: x509.Certificate, evidence: Evidence) -> list[x509.Certificate]:
    """Return the certificate at which a file's own chain ends: by it what the file says of revocation is read."""
    chain = chain_of(certificate, evidence.certificates)
    return chain[-1:] or [certificate]


def reason_of(error: SignatureValidationError) -> str:
    """Return what is wrong with a signature that is not even formed as it should be."""
    return str(error.failure_message)


def _people(certificate: x509.Certificate, others: list[x509.Certificate]) -> dict[str, Any]:
    chain = chain_of(certificate, others)
    issuers = [full_name(each.subject) for each in chain]
    last = (chain[-1] if chain else certificate).issuer
    if full_name(last) not in issuers:
        issuers.append(full_name(last))
    return {"signer": named(certificate), "issuers": issuers}


def _stamp(stamp: TimestampSignatureStatus, *, counts: bool) -> dict[str, Any]:
    return {
        "at": _told(stamp.timestamp),
        "authority": full_name(stamp.signing_cert.subject),
        "holds": stamp.intact and stamp.valid,
        # Known as of its own time: as of any other its certificate may have been no longer, or not yet, valid.
        "is_known": stamp.trusted and counts,
    }


async def _stamped_at(signer: cms.SignerInfo, evidence: Evidence) -> datetime | None:
    """Return the time of the first timestamp that holds and is of an authority the site trusts, as of that time."""
    for token in extract_tst_data_iter(signer, signed=False):
        at: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        context = evidence.context(_until(at, evidence))
        try:
            found = await validate_tst_signed_data(token, context, message_imprint_checker(signer))
        except SignatureValidationError as problem:
            logger.warning("a timestamp is not formed as it should be: %s", problem)
            continue
        stamp = TimestampSignatureStatus(**found)
        if stamp.intact and stamp.valid and stamp.trusted:
            return at
    return None


def _until(moment: datetime, evidence: Evidence) -> datetime:
    """Return a moment, which is none that is still to come."""
    return min(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC), evidence.now)


def _claimed_at(signer: cms.SignerInfo) -> datetime | None:
    try:
        claimed = find_unique_cms_attribute(signer["signed_attrs"], "signing_time").native
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return None
    return claimed if isinstance(claimed, datetime) else None


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
