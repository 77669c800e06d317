"""Granting licences outside a programme: drafting them, having them signed by both sides, and ending them."""

from licensing.direct.services.drafting import (
    DirectLicenceEdits,
    NewDirectLicence,
    draft_direct_licence,
    edit_direct_licence,
    record_owner_consent,
)
from licensing.direct.services.signing import (
    cancel_direct_licence,
    countersign_direct_licence,
    send_direct_licence,
    sign_direct_licence,
    take_back_direct_licence,
    terminate_direct_licence,
)
from licensing.direct.services.verifying import (
    keep_verified_anew,
    signature_verified_anew,
    verify_signed_file,
)

__all__ = [
    "DirectLicenceEdits",
    "NewDirectLicence",
    "cancel_direct_licence",
    "countersign_direct_licence",
    "draft_direct_licence",
    "edit_direct_licence",
    "keep_verified_anew",
    "record_owner_consent",
    "send_direct_licence",
    "sign_direct_licence",
    "signature_verified_anew",
    "take_back_direct_licence",
    "terminate_direct_licence",
    "verify_signed_file",
]
