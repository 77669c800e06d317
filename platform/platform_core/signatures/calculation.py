"""What follows from what was read in a signed file, for whoever relies on it."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final


class Outcome(StrEnum):
    """What the electronic signatures of a file are worth, the most serious first."""

    UNSIGNED = "unsigned"
    """It carries none."""
    UNREADABLE = "unreadable"
    """It is malformed or encrypted, or takes more time or memory to read than a file may."""
    OTHER_TEXT = "other_text"
    """Another document than the contract was signed, or the contract was changed before it was."""
    BROKEN = "broken"
    """A signature does not hold: the file was changed, or it was never one."""
    CHANGED = "changed"
    """More than further signatures was added after it was signed."""
    NOT_VALID = "not_valid"
    """A certificate was not valid when its holder signed, or was revoked."""
    UNVERIFIED = "unverified"
    """A signature is of a kind that cannot be verified here, such as SM2."""
    INTACT = "intact"
    """Every signature holds, and nothing else came after them."""


class Authority(StrEnum):
    """Whether the certificates of all who signed were issued by authorities that this site trusts."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    NOT_JUDGED = "not_judged"
    """Nothing was verified of which it could be asked."""


KINDS: Final = ("pdf", "ofd", "cms")
"""Files that may carry signatures: by these names they are told to the programme that reads them."""

CERTIFIED: Final = frozenset({Outcome.INTACT, Outcome.UNVERIFIED})
"""With these a file may be recorded as signed electronically; of the second it is said what it lacks."""

HARMLESS: Final = frozenset({"nothing", "proofs", "signatures"})
"""What may be added to a text, or after a signature, without anybody having signed another text."""

Report = Mapping[str, Any]
"""What the programme that reads signatures tells of one file."""


def nothing_read(problem: str = "", kind: str = "") -> dict[str, Any]:
    """Return what is told of a file in which no signature was found, or could not be for a problem."""
    return {
        "kind": kind,
        "problem": problem,
        "signatures": [],
        "stamps": [],
        "text": {"sha256": "", "added": "", "since": ""},
    }


def judged(found: Report, *, has_texts: bool) -> tuple[Outcome, Authority]:
    """Return what a file's signatures are worth, and whether their authorities are known.

    Where there are texts of the contract, the file has to be one of them with nothing but signatures added.
    """
    signatures = found["signatures"]
    if found["problem"]:
        return Outcome.UNREADABLE, Authority.NOT_JUDGED
    if not signatures:
        return Outcome.UNSIGNED, Authority.NOT_JUDGED
    return _outcome(found, has_texts=has_texts), _authority(signatures)


def signed_text(found: Report, outcome: Outcome) -> str:
    """Return the SHA-256 of the text that was signed with nothing but signatures added; blank: it is none of them."""
    text = found["text"]
    is_it = outcome in CERTIFIED and text["added"] in HARMLESS and text["since"] in HARMLESS
    return str(text["sha256"]) if is_it else ""


def _outcome(found: Report, *, has_texts: bool) -> Outcome:
    signatures, text = found["signatures"], found["text"]
    verified = [each for each in signatures if not each["unsupported"]]
    if any(not each["holds"] or each["covers"] == "part" for each in verified):
        return Outcome.BROKEN
    # An OFD is never one of the texts, which are PDFs: that it is another document cannot be said of it.
    compares = has_texts and found["kind"] != "ofd"
    if compares and text["added"] not in HARMLESS:
        return Outcome.OTHER_TEXT
    # What came after a signature that cannot be verified is legible all the same.
    if any(each["added_after"] not in HARMLESS for each in signatures) or (compares and text["since"] not in HARMLESS):
        return Outcome.CHANGED
    if any(not each["was_valid"] or each["revocation"] == "revoked" for each in verified):
        return Outcome.NOT_VALID
    return Outcome.INTACT if len(verified) == len(signatures) else Outcome.UNVERIFIED


def _authority(signatures: list[Mapping[str, Any]]) -> Authority:
    if any(each["unsupported"] for each in signatures):
        return Authority.NOT_JUDGED
    return Authority.KNOWN if all(each.get("is_known") for each in signatures) else Authority.UNKNOWN


_BLANK: Final[Mapping[str, Any]] = {
    "field": "",
    "unsupported": "",
    "malformed": "",
    "signer_name": "",
    "organisation": "",
    "subject": "",
    "credit_code": "",
    "serial": "",
    "valid_from": None,
    "valid_to": None,
    "issuers": [],
    "algorithm": "",
    "claimed_at": None,
    "timestamp": None,
    "judged_at": None,
    "holds": None,
    "was_valid": None,
    "is_known": None,
    "revocation": "not_asked",
    "covers": "",
    "added_after": "",
}


def plain(found: Any) -> Any:
    """Return what was read with each text in it cut to 200 characters, and without what no text should hold.

    Control characters and halves of characters no database keeps, and others turn the direction of what follows.
    """
    match found:
        case str():
            return "".join(" " if unicodedata.category(each) in _UNFIT else each for each in found[:_LONGEST])
        case Mapping():
            return {plain(name): plain(value) for name, value in found.items()}
        case list() | tuple():
            return [plain(each) for each in found]
    return found


_LONGEST: Final = 200
_UNFIT: Final = frozenset({"Cc", "Cf", "Cs"})


def whole(signature: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was read of a signature with a blank for each thing that could not be."""
    given = dict(signature)
    signer = dict(given.pop("signer", {}))
    if signer:
        signer["signer_name"] = signer.pop("name")
    return {name: {**given, **signer}.get(name, blank) for name, blank in _BLANK.items()}
