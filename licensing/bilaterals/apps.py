"""Claims that a licensee holds a licence from a member as an application."""

from django.apps import AppConfig


class BilateralsConfig(AppConfig):
    """What is claimed of licences between a licensee and a member, on what evidence, and what the member says to it."""

    name = "licensing.bilaterals"
    label = "bilaterals"

    def ready(self) -> None:
        """Tell the home page which claims wait for whom, and what they are called."""
        from licensing.bilaterals.home import claims_waiting, name_of_claim
        from licensing.bilaterals.models import BilateralClaim
        from platform_core.home.registry import tell_names, tell_waiting

        tell_waiting(claims_waiting)
        tell_names(BilateralClaim, name_of_claim, along=("licence", "member__membership__organisation"))
