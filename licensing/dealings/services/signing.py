"""Signatures on a contract: on which text, by which file, and what those are worth that were given electronically."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from licensing.dealings.lifecycle import DEALING_LIFECYCLE, DealingState
from licensing.dealings.models import Contract, ContractSignature, Dealing, Side, SignatureForm
from licensing.dealings.moving import day_of, dealing_of_office, person
from licensing.dealings.policies import WORK_ON_DEALING
from licensing.dealings.selectors import (
    e_signed_on,
    get_dealing,
    missing_for_countersignature,
    present_contract,
)
from licensing.dealings.signing import is_scan
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.documents.models import Document
from platform_core.documents.selectors import paper_on
from platform_core.problems import Conflict
from platform_core.realtime.services import announce
from platform_core.signatures.services import (
    Verified,
    keep_check,
    refuse_uncertified,
    told_in_record,
    verify_signatures,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignature:
    """Which text somebody signed on which day, and the file that proves it.

    The text is named by the number of its version and the SHA-256 of the file that was read, in either language: a
    signature is never put on a version that its signer did not have before it.
    """

    number: int
    text_sha256: str
    document_id: UUID
    form: SignatureForm
    signed_on: date
    signatory: str


@dataclass(frozen=True, slots=True)
class VerifiedAnew:
    """What was found out once more about the electronic signatures on a version of a contract."""

    number: int
    found: tuple[Verified, ...]


def verified_before(
    *,
    actor: Actor,
    dealing_id: UUID,
    signature: NewSignature,
    step: Literal["signature", "countersignature"] = "signature",
) -> Verified | None:
    """Find out what a file that is about to be recorded is worth, before anything is locked; None: it is a scan.

    It has to be the text that is named as signed. What could not be recorded whatever its worth is refused at once.
    """
    if signature.form != SignatureForm.E_SIGNED:
        return None
    dealing = get_dealing(dealing_id, actor=actor)
    require(actor, WORK_ON_DEALING, dealing)
    DEALING_LIFECYCLE.after(step, current=DealingState(dealing.state))
    contract = contract_of(dealing)
    if step == "countersignature":
        refuse_incomplete(contract)
    document = _checked_paper(actor, dealing, contract, signature)
    texts = [text for text in (contract.text_zh, contract.text_en) if text.sha256 == signature.text_sha256.lower()]
    return verify_signatures(actor=actor, document=document, texts=texts, is_one_of_them=True)


def contract_of(dealing: Dealing) -> Contract:
    """Return the present version of a dealing's contract, which a step needs."""
    contract = present_contract(dealing)
    if contract is None:
        raise Conflict("No contract was drawn up in this dealing yet.")
    return contract


def refuse_incomplete(contract: Contract) -> None:
    """Refuse a countersignature while something is missing for it."""
    if missing := missing_for_countersignature(contract):
        raise Conflict(_MISSING[missing[0]], missing=missing)


def verified_anew(*, actor: Actor, dealing_id: UUID) -> VerifiedAnew:
    """Find out once more what the electronic signatures on a contract are worth, before anything is locked."""
    dealing = get_dealing(dealing_id, actor=actor)
    require(actor, WORK_ON_DEALING, dealing)
    contract = present_contract(dealing)
    signatures = [] if contract is None else e_signed_on(contract)
    if contract is None or not signatures:
        raise Conflict("Nothing was signed electronically in this dealing.")
    texts = {text.sha256: text for text in (contract.text_zh, contract.text_en)}
    found = [
        verify_signatures(
            actor=actor,
            document=signature.document,
            # Recorded before the text was asked for, it may be in either language.
            texts=[texts[signature.text_sha256]] if signature.text_sha256 else list(texts.values()),
            is_one_of_them=True,
        )
        for signature in signatures
    ]
    return VerifiedAnew(contract.number, tuple(found))


@transaction.atomic
def keep_verified_anew(*, actor: Actor, dealing_id: UUID, anew: VerifiedAnew) -> Dealing:
    """Keep what was found out once more; what was found earlier stays."""
    dealing = dealing_of_office(actor, dealing_id)
    for verified in anew.found:
        keep_check(actor=actor, verified=verified)
    record_event(
        "dealing.signatures_verified",
        actor=actor,
        subject=dealing,
        changes={"number": (None, anew.number), **told_in_record(*anew.found)},
    )
    announce(dealing)
    return dealing


def keep_signature(
    *,
    actor: Actor,
    dealing: Dealing,
    contract: Contract,
    side: Side,
    signature: NewSignature,
    verified: Verified | None,
) -> ContractSignature:
    """Keep a side's signature on the present text with the file that proves it, and what its certificates are worth."""
    document = _checked_paper(actor, dealing, contract, signature)
    if signature.form == SignatureForm.E_SIGNED:
        verified = _of_this_file(verified, document)
        checks = Checks()
        refuse_uncertified(checks, "document_id", verified)
        checks.refuse()
        keep_check(actor=actor, verified=verified)
    return ContractSignature.objects.create(
        contract=contract,
        side=side,
        text_sha256=signature.text_sha256.lower(),
        form=signature.form,
        document=document,
        signed_on=signature.signed_on,
        signatory=signature.signatory.strip(),
        recorded_at=actor.clock.now(),
        recorded_by_id=person(actor),
    )


def _checked_paper(actor: Actor, dealing: Dealing, contract: Contract, signature: NewSignature) -> Document:
    """Return the file of a signature, of which all was checked but what its electronic signatures are worth."""
    _require_same_text(contract, signature)
    document = paper_on(dealing, signature.document_id, actor=actor)
    checks = Checks()
    checks.text("signatory", signature.signatory)
    if signature.signed_on > day_of(actor, dealing):
        checks.wrong("signed_on", "not_yet", "Record a signature once it is given.")
    if document.pk in (contract.text_zh_id, contract.text_en_id):
        checks.wrong("document_id", "not_signed", "This is the text that is to be signed.")
    elif signature.form != SignatureForm.E_SIGNED and not is_scan(document):
        checks.wrong("document_id", "no_scan", "A scan is a PDF, OFD, PNG or JPEG file.")
    checks.refuse()
    return document


def _of_this_file(verified: Verified | None, document: Document) -> Verified:
    """Return what was found out about a file, if it was: what the text was then is the present one, as was checked."""
    if verified is None or verified.document.pk != document.pk:
        raise Conflict(
            "The contract was drawn up anew while the file was verified. Read the present version, and repeat."
        )
    return verified


def _require_same_text(contract: Contract, signature: NewSignature) -> None:
    present = contract.number
    if signature.number != present:
        raise Conflict(
            f"Version {present} of the contract is the present one, and version {signature.number} was signed. "
            "Have the present one signed.",
            current=present,
        )
    if signature.text_sha256.lower() not in (contract.text_zh.sha256, contract.text_en.sha256):
        raise Conflict(
            f"The text that was signed is not that of version {present} of the contract: its SHA-256 is another one.",
            current=present,
        )


_MISSING: Final = {
    "signature": "The licensee has not signed yet.",
    "original": "The licensee's sealed original has not come in yet.",
    "seal": "The seal is not approved yet: ask for it, and have another person approve it.",
}
