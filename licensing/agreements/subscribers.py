"""What licences do when terms have news."""

from licensing.agreements.services.prices import refuse_to_change_kept_prices
from licensing.terms.models import TermsVersion
from platform_core.access.actors import Actor


def keep_prices(actor: Actor, version: TermsVersion) -> None:
    """Refuse a version of terms that would bill a licence otherwise which keeps its price."""
    refuse_to_change_kept_prices(actor=actor, version=version)
