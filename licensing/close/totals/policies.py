"""Who may know a programme's totals: finance exactly, licensors, office and authority by the rule of aggregates."""

from django.db.models import Q

from licensing.close.totals.models import TotalsRelease
from licensing.terms.policies import PROGRAMME_POLICY, sharing_in_pool
from platform_core.access.actors import Actor
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import EVERYTHING, in_alliance, in_operating_entity, own_organisation
from platform_core.identity.references import Fate, Reference, declare_reference, refused_if_any
from platform_core.identity.roles import Purpose, Role

READ_TOTALS = Permission("programme.read_totals")
"""Sums that tell of nobody: at least three reporters, none of whom has more than 60 %."""
READ_EXACT_TOTALS = Permission("programme.read_exact_totals")
"""Every sum, however few it is of."""
READ_TOTALS_RELEASE = Permission("totals_release.read")

_LICENSORS = (Role.MEMBER_ADMIN, Role.MEMBER_FINANCE)

PROGRAMME_POLICY.extend(
    allow((Role.SECRETARIAT, Role.AUTHORITY), READ_TOTALS, in_alliance()),
    allow(_LICENSORS, READ_TOTALS, sharing_in_pool()),
    allow(Role.FINANCE, {READ_TOTALS, READ_EXACT_TOTALS}, in_operating_entity(), purpose=Purpose.ROYALTIES),
    allow(Audience.STAFF, {READ_TOTALS, READ_EXACT_TOTALS}, in_alliance()),
)

_ORGANISATIONS = ("licences__licensee", "pool__members__membership__organisation")


def _of_nobody_hidden(actor: Actor) -> Q:
    """Programmes in which nobody takes part of whom the person undertook to see nothing: sums tell of each."""
    left = actor.screen.leaves(*_ORGANISATIONS) if actor.screen is not None else None
    return EVERYTHING if left is None else left


PROGRAMME_POLICY.guard(
    *(
        Guard(
            permission,
            "You undertook not to see figures of somebody who takes part in this programme.",
            _of_nobody_hidden,
        )
        for permission in (READ_TOTALS, READ_EXACT_TOTALS)
    )
)

TOTALS_RELEASE_POLICY = register(
    Policy(
        TotalsRelease,
        read=READ_TOTALS_RELEASE,
        rules=[
            allow((*_LICENSORS, Role.SECRETARIAT, Role.AUTHORITY), READ_TOTALS_RELEASE, own_organisation("reader")),
            allow(
                Role.FINANCE,
                READ_TOTALS_RELEASE,
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Audience.STAFF, READ_TOTALS_RELEASE, in_alliance("programme__alliance")),
        ],
    )
)
TOTALS_RELEASE_POLICY.belong_to(*(f"programme__{path}" for path in _ORGANISATIONS))
declare_reference(
    Reference(
        TotalsRelease,
        "reader",
        Fate.REFUSED,
        "what two readers were told apart could be subtracted by one",
        hindrance=refused_if_any(
            TotalsRelease,
            "reader",
            "Totals of a programme were told to the one that goes. Merge the other way round; "
            "if both were told totals, they stay two.",
        ),
    )
)
