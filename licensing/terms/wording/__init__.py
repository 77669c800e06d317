"""Terms in words, in English and Chinese. Pure: no Django, no database, no clock, no network."""

from licensing.terms.wording.comparing import compare_terms
from licensing.terms.wording.said import Difference, Said

__all__ = ["Difference", "Said", "compare_terms"]
