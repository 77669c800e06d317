"""Applying for a licence, offering and answering, and keeping the record of how both sides conducted it."""

from licensing.dealings.services.applying import (
    Application,
    acknowledge_application,
    apply_for_licence,
    close_dealing,
)
from licensing.dealings.services.conduct import note_conduct
from licensing.dealings.services.contracting import (
    Parties,
    countersign,
    decide_seal,
    draw_up_contract,
    note_original,
    record_signature,
    request_seal,
)
from licensing.dealings.services.offering import NewOffer, accept_offer, make_offer, refuse_offer
from licensing.dealings.services.recording import record_recordal
from licensing.dealings.services.signing import (
    NewSignature,
    VerifiedAnew,
    keep_verified_anew,
    verified_anew,
    verified_before,
)
from licensing.dealings.services.templates import publish_template

__all__ = [
    "Application",
    "NewOffer",
    "NewSignature",
    "Parties",
    "VerifiedAnew",
    "accept_offer",
    "acknowledge_application",
    "apply_for_licence",
    "close_dealing",
    "countersign",
    "decide_seal",
    "draw_up_contract",
    "keep_verified_anew",
    "make_offer",
    "note_conduct",
    "note_original",
    "publish_template",
    "record_recordal",
    "record_signature",
    "refuse_offer",
    "request_seal",
    "verified_anew",
    "verified_before",
]
