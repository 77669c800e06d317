"""What licences do when terms have news."""

from licensing.agreements.services.prices import refuse_to_change_kept_prices, refuse_to_exceed_ceilings
from licensing.terms.models import TermsVersion
from platform_core.access.actors import Actor


def keep_prices(actor: Actor, version: TermsVersion) -> None:
    """Refuse a version of terms that would bill a licence otherwise which keeps its price, or above its ceiling."""
    refuse_to_change_kept_prices(actor=actor, version=version)
    refuse_to_exceed_ceilings(actor=actor, version=version)
