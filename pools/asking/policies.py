"""Who may see a request for a bilateral licence: the owner it is addressed to, and nobody else.

Not the association, not who operates the pool, and no rival: neither what is asked, nor by whom, nor that anybody does.
"""

from django.db.models import Q

from platform_core.access.actors import SystemWork
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, own_organisation
from platform_core.identity.references import Fate, Reference, declare_reference
from pools.asking.models import LicenceRequest, RequestedPatent, RequestState
from pools.patents.policies import PATENT_DESK

FORGETTING = SystemWork("forgetting of who asked for licences")

READ_LICENCE_REQUEST = Permission("licence_request.read")
ANSWER_LICENCE_REQUEST = Permission("licence_request.answer")
ERASE_LICENCE_REQUEST = Permission("licence_request.erase")
READ_REQUESTED_PATENT = Permission("requested_patent.read")

_CONFIRMED = ~Q(state=RequestState.UNCONFIRMED)
_BETWEEN_TWO = "a bilateral request is shown to its addressee only"

LICENCE_REQUEST_POLICY = register(
    Policy(
        LicenceRequest,
        read=READ_LICENCE_REQUEST,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(
                PATENT_DESK,
                {READ_LICENCE_REQUEST, ANSWER_LICENCE_REQUEST},
                own_organisation("addressee").narrowed(_CONFIRMED, "once confirmed by who asks"),
            ),
            allow(FORGETTING, {READ_LICENCE_REQUEST, ERASE_LICENCE_REQUEST}, everything()),
        ],
    )
)

REQUESTED_PATENT_POLICY = register(
    Policy(
        RequestedPatent,
        read=READ_REQUESTED_PATENT,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(
                Audience.SIGNED_IN,
                READ_REQUESTED_PATENT,
                follows("request", READ_LICENCE_REQUEST, LicenceRequest),
            )
        ],
    )
)

LICENCE_REQUEST_POLICY.belong_to("addressee")
REQUESTED_PATENT_POLICY.belong_to("request__addressee")
declare_reference(
    Reference(
        LicenceRequest, "addressee", Fate.MOVED, "what it was asked for is asked of the organisation it is", quiet=True
    )
)
