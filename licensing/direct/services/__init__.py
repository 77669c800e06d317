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
from licensing.direct.services.verifying import verify_signature_anew, verify_signed_file

__all__ = [
    "DirectLicenceEdits",
    "NewDirectLicence",
    "cancel_direct_licence",
    "countersign_direct_licence",
    "draft_direct_licence",
    "edit_direct_licence",
    "record_owner_consent",
    "send_direct_licence",
    "sign_direct_licence",
    "take_back_direct_licence",
    "terminate_direct_licence",
    "verify_signature_anew",
    "verify_signed_file",
]
