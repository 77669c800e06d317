"""The signed head of the record, as an alliance keeps it elsewhere."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from platform_core.audit.calculation import head_of, statement
from platform_core.audit.keys import PublicKey, read_public_key
from platform_core.audit.models import AuditSeal, AuditSealedRow

FORMAT: Final = "lianchi-audit-head/1"


@dataclass(frozen=True, slots=True)
class Head:
    """What a seal states, with its signature and the key to check it: complete by itself."""

    form: int
    number: int
    first_row: int
    last_row: int
    previous_head: str
    last_hash: str
    sealed_at: str
    key_id: str
    head: str
    signature: str
    public_key: str

    def stated(self) -> bytes:
        """Return the bytes that were signed."""
        return statement(
            form=self.form,
            number=self.number,
            first_row=self.first_row,
            last_row=self.last_row,
            previous_head=self.previous_head,
            last_hash=self.last_hash,
            sealed_at=datetime.fromisoformat(self.sealed_at),
            key_id=self.key_id,
        )

    def is_signed_by(self, key: PublicKey) -> bool:
        """Say whether the head is what its seal states, and signed with a key."""
        stated = self.stated()
        return head_of(stated) == self.head and key.signed(signature_bytes(self.signature), stated)

    def document(self) -> dict[str, Any]:
        """Return the head as it is kept in a file."""
        return {"format": FORMAT, **asdict(self)}


def head_of_seal(seal: AuditSeal, public_key: PublicKey | None) -> Head:
    """Return the head of the record as a seal left it."""
    last = AuditSealedRow.objects.filter(number=seal.last_row).first()
    return Head(
        form=seal.form,
        number=seal.number,
        first_row=seal.first_row,
        last_row=seal.last_row,
        previous_head=seal.previous_head,
        last_hash=last.hash if last else "",
        sealed_at=seal.sealed_at.isoformat(),
        key_id=seal.key_id,
        head=seal.head,
        signature=seal.signature,
        public_key=public_key.pem if public_key else "",
    )


def read_head(text: str) -> tuple[Head, PublicKey]:
    """Read a kept head with the key it brings; ValueError where it is none, or its signature does not hold."""
    try:
        document = json.loads(text)
        if document.pop("format") != FORMAT:
            raise ValueError("it has another format")
        head = Head(**document)
        key = read_public_key(head.public_key)
        holds = key.id == head.key_id and head.is_signed_by(key)
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise ValueError(f"this is no head of an audit record ({problem})") from problem
    if not holds:
        raise ValueError("its signature does not hold: the file itself was changed")
    return head, key


def signature_bytes(text: str) -> bytes:
    """Return a signature's bytes, or none where it is not even the text of one."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
