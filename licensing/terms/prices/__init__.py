"""Whether a licence keeps its price from one version of terms to another, and by how much its rates rise.

Pure: no Django, no database, no clock, no network. Worked out from the terms alone, for whatever may be sold.
"""

from licensing.terms.prices.cells import Licensed, TooManyCases
from licensing.terms.prices.keeping import PriceChange, PriceComparison, price_changes
from licensing.terms.prices.rising import PriceRise, price_rises

__all__ = ["Licensed", "PriceChange", "PriceComparison", "PriceRise", "TooManyCases", "price_changes", "price_rises"]
