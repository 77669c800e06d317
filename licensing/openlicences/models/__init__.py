"""Declarations of open licences, licences taken under them, and what is stated and paid."""

from licensing.openlicences.models.declarations import (
    PUBLIC_STATES,
    RUNNING_SCHEMES,
    STANDING_STATES,
    SUM_SCHEMES,
    DeclarationState,
    OpenConsent,
    OpenDeclaration,
    PriceScheme,
    ReportFinding,
    RoyaltyBase,
)
from licensing.openlicences.models.licences import (
    GIVEN_STATES,
    OpenLicence,
    OpenLicenceState,
    OpenPayment,
    OpenStatement,
)

__all__ = [
    "GIVEN_STATES",
    "PUBLIC_STATES",
    "RUNNING_SCHEMES",
    "STANDING_STATES",
    "SUM_SCHEMES",
    "DeclarationState",
    "OpenConsent",
    "OpenDeclaration",
    "OpenLicence",
    "OpenLicenceState",
    "OpenPayment",
    "OpenStatement",
    "PriceScheme",
    "ReportFinding",
    "RoyaltyBase",
]
