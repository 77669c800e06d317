"""Who may move a programme from its old workbooks: finance of the operating entity, and its command line."""

from typing import Final

from django.db.models import Exists, OuterRef, Q

from licensing.cutover.models import (
    Cutover,
    Opening,
    OpeningDifference,
    OpeningFile,
    ParallelDifference,
    ParallelRun,
)
from licensing.terms.policies import PROGRAMME_POLICY
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

BEGIN_CUTOVER = Permission("programme.begin_cutover")
READ_CUTOVER = Permission("cutover.read")
COMPARE_PERIOD = Permission("cutover.compare_period")
READ_PARALLEL_RUN = Permission("parallel_run.read")
ACCEPT_DIFFERENCES = Permission("parallel_run.accept_differences")
CONFIRM_PARALLEL_RUN = Permission("parallel_run.confirm")
PREVIEW_OPENING = Permission("cutover.preview_opening")
READ_OPENING = Permission("opening.read")
CONFIRM_OPENING = Permission("opening.confirm")
UNDO_OPENING = Permission("opening.undo")

COMPARISON_DECISION: Final = "parallel_run.confirmation"
"""The decision of two people: one compares a period and accepts what differs, another confirms it."""

_NO_STAFF: Final = "what old workbooks came to is nothing that a staff session needs"
_LICENSEES: Final = "programme__licences__licensee"
_MEMBERS: Final = "programme__pool__members__membership__organisation"


def _accepted_some(actor: Actor) -> Exists:
    rows = ParallelDifference.objects.filter(parallel_run=OuterRef("pk"), accepted_by=actor.user_id)
    return Exists(rows.order_by())


PROGRAMME_POLICY.extend(
    allow(Role.FINANCE, BEGIN_CUTOVER, in_operating_entity(), purpose=Purpose.ROYALTIES),
    allow(COMMAND_LINE, BEGIN_CUTOVER, everything()),
)

CUTOVER_POLICY = register(
    Policy(
        Cutover,
        read=READ_CUTOVER,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_CUTOVER, COMPARE_PERIOD, PREVIEW_OPENING},
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, {READ_CUTOVER, COMPARE_PERIOD}, everything()),
        ],
    )
)

PARALLEL_RUN_POLICY = register(
    Policy(
        ParallelRun,
        read=READ_PARALLEL_RUN,
        no_staff=_NO_STAFF,
        rules=[
            # Accepting is a person's: whoever has the machine does not answer for the difference.
            allow(
                Role.FINANCE,
                {READ_PARALLEL_RUN, ACCEPT_DIFFERENCES, CONFIRM_PARALLEL_RUN},
                in_operating_entity("cutover__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_PARALLEL_RUN, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_PARALLEL_RUN,
                "You compared this period or accepted what differs yourself: a second person has to confirm it.",
                lambda actor: ~Q(compared_by=actor.user_id) & ~Q(_accepted_some(actor)),
            )
        ],
    )
)

PARALLEL_DIFFERENCE_POLICY = register(
    Policy(
        ParallelDifference,
        read=READ_PARALLEL_RUN,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                READ_PARALLEL_RUN,
                in_operating_entity("parallel_run__cutover__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_PARALLEL_RUN, everything()),
        ],
    )
)

OPENING_DECISION: Final = "opening.confirmation"
"""The decision of two people: one brings what is carried over, another has it booked."""

OPENING_POLICY = register(
    Policy(
        Opening,
        read=READ_OPENING,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_OPENING, CONFIRM_OPENING, UNDO_OPENING},
                in_operating_entity("cutover__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_OPENING, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_OPENING,
                "You brought this yourself: a second person has to confirm it.",
                lambda actor: ~Q(previewed_by=actor.user_id),
            )
        ],
    )
)


def _as_the_opening(model: type[OpeningFile | OpeningDifference]) -> Policy:
    """Whoever sees what is carried over sees its files and what does not tie."""
    return register(
        Policy(
            model,
            read=READ_OPENING,
            no_staff=_NO_STAFF,
            rules=[
                allow(
                    Role.FINANCE,
                    READ_OPENING,
                    in_operating_entity("opening__cutover__programme__operating_entity"),
                    purpose=Purpose.ROYALTIES,
                ),
                allow(COMMAND_LINE, READ_OPENING, everything()),
            ],
        )
    )


OPENING_FILE_POLICY = _as_the_opening(OpeningFile)
OPENING_DIFFERENCE_POLICY = _as_the_opening(OpeningDifference)

# As with closes: totals and what moves from one to another tell of everybody who takes part.
CUTOVER_POLICY.belong_to(_LICENSEES, _MEMBERS)
PARALLEL_RUN_POLICY.belong_to(f"cutover__{_LICENSEES}", f"cutover__{_MEMBERS}")
OPENING_POLICY.belong_to(f"cutover__{_LICENSEES}", f"cutover__{_MEMBERS}")
for _policy in (OPENING_FILE_POLICY, OPENING_DIFFERENCE_POLICY):
    _policy.belong_to(f"opening__cutover__{_LICENSEES}", f"opening__cutover__{_MEMBERS}")
PARALLEL_DIFFERENCE_POLICY.belong_to(f"parallel_run__cutover__{_LICENSEES}", f"parallel_run__cutover__{_MEMBERS}")

declare_decision(
    Decision(
        COMPARISON_DECISION,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        in_use=lambda place: Cutover.objects.filter(programme__operating_entity=place.entity).exists(),
    )
)
declare_decision(
    Decision(
        OPENING_DECISION,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        in_use=lambda place: Cutover.objects.filter(programme__operating_entity=place.entity).exists(),
    )
)
