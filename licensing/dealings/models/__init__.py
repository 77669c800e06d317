"""Dealings with prospects, the offers made in them, and who did what on which day."""

from licensing.dealings.models.contracts import (
    Contract,
    ContractSignature,
    ContractTemplate,
    Recordal,
    RecordalResult,
    SealRequest,
    SignatureForm,
)
from licensing.dealings.models.dealing import LONGEST_TEXT, ConductKind, ConductStep, Dealing, Side
from licensing.dealings.models.offers import Offer, TaxBearer, TaxPath

__all__ = [
    "LONGEST_TEXT",
    "ConductKind",
    "ConductStep",
    "Contract",
    "ContractSignature",
    "ContractTemplate",
    "Dealing",
    "Offer",
    "Recordal",
    "RecordalResult",
    "SealRequest",
    "Side",
    "SignatureForm",
    "TaxBearer",
    "TaxPath",
]
