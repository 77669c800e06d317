"""Who may see and carry over what was given out before: finance of the operating entity, as of distributions here."""

from typing import Final

from licensing.distribution.earlier.models import EarlierShare
from licensing.terms.policies import PROGRAMME_POLICY
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity
from platform_core.audit.events import reserve_events
from platform_core.identity.roles import Purpose, Role

CARRY_SHARES = Permission("programme.carry_shares")
READ_EARLIER_SHARE = Permission("earlier_share.read")

_TAKING_PART: Final = (
    "programme__licences__licensee",
    "programme__pool__members__membership__organisation",
)

PROGRAMME_POLICY.extend(allow(Role.FINANCE, CARRY_SHARES, in_operating_entity(), purpose=Purpose.ROYALTIES))

EARLIER_SHARE_POLICY = register(
    Policy(
        EarlierShare,
        read=READ_EARLIER_SHARE,
        no_staff="who was paid what is nothing that a staff session needs",
        rules=[
            allow(
                Role.FINANCE,
                READ_EARLIER_SHARE,
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_EARLIER_SHARE, everything()),
        ],
    )
)
EARLIER_SHARE_POLICY.belong_to(*_TAKING_PART)

# As what a distribution gives out.
reserve_events("programme.shares_carried")
