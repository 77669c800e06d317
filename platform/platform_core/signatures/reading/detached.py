"""A signature in a file of its own, over one of some texts, or with what was signed inside it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asn1crypto import cms, core
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import CMSExtractionError, extract_certificate_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms, validate_sig_integrity
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from platform_core.signatures.reading.signed import (
    anchors_of,
    evidence_in,
    has_national_digest,
    is_national,
    moment_of,
    of_unsupported,
    reason_of,
    signed_data_of,
    told,
)
from platform_core.signatures.reading.trust import SIGNS_DOCUMENTS, Evidence


async def read_detached(contents: bytes, texts: Sequence[Path], evidence: Evidence) -> dict[str, Any]:
    """Tell what a signature over one of some texts says, and over which of them it is, if any."""
    signed_data = signed_data_of(contents)
    text = _signed_text(signed_data, texts)
    added = "nothing" if text else ""
    named = {"sha256": text.name if text else "", "added": added, "since": added}
    if not signed_data["signer_infos"]:
        # Certificates alone, as authorities hand them out in the same form: nobody signed.
        found = []
    elif len(signed_data["signer_infos"]) > 1:
        found = [of_unsupported(contents, why="several_signers")]
    elif is_national(signed_data):
        found = [of_unsupported(contents, why="sm2")]
    elif text is None:
        # Over what it was made is not here: whether it holds cannot be asked, only whose it is.
        found = [of_unsupported(contents, why="other_contents")]
    else:
        found = [await _signature(signed_data, text.read_bytes(), evidence)]
    return {"problem": "", "signatures": found, "text": named}


async def _signature(signed_data: cms.SignedData, text: bytes, evidence: Evidence) -> dict[str, Any]:
    evidence = evidence_in(signed_data, evidence)
    moment = await moment_of(signed_data, None, evidence)
    # What lies inside was compared with the text already: for the library both kinds are detached.
    inside = signed_data["encap_content_info"]
    signed_data["encap_content_info"] = type(inside)({"content_type": inside["content_type"].native})
    try:
        status = await async_validate_detached_cms(
            text, signed_data, evidence.context(moment), key_usage_settings=SIGNS_DOCUMENTS
        )
        own = evidence.context(moment, roots=anchors_of(status.signing_cert, evidence))
        by_itself = await async_validate_detached_cms(text, signed_data, own, key_usage_settings=SIGNS_DOCUMENTS)
    except SignatureValidationError as problem:
        return {"unsupported": "", "field": "", "holds": False, "malformed": reason_of(problem)}
    return {
        "field": "",
        **told(status, evidence, moment, is_revoked=status.revoked or by_itself.revoked),
        "covers": "file",
        "added_after": "nothing",
    }


def _signed_text(signed_data: cms.SignedData, texts: Sequence[Path]) -> Path | None:
    """Return the text that a signature names by its digest, or has inside it."""
    inside = signed_data["encap_content_info"]["content"]
    for text in texts:
        content = text.read_bytes()
        if inside is not core.VOID and inside.native is not None:
            if bytes(inside) == content:
                return text
        elif _digest_named(signed_data, content):
            return text
    return None


def _digest_named(signed_data: cms.SignedData, content: bytes) -> bool:
    """Say whether a signer named the digest of a text, or made a bare signature of that digest, which names none."""
    for signer in signed_data["signer_infos"]:
        algorithm = signer["digest_algorithm"]["algorithm"]
        try:
            kind = hashes.SM3() if has_national_digest(signer) else get_pyca_cryptography_hash(algorithm.native)
        except (ValueError, NotImplementedError, UnsupportedAlgorithm):
            continue
        digest = hashes.Hash(kind)
        digest.update(content)
        found = digest.finalize()
        attributes = signer["signed_attrs"]
        if attributes is core.VOID:
            if _signs_bare(signed_data, signer, found):
                return True
            continue
        for attribute in attributes:
            if attribute["type"].native == "message_digest" and attribute["values"][0].native == found:
                return True
    return False


def _signs_bare(signed_data: cms.SignedData, signer: cms.SignerInfo, digest: bytes) -> bool:
    """Say whether a signature without signed attributes holds over a digest: nothing else tells whose it is."""
    try:
        certificate = extract_certificate_info(signed_data).signer_cert
        return validate_sig_integrity(signer, certificate, "data", digest)[1]
    except (CMSExtractionError, SignatureValidationError, UnsupportedAlgorithm, NotImplementedError, ValueError):
        # Of a kind that cannot be verified here, or by nobody whose certificate is there: it is over no known text.
        return False
