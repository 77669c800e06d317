"""Programmes and their terms over HTTP."""

from licensing.terms.api.checks import TermsChecksView
from licensing.terms.api.differences import TermsDifferencesView
from licensing.terms.api.programmes import (
    ProgrammeStepsView,
    ProgrammesView,
    ProgrammeView,
    TariffsView,
    TermsPublicationView,
    TermsVersionsView,
    TermsVersionView,
    TermsWithdrawalView,
)

__all__ = [
    "ProgrammeStepsView",
    "ProgrammeView",
    "ProgrammesView",
    "TariffsView",
    "TermsChecksView",
    "TermsDifferencesView",
    "TermsPublicationView",
    "TermsVersionView",
    "TermsVersionsView",
    "TermsWithdrawalView",
]
