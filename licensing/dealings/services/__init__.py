"""Applying for a licence, offering and answering, and keeping the record of how both sides conducted it."""

from licensing.dealings.services.applying import (
    Application,
    acknowledge_application,
    apply_for_licence,
    close_dealing,
)
from licensing.dealings.services.conduct import note_conduct
from licensing.dealings.services.offering import NewOffer, accept_offer, make_offer, refuse_offer

__all__ = [
    "Application",
    "NewOffer",
    "accept_offer",
    "acknowledge_application",
    "apply_for_licence",
    "close_dealing",
    "make_offer",
    "note_conduct",
    "refuse_offer",
]
