"""The royalty close: a bundle of files in, a folder of results out. Pure: no Django, no clock, no network."""

from licensing.engine.close import ENGINE_VERSION, CloseOutcome, close_bundle
from licensing.engine.rejects import BundleError
from licensing.engine.terms import TermsError, TermsProblem, load_document, parse_terms, period_months, validate_terms

__all__ = [
    "ENGINE_VERSION",
    "BundleError",
    "CloseOutcome",
    "TermsError",
    "TermsProblem",
    "close_bundle",
    "load_document",
    "parse_terms",
    "period_months",
    "validate_terms",
]
