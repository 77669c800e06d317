"""The royalty close: a bundle of files in, a folder of results out. Pure: no Django, no clock, no network."""

from licensing.engine.terms import TermsError, TermsProblem, load_document, parse_terms, period_months, validate_terms

ENGINE_VERSION = "1"

__all__ = [
    "ENGINE_VERSION",
    "TermsError",
    "TermsProblem",
    "load_document",
    "parse_terms",
    "period_months",
    "validate_terms",
]
