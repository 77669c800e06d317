"""The cut-over as an application."""

from django.apps import AppConfig


class CutoverConfig(AppConfig):
    """Moving programmes from their old workbooks."""

    name = "licensing.cutover"
    label = "cutover"

    def ready(self) -> None:
        """Have no first live close approved before past periods are settled, and no past period billed again."""
        from licensing.billing.selectors import bill_elsewhere
        from licensing.close.events import approval_asked
        from licensing.cutover.subscribers import closes_billed_before, refuse_unsettled

        approval_asked.subscribe(refuse_unsettled)
        bill_elsewhere(closes_billed_before)
