"""Who may know what of a statement's workings was told to whom: whoever it was told to, and finance."""

from licensing.close.workings.models import WorkingsRelease
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import in_alliance, in_operating_entity, own_organisation
from platform_core.identity.references import Fate, Reference, declare_reference, refused_if_any
from platform_core.identity.roles import Purpose, Role

READ_WORKINGS_RELEASE = Permission("workings_release.read")

_TOLD_TO = (Role.MEMBER_ADMIN, Role.MEMBER_FINANCE, Role.SECRETARIAT)

WORKINGS_RELEASE_POLICY = register(
    Policy(
        WorkingsRelease,
        read=READ_WORKINGS_RELEASE,
        rules=[
            allow(_TOLD_TO, READ_WORKINGS_RELEASE, own_organisation("reader")),
            allow(
                Role.FINANCE,
                READ_WORKINGS_RELEASE,
                in_operating_entity("statement__run__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Audience.STAFF, READ_WORKINGS_RELEASE, in_alliance("statement__run__programme__alliance")),
        ],
    )
)
WORKINGS_RELEASE_POLICY.belong_to(
    "statement__run__programme__licences__licensee",
    "statement__run__programme__pool__members__membership__organisation",
)
declare_reference(
    Reference(
        WorkingsRelease,
        "reader",
        Fate.REFUSED,
        "what two readers were told apart could be subtracted by one",
        hindrance=refused_if_any(
            WorkingsRelease,
            "reader",
            "Workings of a statement were told to the one that goes. Merge the other way round; "
            "if both were told some, they stay two.",
        ),
    )
)
