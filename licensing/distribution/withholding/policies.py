"""Who may see and settle tax withheld: finance of the operating entity, two persons of it; members see their own."""

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from licensing.distribution.withholding.models import (
    RemittanceUndoing,
    TaxRemittance,
    TreatyRelief,
    Withholding,
    WithholdingRule,
)
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity, own_organisation
from platform_core.documents.subjects import declare_subject
from platform_core.identity.policies import OPERATING_ENTITY_POLICY
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

WITHHOLDING_DECISION: Final = "withholding.decision"
"""The decision of two people: rates of tax, a member's residence, and that tax is paid on."""

RECORD_WITHHOLDING_RULE = Permission("operating_entity.record_withholding_rule")
CONFIRM_WITHHOLDING_RULE = Permission("withholding_rule.confirm")
WITHDRAW_WITHHOLDING_RULE = Permission("withholding_rule.withdraw")
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
"""Giving up one that waits to be confirmed, alone."""
ASK_TO_UNDO_REMITTANCE = Permission("tax_remittance.ask_to_undo")
"""Asking to take back what two people decided, or having it stand that somebody asked to."""
AGREE_TO_UNDO_REMITTANCE = Permission("tax_remittance.agree_to_undo")
NOTE_TAX_RECEIPT = Permission("tax_remittance.note_receipt")
"""Noting that it was paid, and by which certificate of the tax office."""

_NO_STAFF: Final = "what tax is withheld from whom is nothing that a staff session needs"
_MEMBER: Final = (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN)

OPERATING_ENTITY_POLICY.extend(
    allow(
        Role.FINANCE,
        {RECORD_WITHHOLDING_RULE, ENTER_TREATY_RELIEF, PREPARE_TAX_REMITTANCE},
        in_operating_entity("pk"),
        purpose=Purpose.ROYALTIES,
    ),
    allow(COMMAND_LINE, RECORD_WITHHOLDING_RULE, everything()),
)
WITHHOLDING_RULE_POLICY = register(
    Policy(
        WithholdingRule,
        read=READ_WITHHOLDING_RULE,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_WITHHOLDING_RULE, CONFIRM_WITHHOLDING_RULE, WITHDRAW_WITHHOLDING_RULE},
                in_operating_entity(),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_WITHHOLDING_RULE, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_WITHHOLDING_RULE,
                "You recorded this yourself: somebody else confirms it.",
                lambda actor: ~Q(recorded_by=actor.user_id),
            ),
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


def _waiting_undoings() -> QuerySet[RemittanceUndoing]:
    return RemittanceUndoing.objects.filter(remittance=OuterRef("pk"), is_agreed=None)


TAX_REMITTANCE_POLICY = register(
    Policy(
        TaxRemittance,
        read=READ_TAX_REMITTANCE,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {
                    READ_TAX_REMITTANCE,
                    CONFIRM_TAX_REMITTANCE,
                    CANCEL_TAX_REMITTANCE,
                    ASK_TO_UNDO_REMITTANCE,
                    AGREE_TO_UNDO_REMITTANCE,
                    NOTE_TAX_RECEIPT,
                },
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
                AGREE_TO_UNDO_REMITTANCE,
                "You asked for this yourself: somebody else decides it.",
                lambda actor: ~Q(Exists(_waiting_undoings().filter(asked_by=actor.user_id))),
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
        # Nobody decides about tax where nobody recorded that any is withheld.
        in_use=lambda place: WithholdingRule.objects.filter(operating_entity=place.entity).exists(),
    )
)
