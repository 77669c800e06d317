"""Reading a programme's terms: the TOML document to typed values, with every mistake named by its path.

Source: the close specification, sections 3 to 6.
"""

from licensing.engine.terms.document import load_document, parse_terms, period_months, validate_terms
from licensing.engine.terms.values import TermsError, TermsProblem

__all__ = ["TermsError", "TermsProblem", "load_document", "parse_terms", "period_months", "validate_terms"]
