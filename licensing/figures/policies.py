"""Who may read the figures of a programme: finance of its operating entity, and nobody else."""

from licensing.terms.policies import PROGRAMME_POLICY
from platform_core.access.registry import Permission, allow
from platform_core.access.relations import in_operating_entity
from platform_core.identity.roles import Purpose, Role

READ_FIGURES = Permission("programme.read_figures")
"""What of it was billed, received and given out, and what is to come."""

PROGRAMME_POLICY.extend(
    allow(Role.FINANCE, READ_FIGURES, in_operating_entity(), purpose=Purpose.ROYALTIES),
)
