"""The signatures in a PDF: what each covers, what came after it, and whether the contract is what was signed."""

import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
    extract_contents,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from platform_core.signatures.reading.people import full_name
from platform_core.signatures.reading.signed import (
    anchors_of,
    evidence_in,
    is_national,
    moment_of,
    of_unsupported,
    reason_of,
    signed_data_of,
    told,
)
from platform_core.signatures.reading.trust import SIGNS_DOCUMENTS, Evidence

logger = logging.getLogger(__name__)

_SUPPORTED: Final = (SigSeedSubFilter.ADOBE_PKCS7_DETACHED.value, SigSeedSubFilter.PADES.value)
_STAMP: Final = SigSeedSubFilter.ETSI_RFC3161.value
_MOST_SIGNATURES: Final = 50
_CHUNK: Final = 1 << 20
_COVERS: Final = {
    SignatureCoverageLevel.ENTIRE_FILE: "file",
    SignatureCoverageLevel.ENTIRE_REVISION: "revision",
}
_CHANGES: Final = {
    ModificationLevel.NONE: "nothing",
    ModificationLevel.LTA_UPDATES: "proofs",
    ModificationLevel.FORM_FILLING: "signatures",
}
"""What was added after a signature, or to a text before it; anything else is `contents`."""


class _AsUnsigned(HistoricalResolver):
    """A revision of a PDF from before it was signed: with a form of no fields, where it has none at all.

    What is compared is the filling of a form; without this a text that had none could not be compared.
    """

    def __init__(self, reader: PdfFileReader, revision: int) -> None:
        super().__init__(reader, revision)
        form = reader.root["/AcroForm"] if "/AcroForm" in reader.root else generic.DictionaryObject()
        kept = {name: form.raw_get(name) for name in form if name not in ("/Fields", "/XFA")}
        self._empty = generic.DictionaryObject({**kept, generic.pdf_name("/Fields"): generic.ArrayObject()})

    @property
    def root(self) -> generic.DictionaryObject:
        """Return the catalog of the revision."""
        root = super().root
        if "/AcroForm" in root:
            return root
        return generic.DictionaryObject({**root, generic.pdf_name("/AcroForm"): self._empty})


async def read_pdf(source: BinaryIO, texts: Sequence[Path], evidence: Evidence) -> dict[str, Any]:
    """Tell which signatures a PDF carries, and which of some texts it is, if any, and what was added to that."""
    reader = PdfFileReader(source, strict=False)
    if reader.encrypted:
        return {"problem": "encrypted", "signatures": []}
    fields = list(enumerate_sig_fields(reader, filled_status=True))
    if len(fields) > _MOST_SIGNATURES:
        return {"problem": "too_many", "signatures": []}
    evidence = _with_store(reader, evidence)
    signatures: list[dict[str, Any]] = []
    stamps: list[dict[str, Any]] = []
    for name, value, field in fields:
        signature = value.get_object()
        if _is_stamp(value):
            stamps.append(await _document_stamp(EmbeddedPdfSignature(reader, field, name), evidence))
        else:
            signatures.append(await _signature(reader, str(name or ""), signature, field, evidence))
    # A timestamp of the whole file is nobody's signature: what came between it and the first was signed by whom it was.
    signed = [_revision_of(reader, field) for _, value, field in fields if not _is_stamp(value)]
    text = _text_in(source, reader, texts, min(signed, default=-1))
    return {"problem": "", "signatures": signatures, "stamps": stamps, "text": text}


def _is_stamp(value: generic.PdfObject) -> bool:
    return str(value.get_object().get("/SubFilter", "")) == _STAMP


async def _signature(
    reader: PdfFileReader, name: str, signature: generic.DictionaryObject, field: Any, evidence: Evidence
) -> dict[str, Any]:
    contents = extract_contents(signature)
    claimed_at = _day_of(signature)
    kind = str(signature.get("/SubFilter", ""))
    why = "sm2" if _is_national(contents) else "" if kind in _SUPPORTED else kind or "unnamed"
    if why:
        after = _added_after_bytes(reader, signature, contents, _revision_of(reader, field))
        return of_unsupported(contents, why=why, field=name, claimed_at=claimed_at, added_after=after)
    embedded = EmbeddedPdfSignature(reader, field, name)
    evidence = evidence_in(embedded.signed_data, evidence)
    moment = await moment_of(embedded.signed_data, claimed_at, evidence)
    try:
        status = await async_validate_pdf_signature(
            embedded, evidence.context(moment), key_usage_settings=SIGNS_DOCUMENTS
        )
        own = evidence.context(moment, roots=anchors_of(status.signing_cert, evidence))
        by_itself = await async_validate_pdf_signature(embedded, own, key_usage_settings=SIGNS_DOCUMENTS)
    except SignatureValidationError as problem:
        return {"unsupported": "", "field": name, "holds": False, "malformed": reason_of(problem)}
    return {
        "field": name,
        **told(status, evidence, moment, is_revoked=status.revoked or by_itself.revoked),
        "covers": _COVERS.get(status.coverage or SignatureCoverageLevel.UNCLEAR, "part"),
        "added_after": _added_after(reader, embedded, status),
    }


def _added_after(reader: PdfFileReader, embedded: EmbeddedPdfSignature, status: PdfSignatureStatus) -> str:
    is_last = embedded.signed_revision == reader.xrefs.total_revisions - 1
    if is_last and status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        # Bytes follow that are no revision of a PDF: nobody who reads it sees them, and nobody signed them.
        return "contents"
    return "contents" if status.modification_level is None else _CHANGES.get(status.modification_level, "contents")


def _added_after_bytes(reader: PdfFileReader, signature: generic.DictionaryObject, contents: bytes, signed: int) -> str:
    """Say what was added after the bytes that a signature names, whoever may verify it: each revision for itself."""
    end = _end_of_bytes(signature, contents)
    revisions = range(reader.xrefs.total_revisions)
    covered = [rev for rev in revisions if reader.xrefs.get_xref_container_info(rev).end_location <= end]
    # By its own word a signature may reach further than it can: what came after it was written it does not cover.
    begin = min(len(covered) - 1, signed)
    if begin < 0 or covered != list(revisions[: len(covered)]):
        return "contents"
    if begin == revisions[-1]:
        reader.stream.seek(0, os.SEEK_END)
        return "nothing" if reader.stream.tell() == end else "contents"
    return _added_between(reader, begin, revisions[-1])


def _end_of_bytes(signature: generic.DictionaryObject, contents: bytes) -> int:
    """Return where the bytes end that a signature covers, all but itself from the first on; -1: they are others."""
    numbers = [int(each) for each in signature.get("/ByteRange", ())]
    hole = 2 * len(contents) + 2
    if len(numbers) != 4 or numbers[0] != 0 or numbers[2] != numbers[1] + hole or numbers[3] < 0:
        return -1
    return numbers[2] + numbers[3]


def _is_national(contents: bytes) -> bool:
    try:
        return is_national(signed_data_of(contents))
    except (ValueError, TypeError, KeyError):
        # What is not even a signature is of no kind: why it cannot be verified is told by its name, or as malformed.
        return False


async def _document_stamp(embedded: EmbeddedPdfSignature, evidence: Evidence) -> dict[str, Any]:
    """Tell what a timestamp on the whole file says."""
    info = embedded.signed_data["encap_content_info"]["content"].parsed
    at = info["gen_time"].native
    evidence = evidence_in(embedded.signed_data, evidence)
    try:
        status = await async_validate_pdf_timestamp(embedded, evidence.context(min(at, evidence.now)))
    except SignatureValidationError:
        return {"at": at.isoformat(), "authority": "", "holds": False, "is_known": False}
    return {
        "at": at.isoformat(),
        "authority": full_name(status.signing_cert.subject),
        "holds": status.intact and status.valid,
        "is_known": status.trusted,
    }


def _text_in(source: BinaryIO, reader: PdfFileReader, texts: Sequence[Path], first_signed: int) -> dict[str, Any]:
    """Say which text a PDF begins with, byte by byte, what was added before it was signed, and what in all since.

    Of several the one to which nothing but signatures was added, if there is one.
    """
    found = {"sha256": "", "added": "", "since": ""}
    for text in texts:
        if not _begins_with(source, text):
            continue
        revisions = _revisions_of(text)
        if revisions is None:
            continue
        # The text may be there with no revision that follows it: whatever does is no part of a PDF.
        added = since = "contents"
        if revisions < reader.xrefs.total_revisions:
            added = _added_between(reader, revisions - 1, first_signed)
            since = _added_between(reader, revisions - 1, reader.xrefs.total_revisions - 1)
        if not found["sha256"] or since != "contents":
            found = {"sha256": text.name, "added": added, "since": since}
        if since != "contents":
            break
    return found


def _revisions_of(text: Path) -> int | None:
    """Return how many revisions a text has; None: it is no PDF that can be read, and so nothing that was signed."""
    try:
        with text.open("rb") as given:
            return int(PdfFileReader(given, strict=False).xrefs.total_revisions)
    except Exception as problem:
        # Whatever a malformed text provokes in a parser; the file that is asked about is another one.
        logger.warning("the text %s could not be read: %r", text.name, problem)
        return None


def _added_between(reader: PdfFileReader, text: int, signed: int) -> str:
    """Say what was added to one revision up to another; each of those between for itself."""
    old = _AsUnsigned(reader, text)
    level = ModificationLevel.NONE
    for revision in range(text + 1, signed + 1):
        try:
            found = DEFAULT_DIFF_POLICY.apply(old, _AsUnsigned(reader, revision))
        except SuspiciousModification:
            return "contents"
        level = max(level, found.modification_level)
    return _CHANGES.get(level, "contents")


def _begins_with(source: BinaryIO, text: Path) -> bool:
    source.seek(0)
    with text.open("rb") as given:
        while piece := given.read(_CHUNK):
            if source.read(len(piece)) != piece:
                return False
    return True


def _with_store(reader: PdfFileReader, evidence: Evidence) -> Evidence:
    """Add what a file keeps for later proof: certificates, lists of revoked ones, and answers about single ones."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return evidence
    kept = store.as_validation_context({"trust_roots": [], "allow_fetching": False})
    return replace(evidence, certificates=list(store.load_certs()), lists=list(kept.crls), answers=list(kept.ocsps))


def _revision_of(reader: PdfFileReader, field: Any) -> int:
    """Return in which revision a field was signed."""
    value = field.get_object().raw_get("/V")
    if not isinstance(value, generic.IndirectObject):
        return int(reader.xrefs.total_revisions) - 1
    return int(reader.xrefs.get_last_change(value.reference))


def _day_of(signature: generic.DictionaryObject) -> datetime | None:
    try:
        day = generic.parse_pdf_date(signature["/M"], strict=False)
    except (KeyError, ValueError, TypeError):
        return None
    return day if day.tzinfo else day.replace(tzinfo=UTC)
