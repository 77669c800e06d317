"""What a cut-over does when a close is about to be approved."""

from licensing.close.models import CloseRun
from licensing.cutover.services import require_settled
from platform_core.access.actors import Actor


def refuse_unsettled(actor: Actor, run: CloseRun) -> None:
    """Refuse the first live close of a programme while its parallel periods are not settled."""
    require_settled(run=run)
