"""Finding out what the electronic signatures of a file are worth, and keeping what was found."""

import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, ClassVar, Final

from django.conf import settings

from platform_core.access.actors import Actor
from platform_core.checks import Checks
from platform_core.documents.models import Document, MediaType
from platform_core.documents.selectors import document_file, open_document_file
from platform_core.ids import new_id
from platform_core.jobs.processes import Limits, TimeUp, run_child
from platform_core.problems import Problem
from platform_core.signatures.calculation import (
    CERTIFIED,
    Authority,
    Outcome,
    judged,
    nothing_read,
    plain,
    signed_text,
    whole,
)
from platform_core.signatures.models import SignatureCheck

logger = logging.getLogger(__name__)

_LIMITS: Final = Limits(seconds=30.0, memory=1 << 30, output=1 << 18)
"""What the reading of one file may take: longest time, memory, and what may be told of it."""
_AT_ONCE: Final = BoundedSemaphore(2)
_WAITS: Final = 10.0
"""Seconds that a file waits for others to be read first, before whoever sent it is asked to come again."""
_READER: Final = "platform_core.signatures.reading"
_KINDS: Final = {MediaType.PDF: "pdf", MediaType.OFD: "ofd", MediaType.CMS: "cms"}
"""What may carry electronic signatures; any other file carries none, whatever its bytes look like."""


class VerificationFailed(Problem):
    """The programme that verifies signatures did not run, through no fault of the file."""

    code: ClassVar[str] = "verification_failed"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Signatures could not be verified"


class TooManyAtOnce(Problem):
    """Others have files verified just now; nothing is wrong with this one."""

    code: ClassVar[str] = "verifying_others"
    status: ClassVar[int] = 503
    title: ClassVar[str] = "Other signatures are being verified"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found out about the signatures of a file, before it is kept."""

    document: Document
    texts: tuple[str, ...]
    outcome: Outcome
    authority: Authority
    found: dict[str, Any]


def trusted_folder() -> Path:
    """Return where the site's keeper puts the certificates of trusted authorities; there are none by default."""
    return Path(settings.DATA_DIR) / "trusted-authorities"


def verify_signatures(
    *, actor: Actor, document: Document, texts: Sequence[Document] = (), is_one_of_them: bool = False
) -> Verified:
    """Find out what the signatures of a file are worth, in a process of its own that nothing in the file harms.

    Compared with texts, of which one has to be what was signed where that is said. Nothing is kept, and no network
    is asked. Not to be called while rows are locked that others wait for: it may take half a minute.
    """
    for each in (document, *texts):
        open_document_file(each).close()
    kind = _KINDS.get(MediaType(document.media_type))
    if kind is None:
        found = _nothing("")
    else:
        command = [sys.executable, "-m", _READER, str(document_file(document)), "--kind", kind]
        command += ["--now", actor.clock.now().isoformat(), "--roots", str(trusted_folder())]
        for text in texts:
            command += ["--text", str(document_file(text))]
        found = _read(command)
    if found["roots_refused"]:
        logger.error("no certificates of authorities: %s", ", ".join(found["roots_refused"]))
    outcome, authority = judged(found, has_texts=is_one_of_them)
    return Verified(document, tuple(text.sha256 for text in texts), outcome, authority, found)


def keep_check(*, actor: Actor, verified: Verified) -> SignatureCheck:
    """Keep what was found out about the signatures of a file, beside what was found out about it earlier."""
    found = verified.found
    return SignatureCheck.objects.create(
        document=verified.document,
        file_sha256=verified.document.sha256,
        texts_sha256=list(verified.texts),
        outcome=verified.outcome,
        authority=verified.authority,
        signed_text_sha256=signed_text(found, verified.outcome),
        report={
            "kind": found["kind"],
            "problem": found["problem"],
            "added_before": found["text"]["added"],
            "signatures": [whole(each) for each in found["signatures"]],
            "stamps": found["stamps"],
        },
        library=found["library"],
        roots=found["roots"],
        checked_at=actor.clock.now(),
        checked_by_id=actor.user_id,
    )


def refuse_uncertified(checks: Checks, field: str, verified: Verified) -> None:
    """Note why a file cannot be recorded as signed electronically, if it cannot."""
    if verified.outcome in CERTIFIED:
        return
    code = f"signature_{verified.outcome}"
    match verified.found["problem"] or verified.outcome:
        case Outcome.UNSIGNED:
            checks.wrong(field, code, "This file carries no electronic signature.")
        case Outcome.OTHER_TEXT:
            checks.wrong(
                field,
                code,
                "Another document was signed: this file is not the contract with nothing but signatures added.",
            )
        case Outcome.BROKEN:
            checks.wrong(field, code, "A signature in this file is broken: what was signed was changed afterwards.")
        case Outcome.CHANGED:
            checks.wrong(field, code, "More than further signatures was added to this file after it was signed.")
        case Outcome.NOT_VALID:
            checks.wrong(
                field, code, "A certificate in this file was revoked, or was not valid when its holder signed."
            )
        case "encrypted":
            checks.wrong(field, code, "This file is locked with a password: attach one whose signatures can be read.")
        case "too_heavy":
            checks.wrong(field, code, "Reading the signatures of this file takes more time or memory than it may.")
        case "too_many":
            checks.wrong(field, code, "This file carries more signatures than can be verified.")
        case _:
            checks.wrong(field, code, "This file is malformed, so that its signatures cannot be read.")


def told_in_record(*found: Verified) -> dict[str, tuple[object, object]]:
    """Return what the record says of signatures that were verified."""
    return {
        "e_signature": (None, ", ".join(verified.outcome for verified in found)),
        "certificate_authority": (None, ", ".join(verified.authority for verified in found)),
    }


def _read(command: Sequence[str]) -> dict[str, Any]:
    if not _AT_ONCE.acquire(timeout=_WAITS):
        wait = int(_LIMITS.seconds)
        raise TooManyAtOnce(f"Other files are being verified. Send this again in {wait} seconds.", retry_after=wait)
    try:
        ended = run_child(command, limits=_LIMITS)
    except TimeUp:
        logger.warning("the signatures of a file took too long to read: %s", command[3])
        return _nothing("too_heavy")
    finally:
        _AT_ONCE.release()
    if ended.status == 0:
        if ended.errors.strip():
            logger.warning("the signatures of %s are not as they should be: %s", command[3], ended.errors.strip())
        return _told_by(ended.output) or _nothing("too_heavy")
    if ended.status < 0 or "MemoryError" in ended.errors:
        logger.warning("the signatures of a file took too much memory to read: %s", command[3])
        return _nothing("too_heavy")
    reference = new_id()
    logger.error("signatures were not verified (%s): %s", reference, ended.errors.strip())
    raise VerificationFailed(f"The signatures were not verified. If you report it, give the reference {reference}.")


def _told_by(output: str) -> dict[str, Any] | None:
    """Return what the programme told, cleaned once more since the file may have had its way there; None: too much."""
    try:
        found: dict[str, Any] = plain(json.loads(output))
    except ValueError:
        logger.warning("what the signatures of a file say is more than is kept of it")
        return None
    return found


def _nothing(problem: str) -> dict[str, Any]:
    return {
        "library": f"pyHanko {version('pyHanko')}",
        "roots": [],
        "roots_refused": [],
        **nothing_read(problem),
    }
