"""The cut-over as an application."""

from django.apps import AppConfig


class CutoverConfig(AppConfig):
    """Moving programmes from their old workbooks."""

    name = "licensing.cutover"
    label = "cutover"

    def ready(self) -> None:
        """Have no first live close approved before the parallel periods are settled."""
        from licensing.close.events import approval_asked
        from licensing.cutover.subscribers import refuse_unsettled

        approval_asked.subscribe(refuse_unsettled)
