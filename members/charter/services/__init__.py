"""Writing what members agree to, publishing it, recording authority, and signing."""

from members.charter.services.authorities import end_authority, record_authority
from members.charter.services.reminding import remind_signers
from members.charter.services.signing import record_paper_signature, sign_charter
from members.charter.services.versions import (
    VersionEdits,
    discard_version,
    draft_version,
    edit_version,
    publish_version,
    start_charter,
)

__all__ = [
    "VersionEdits",
    "discard_version",
    "draft_version",
    "edit_version",
    "end_authority",
    "publish_version",
    "record_authority",
    "record_paper_signature",
    "remind_signers",
    "sign_charter",
    "start_charter",
]
