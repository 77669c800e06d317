"""Who may read and record clauses, compare licences by them, and tell a licensee of better terms."""

from licensing.agreements.policies import LICENCE_POLICY
from licensing.clauses.models import FavourNotice, LicenceClauses
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, in_operating_entity, own_organisation
from platform_core.identity.roles import Purpose, Role

READ_LICENCE_CLAUSES = Permission("licence_clauses.read")
READ_FAVOUR_NOTICE = Permission("favour_notice.read")
RECORD_CLAUSES = Permission("licence.record_clauses")
COMPARE_FAVOURS = Permission("licence.compare_favours")
"""Seeing which later licences of the programme have better rates, and whose they are."""
TELL_FAVOUR = Permission("licence.tell_favour")

_OFFICE = in_alliance("licence__programme__alliance")
_FINANCE = in_operating_entity("licence__programme__operating_entity")
_LICENSEE = own_organisation("licence__licensee")

LICENCE_POLICY.extend(
    allow(Role.SECRETARIAT, {RECORD_CLAUSES, COMPARE_FAVOURS, TELL_FAVOUR}, in_alliance("programme__alliance")),
    allow(Role.FINANCE, COMPARE_FAVOURS, in_operating_entity("programme__operating_entity"), purpose=Purpose.ROYALTIES),
    allow(COMMAND_LINE, {RECORD_CLAUSES, COMPARE_FAVOURS, TELL_FAVOUR}, everything()),
)
CLAUSES_POLICY = register(
    Policy(
        LicenceClauses,
        read=READ_LICENCE_CLAUSES,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_LICENCE_CLAUSES, _OFFICE),
            allow(Role.FINANCE, READ_LICENCE_CLAUSES, _FINANCE, purpose=Purpose.ROYALTIES),
            allow(Role.LICENSEE, READ_LICENCE_CLAUSES, _LICENSEE),
            allow(COMMAND_LINE, READ_LICENCE_CLAUSES, everything()),
        ],
    )
)
FAVOUR_NOTICE_POLICY = register(
    Policy(
        FavourNotice,
        read=READ_FAVOUR_NOTICE,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_FAVOUR_NOTICE, _OFFICE),
            allow(Role.FINANCE, READ_FAVOUR_NOTICE, _FINANCE, purpose=Purpose.ROYALTIES),
            allow(Role.LICENSEE, READ_FAVOUR_NOTICE, _LICENSEE),
            allow(COMMAND_LINE, READ_FAVOUR_NOTICE, everything()),
        ],
    )
)
for _policy in (CLAUSES_POLICY, FAVOUR_NOTICE_POLICY):
    _policy.belong_to("licence__licensee")
