"""Who may bring rates and convert at them: finance of the operating entity, two persons; members see their own."""

from typing import Final

from django.db.models import Q

from licensing.distribution.exchange.models import Conversion, RateSheet, ReferenceRate
from licensing.distribution.policies import DISTRIBUTION_RUN_POLICY
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity, own_organisation
from platform_core.identity.policies import OPERATING_ENTITY_POLICY
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

EXCHANGE_DECISION: Final = "exchange.decision"
"""The decision of two people: which rates are used, and what is converted at them."""

ENTER_RATES = Permission("operating_entity.enter_rates")
SETTLE_EXCHANGE = Permission("operating_entity.settle_exchange")
READ_RATES = Permission("rate_sheet.read")
CONFIRM_RATES = Permission("rate_sheet.confirm")
WITHDRAW_RATES = Permission("rate_sheet.withdraw")
READ_REFERENCE_RATE = Permission("reference_rate.read")
DRAFT_CONVERSIONS = Permission("distribution_run.draft_conversions")
READ_CONVERSION = Permission("conversion.read")
CONFIRM_CONVERSION = Permission("conversion.confirm")
CANCEL_CONVERSION = Permission("conversion.cancel")

_NO_STAFF: Final = "how members are paid is nothing that a staff session needs"
_MEMBER: Final = (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN)

OPERATING_ENTITY_POLICY.extend(
    allow(Role.FINANCE, {ENTER_RATES, SETTLE_EXCHANGE}, in_operating_entity("pk"), purpose=Purpose.ROYALTIES),
    allow(COMMAND_LINE, ENTER_RATES, everything()),
)
DISTRIBUTION_RUN_POLICY.extend(
    allow(
        Role.FINANCE, DRAFT_CONVERSIONS, in_operating_entity("programme__operating_entity"), purpose=Purpose.ROYALTIES
    ),
)
RATE_SHEET_POLICY = register(
    Policy(
        RateSheet,
        read=READ_RATES,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_RATES, CONFIRM_RATES, WITHDRAW_RATES},
                in_operating_entity(),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_RATES, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_RATES,
                "You brought these rates yourself: somebody else confirms them.",
                lambda actor: Q(entered_by=None) | ~Q(entered_by=actor.user_id),
            ),
        ],
    )
)
REFERENCE_RATE_POLICY = register(
    Policy(
        ReferenceRate,
        read=READ_REFERENCE_RATE,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                READ_REFERENCE_RATE,
                in_operating_entity("sheet__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_REFERENCE_RATE, everything()),
        ],
    )
)
CONVERSION_POLICY = register(
    Policy(
        Conversion,
        read=READ_CONVERSION,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_CONVERSION, CONFIRM_CONVERSION, CANCEL_CONVERSION},
                in_operating_entity("item__run__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                _MEMBER,
                READ_CONVERSION,
                own_organisation("membership__organisation").narrowed(
                    Q(confirmed_at__isnull=False), "once it is confirmed"
                ),
            ),
            allow(COMMAND_LINE, READ_CONVERSION, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_CONVERSION,
                "You drafted this conversion: somebody else confirms it.",
                lambda actor: ~Q(drafted_by=actor.user_id),
            ),
        ],
    )
)
CONVERSION_POLICY.belong_to("membership__organisation")
ACCESS_LOG_POLICY.extend(allow(_MEMBER, READ_ACCESS_LOG, of_own_figures(Conversion)))
declare_decision(
    Decision(
        EXCHANGE_DECISION,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        # Nothing is decided where nobody ever brought rates.
        in_use=lambda place: RateSheet.objects.filter(operating_entity=place.entity).exists(),
    )
)
