"""The two files of a proof, version 1: what is published, and a statement with what opens it.

Each is JSON. What is published is written in one way only (names in order, no spaces, UTF-8), so that its SHA-256 is
its fingerprint and any program for hashes shows it. Reading is strict: nothing unknown, nothing twice, nothing missing.
"""

import hashlib
import itertools
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from licensing.distribution.proofs.group import ORDER, is_point
from licensing.distribution.proofs.model import (
    LARGEST_AMOUNT,
    MOST_PAYEES,
    Opening,
    ProvenStatement,
    Published,
    Row,
    Statement,
)
from licensing.distribution.proofs.problems import ProofProblem
from platform_core.canonical import canonical
from platform_core.codes import CURRENCY_EXPONENTS

PUBLISHED_KIND: Final = "lianchi/distribution/published"
STATEMENT_KIND: Final = "lianchi/distribution/statement"
VERSION: Final = 1

LARGEST_FILE: Final = 64 * 1024 * 1024
MOST_DIGITS: Final = 30
MOST_PERIODS: Final = 100
LONGEST_TEXT: Final = 200
DEEPEST: Final = 20
LABEL_BYTES: Final = 16
KEY_BYTES: Final = 32

_AMOUNT: Final = re.compile(r"0|-?[1-9][0-9]{0,18}", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]*", re.ASCII)


def published_file(published: Published) -> bytes:
    """Write what everybody may read, in the only way; its SHA-256 is the fingerprint."""
    return canonical(_published_document(published)).encode()


def fingerprint(published: Published) -> str:
    """Return what readers compare with one another: the SHA-256 of the published file, in hexadecimal."""
    return hashlib.sha256(published_file(published)).hexdigest()


def statement_file(proven: ProvenStatement) -> bytes:
    """Write the file for one payee alone: it holds what opens its row."""
    statement, opening = proven.statement, proven.opening
    return canonical(
        {
            "kind": STATEMENT_KIND,
            "version": VERSION,
            "statement": {
                "payee": statement.payee,
                "amount_minor": str(statement.amount_minor),
                "details": dict(statement.details),
            },
            "opening": {
                "label": opening.label,
                "blinding": _scalar_text(opening.blinding),
                "nonce": opening.nonce.hex(),
            },
            "published": _published_document(proven.published),
        }
    ).encode()


def seal_of(statement: Statement, opening: Opening, *, run: str, currency: str, periods: Sequence[str]) -> bytes:
    """Return the seal of a statement: a hash of all it says, for this distribution and row, under a secret nonce.

    Without the nonce nobody can try candidates: amounts are few and hashes quick.
    """
    said = {
        "run": run,
        "currency": currency,
        "periods": list(periods),
        "label": opening.label,
        "payee": statement.payee,
        "amount_minor": str(statement.amount_minor),
        "details": dict(statement.details),
    }
    return hashlib.sha256(b"lianchi/distribution/seal/1\n" + opening.nonce + canonical(said).encode()).digest()


def kind_of(content: bytes) -> str:
    """Return which of the two files it is. Raises ProofProblem where it is neither."""
    document = _parsed(content)
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind not in (PUBLISHED_KIND, STATEMENT_KIND):
        raise ProofProblem("other_kind")
    return str(kind)


def read_published(content: bytes) -> Published:
    """Read a published file, which must be byte for byte as it is written. Raises ProofProblem."""
    published = _published(_parsed(content), "the file")
    if published_file(published) != content:
        raise ProofProblem("not_as_published")
    return published


def read_statement(content: bytes) -> ProvenStatement:
    """Read a member's file. Raises ProofProblem; whether it proves anything is for `verify_statement`."""
    document = _parsed(content)
    if isinstance(document, dict) and document.get("kind") != STATEMENT_KIND:
        raise ProofProblem("not_statement_kind")
    fields = _fields(document, "the file", "kind", "version", "statement", "opening", "published")
    _require_version(fields)
    said = _fields(fields["statement"], "the statement", "payee", "amount_minor", "details")
    opens = _fields(fields["opening"], "opening", "label", "blinding", "nonce")
    return ProvenStatement(
        statement=Statement(
            payee=checked_text(said["payee"], "payee"),
            amount_minor=_amount(said["amount_minor"], "amount_minor"),
            details=checked_details(said["details"]),
        ),
        opening=Opening(
            label=_bytes(opens["label"], "opening label", LABEL_BYTES).hex(),
            blinding=_scalar(opens["blinding"], "opening blinding"),
            nonce=_bytes(opens["nonce"], "opening nonce", KEY_BYTES),
        ),
        published=_published(fields["published"], "the published part"),
    )


def checked_text(value: object, place: str) -> str:
    """Return a text of 1 to 200 characters that a person can read on one line. Raises ProofProblem."""
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_TEXT or not all(map(_can_be_seen, value)):
        raise ProofProblem("bad_text", place=place, most=LONGEST_TEXT)
    return value


def checked_currency(value: object) -> str:
    """Return the code of a currency with a minor unit. Raises ProofProblem."""
    if not isinstance(value, str) or value not in CURRENCY_EXPONENTS:
        raise ProofProblem("bad_currency", place="currency")
    return value


def checked_amount(value: int, place: str) -> int:
    """Return minor units that are below 2^63 in size. Raises ProofProblem."""
    if abs(value) > LARGEST_AMOUNT:
        raise ProofProblem("bad_amount", place=place)
    return value


def checked_periods(value: object) -> tuple[str, ...]:
    """Return the periods that a distribution is of. Raises ProofProblem."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_PERIODS:
        raise ProofProblem("bad_periods", place="periods", most=MOST_PERIODS)
    periods = tuple(checked_text(period, "periods") for period in value)
    if len(set(periods)) != len(periods):
        raise ProofProblem("bad_periods", place="periods", most=MOST_PERIODS)
    return periods


def checked_details(value: object) -> dict[str, Any]:
    """Return details that can be written in one way and read again as they are. Raises ProofProblem."""
    if not isinstance(value, Mapping):
        raise ProofProblem("not_an_object", place="details")
    _check_detail(value, DEEPEST)
    return dict(value)


def _check_detail(value: object, levels: int) -> None:
    if levels == 0:
        raise ProofProblem("too_deep")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str) or not _whole(name):
                raise ProofProblem("bad_details", place="details", why=f"name {name!a}")
            _check_detail(inner, levels - 1)
    elif isinstance(value, list):
        for inner in value:
            _check_detail(inner, levels - 1)
    elif isinstance(value, str):
        if not _whole(value):
            raise ProofProblem("bad_details", place="details", why=ascii(value[:50]))
    elif isinstance(value, int):
        if abs(value) >= 10**MOST_DIGITS:
            raise ProofProblem("number_too_long", most=MOST_DIGITS)
    elif value is not None:
        raise ProofProblem("bad_details", place="details", why=type(value).__name__)


def _whole(text: str) -> bool:
    """Whether a text has no half characters, which UTF-8 cannot hold."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _can_be_seen(character: str) -> bool:
    """Whether a character is neither half of one nor does something to a terminal or the direction of the line."""
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _published_document(published: Published) -> dict[str, Any]:
    return {
        "kind": PUBLISHED_KIND,
        "version": VERSION,
        "run": published.run,
        "currency": published.currency,
        "periods": list(published.periods),
        "count": len(published.rows),
        "total_minor": str(published.total_minor),
        "blinding": _scalar_text(published.blinding),
        "rows": [
            {"label": row.label, "commitment": row.commitment.hex(), "seal": row.seal.hex()} for row in published.rows
        ],
    }


def _published(document: object, place: str) -> Published:
    if isinstance(document, dict) and document.get("kind") != PUBLISHED_KIND:
        raise ProofProblem("not_published_kind")
    fields = _fields(
        document, place, "kind", "version", "run", "currency", "periods", "count", "total_minor", "blinding", "rows"
    )
    _require_version(fields)
    if not isinstance(fields["rows"], list) or len(fields["rows"]) > MOST_PAYEES:
        raise ProofProblem("bad_rows", place="rows", most=MOST_PAYEES)
    rows = tuple(_row(row, f"row {number}") for number, row in enumerate(fields["rows"], start=1))
    if type(fields["count"]) is not int or fields["count"] != len(rows):
        raise ProofProblem("wrong_count", count=_shown(str(fields["count"])), found=len(rows))
    labels = [row.label for row in rows]
    if any(one >= other for one, other in itertools.pairwise(labels)):
        raise ProofProblem("not_in_order")
    return Published(
        run=checked_text(fields["run"], "run"),
        currency=checked_currency(fields["currency"]),
        periods=checked_periods(fields["periods"]),
        total_minor=_amount(fields["total_minor"], "total_minor"),
        blinding=_scalar(fields["blinding"], "blinding"),
        rows=rows,
    )


def _row(document: object, place: str) -> Row:
    fields = _fields(document, place, "label", "commitment", "seal")
    commitment = _bytes(fields["commitment"], f"{place} commitment", KEY_BYTES)
    if not is_point(commitment):
        raise ProofProblem("bad_point", place=f"{place} commitment")
    return Row(
        label=_bytes(fields["label"], f"{place} label", LABEL_BYTES).hex(),
        commitment=commitment,
        seal=_bytes(fields["seal"], f"{place} seal", KEY_BYTES),
    )


def _fields(document: object, place: str, *names: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise ProofProblem("not_an_object", place=place)
    for name in names:
        if name not in document:
            raise ProofProblem("missing", place=place, name=name)
    for name in document:
        if name not in names:
            raise ProofProblem("unknown", place=place, name=_shown(name))
    return document


def _require_version(fields: dict[str, Any]) -> None:
    if type(fields["version"]) is not int or fields["version"] != VERSION:
        raise ProofProblem("other_version", version=_shown(str(fields["version"])))


def _amount(value: object, place: str) -> int:
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise ProofProblem("bad_amount", place=place)
    return checked_amount(int(value), place)


def _bytes(value: object, place: str, length: int) -> bytes:
    if not isinstance(value, str) or len(value) != 2 * length or not _HEX.fullmatch(value):
        raise ProofProblem("bad_bytes", place=place, length=2 * length)
    return bytes.fromhex(value)


def _scalar(value: object, place: str) -> int:
    scalar = int.from_bytes(_bytes(value, place, KEY_BYTES), "little")
    if not 0 < scalar < ORDER:
        raise ProofProblem("bad_scalar", place=place)
    return scalar


def _scalar_text(scalar: int) -> str:
    return scalar.to_bytes(KEY_BYTES, "little").hex()


def _parsed(content: bytes) -> object:
    if len(content) > LARGEST_FILE:
        raise ProofProblem("too_large", most=LARGEST_FILE)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ProofProblem("not_text") from None
    try:
        parsed: object = json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=_number,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except json.JSONDecodeError as problem:
        raise ProofProblem("cut_off", at=problem.pos + 1) from None
    except RecursionError:
        raise ProofProblem("too_deep") from None
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ProofProblem("named_twice", name=_shown(name))
        found[name] = value
    return found


def _number(text: str) -> int:
    if len(text.lstrip("-")) > MOST_DIGITS:
        raise ProofProblem("number_too_long", most=MOST_DIGITS)
    return int(text)


def _no_fraction(text: str) -> NoReturn:
    raise ProofProblem("no_fractions", value=text[:MOST_DIGITS])


def _shown(text: str) -> str:
    """Return what a stranger wrote so that a terminal can show it: short, and without characters that do things."""
    return "".join(character if character.isprintable() else "?" for character in text[:60])
