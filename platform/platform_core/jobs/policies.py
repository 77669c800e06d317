"""Who may see and cancel background work; rooms above open it to those who see its subject."""

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, own_seat
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.jobs.models import Job

READ_JOB = Permission("job.read")
CANCEL_JOB = Permission("job.cancel")

JOB_POLICY = register(
    Policy(
        Job,
        read=READ_JOB,
        no_staff="it stands in the way of nobody's help: what work came to shows on its subject",
        rules=[
            # Work on a subject is opened by the room of the subject: whoever may see that no more, sees no job of it.
            allow(
                Audience.SIGNED_IN,
                {READ_JOB, CANCEL_JOB},
                own_seat("seat").narrowed(Q(subject_type=""), "with no subject"),
            ),
            allow(COMMAND_LINE, {READ_JOB, CANCEL_JOB}, everything()),
        ],
    )
)
declare_reference(Reference(Job, "organisation", Fate.KEPT, "for whom it was done, as it was then"))
