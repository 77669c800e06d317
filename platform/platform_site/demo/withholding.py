"""Letters that scenes would send: a demonstration writes to nobody."""

from platform_core.jobs.models import Job
from platform_core.jobs.tasks import run
from platform_core.messaging.lifecycle import MessageState
from platform_core.messaging.models import Message
from platform_core.messaging.services import DELIVERING
from platform_site.demo.settling import taken_from_workers
from platform_site.demo.stage import Stage


def withhold(stage: Stage, kinds: str) -> None:
    """Finish what waits to be delivered of messages whose kind begins so, without sending it."""
    waiting = Message.objects.filter(kind__startswith=kinds, state=MessageState.WAITING)
    own = [str(message_id) for message_id in waiting.order_by("pk").values_list("pk", flat=True)]
    waiting.update(address="")
    # What other scenes have sent waits for its own moment.
    jobs = Job.objects.filter(task=DELIVERING, finished_at=None, arguments__message_id__in=own)
    for job in jobs.order_by("pk"):
        run(taken_from_workers(job), clock=stage.clock)
