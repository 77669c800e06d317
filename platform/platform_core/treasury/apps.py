"""The treasury as an application."""

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    """Bank accounts of operating entities, what banks say of them, and payments."""

    name = "platform_core.treasury"
    label = "treasury"

    def ready(self) -> None:
        """Have payments recognised on statements."""
        from platform_core.treasury.claims import Claimant, register_claimant
        from platform_core.treasury.models import Payout
        from platform_core.treasury.recognising import CLAIMANT, propose_payouts, take_payout_line

        register_claimant(Claimant(CLAIMANT, Payout._meta.label_lower, propose_payouts, take_payout_line))
