"""Who may know a programme's totals: finance exactly, licensors, office and authority by the rule of aggregates."""

from licensing.close.totals.models import TotalsRelease
from licensing.terms.policies import PROGRAMME_POLICY, sharing_in_pool
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import in_alliance, in_operating_entity, own_organisation
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
