"""Dealings with prospects, the offers made in them, and who did what on which day."""

from licensing.dealings.models.dealing import LONGEST_TEXT, ConductKind, ConductStep, Dealing, Side
from licensing.dealings.models.offers import Offer, TaxBearer, TaxPath

__all__ = [
    "LONGEST_TEXT",
    "ConductKind",
    "ConductStep",
    "Dealing",
    "Offer",
    "Side",
    "TaxBearer",
    "TaxPath",
]
