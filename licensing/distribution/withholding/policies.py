"""Who may see and settle tax withheld: finance of the operating entity, two persons of it; members see their own."""

from typing import Final

from django.db.models import Q

from licensing.distribution.withholding.lifecycle import RemittanceState
from licensing.distribution.withholding.models import TaxRemittance, TreatyRelief, Withholding, WithholdingRule
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity, own_organisation
from platform_core.documents.subjects import declare_subject
from platform_core.identity.policies import OPERATING_ENTITY_POLICY
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

WITHHOLDING_DECISION: Final = "withholding.decision"
"""The decision of two people: a member's residence, and that tax is paid on."""

SET_WITHHOLDING_RULE = Permission("operating_entity.set_withholding_rule")
READ_WITHHOLDING_RULE = Permission("withholding_rule.read")
ENTER_TREATY_RELIEF = Permission("operating_entity.enter_treaty_relief")
READ_TREATY_RELIEF = Permission("treaty_relief.read")
ATTACH_TO_TREATY_RELIEF = Permission("treaty_relief.attach")
CONFIRM_TREATY_RELIEF = Permission("treaty_relief.confirm")
WITHDRAW_TREATY_RELIEF = Permission("treaty_relief.withdraw")
READ_WITHHOLDING = Permission("withholding.read")
ATTACH_CERTIFICATE = Permission("withholding.attach_certificate")
"""Adding the tax office's own certificate of one member's tax, for that member."""
PREPARE_TAX_REMITTANCE = Permission("operating_entity.prepare_tax_remittance")
READ_TAX_REMITTANCE = Permission("tax_remittance.read")
CONFIRM_TAX_REMITTANCE = Permission("tax_remittance.confirm")
CANCEL_TAX_REMITTANCE = Permission("tax_remittance.cancel")
NOTE_TAX_RECEIPT = Permission("tax_remittance.note_receipt")
"""Noting that it was paid, and by which certificate of the tax office."""

_NO_STAFF: Final = "what tax is withheld from whom is nothing that a staff session needs"
_MEMBER: Final = (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN)

OPERATING_ENTITY_POLICY.extend(
    allow(
        Role.FINANCE,
        {SET_WITHHOLDING_RULE, ENTER_TREATY_RELIEF, PREPARE_TAX_REMITTANCE},
        in_operating_entity("pk"),
        purpose=Purpose.ROYALTIES,
    ),
    allow(COMMAND_LINE, SET_WITHHOLDING_RULE, everything()),
)
WITHHOLDING_RULE_POLICY = register(
    Policy(
        WithholdingRule,
        read=READ_WITHHOLDING_RULE,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, READ_WITHHOLDING_RULE, in_operating_entity(), purpose=Purpose.ROYALTIES),
            allow(COMMAND_LINE, READ_WITHHOLDING_RULE, everything()),
        ],
    )
)
TREATY_RELIEF_POLICY = register(
    Policy(
        TreatyRelief,
        read=READ_TREATY_RELIEF,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_TREATY_RELIEF, ATTACH_TO_TREATY_RELIEF, CONFIRM_TREATY_RELIEF, WITHDRAW_TREATY_RELIEF},
                in_operating_entity(),
                purpose=Purpose.ROYALTIES,
            ),
            allow(_MEMBER, {READ_TREATY_RELIEF, ATTACH_TO_TREATY_RELIEF}, own_organisation("membership__organisation")),
            allow(COMMAND_LINE, READ_TREATY_RELIEF, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_TREATY_RELIEF,
                "You entered this yourself: somebody else confirms it.",
                lambda actor: ~Q(entered_by=actor.user_id),
            ),
        ],
    )
)
WITHHOLDING_POLICY = register(
    Policy(
        Withholding,
        read=READ_WITHHOLDING,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_WITHHOLDING, ATTACH_CERTIFICATE},
                in_operating_entity("item__run__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(_MEMBER, READ_WITHHOLDING, own_organisation("membership__organisation")),
            allow(COMMAND_LINE, READ_WITHHOLDING, everything()),
        ],
    )
)
TAX_REMITTANCE_POLICY = register(
    Policy(
        TaxRemittance,
        read=READ_TAX_REMITTANCE,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_TAX_REMITTANCE, CONFIRM_TAX_REMITTANCE, CANCEL_TAX_REMITTANCE, NOTE_TAX_RECEIPT},
                in_operating_entity(),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_TAX_REMITTANCE, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_TAX_REMITTANCE,
                "You prepared this yourself: somebody else confirms it.",
                lambda actor: ~Q(prepared_by=actor.user_id),
            ),
            Guard(
                CANCEL_TAX_REMITTANCE,
                "You prepared or confirmed this yourself: once it is confirmed, somebody else cancels it.",
                lambda actor: (
                    ~Q(state=RemittanceState.CONFIRMED, prepared_by=actor.user_id)
                    & ~Q(state=RemittanceState.CONFIRMED, confirmed_by=actor.user_id)
                ),
            ),
        ],
    )
)
declare_subject(TreatyRelief, read=READ_TREATY_RELIEF, attach=ATTACH_TO_TREATY_RELIEF)
declare_subject(Withholding, read=READ_WITHHOLDING, attach=ATTACH_CERTIFICATE)
declare_subject(TaxRemittance, read=READ_TAX_REMITTANCE, attach=NOTE_TAX_RECEIPT)
TREATY_RELIEF_POLICY.belong_to("membership__organisation")
WITHHOLDING_POLICY.belong_to("membership__organisation")
TAX_REMITTANCE_POLICY.belong_to("withholdings__membership__organisation")
ACCESS_LOG_POLICY.extend(allow(_MEMBER, READ_ACCESS_LOG, of_own_figures(Withholding)))
declare_decision(
    Decision(
        WITHHOLDING_DECISION,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        # Nobody decides about tax where no rule says that any is withheld.
        in_use=lambda place: WithholdingRule.objects.filter(operating_entity=place.entity).exists(),
    )
)
