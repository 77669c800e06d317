"""The deadlines of dealings: until when which side takes the next step."""

from typing import Final

from licensing.dealings.models import Dealing
from platform_core.deadlines.calculation import Rung, Told
from platform_core.deadlines.kinds import DeadlineKind, register_deadline_kind
from platform_core.identity.roles import Role

_OFFICE_RUNGS: Final = (Rung(7, Told.OFFICE), Rung(1, Told.OFFICE))

OFFER_REPLY: Final = register_deadline_kind(
    DeadlineKind(
        name="offer_reply",
        subject=Dealing,
        zh="答复许可项目 {programme} 的第 {number} 份报价",
        en="Answer offer {number} under programme {programme}",
        rungs=(Rung(14), Rung(3), Rung(0)),
        roles=(Role.PROSPECT, Role.LICENSEE),
    )
)
COUNTER_OFFER_REPLY: Final = register_deadline_kind(
    DeadlineKind(
        name="counter_offer_reply",
        subject=Dealing,
        zh="答复对方就许可项目 {programme} 提出的第 {number} 份报价",
        en="Answer the prospect's offer {number} under programme {programme}",
        rungs=_OFFICE_RUNGS,
        roles=(Role.SECRETARIAT,),
    )
)
APPLICATION: Final = register_deadline_kind(
    DeadlineKind(
        name="licence_application",
        subject=Dealing,
        zh="答复许可项目 {programme} 的许可申请并提出报价",
        en="Answer an application under programme {programme}, and make an offer",
        rungs=_OFFICE_RUNGS,
        roles=(Role.SECRETARIAT,),
    )
)
AGREED: Final = register_deadline_kind(
    DeadlineKind(
        name="licence_agreed",
        subject=Dealing,
        zh="办理许可项目 {programme} 下已谈妥的许可合同",
        en="Have the licence signed that was agreed under programme {programme}",
        rungs=_OFFICE_RUNGS,
        roles=(Role.SECRETARIAT,),
    )
)
TALKS: Final = register_deadline_kind(
    DeadlineKind(
        name="dealing_talks",
        subject=Dealing,
        zh="就许可项目 {programme} 的洽谈提出新的报价或结束洽谈",
        en="Make another offer under programme {programme}, or end the dealing",
        rungs=(Rung(7), Rung(0)),
        roles=(Role.PROSPECT, Role.LICENSEE),
    )
)
RECORDAL: Final = register_deadline_kind(
    DeadlineKind(
        name="licence_recordal",
        subject=Dealing,
        zh="办理许可合同 {licence} 的备案",
        en="File the recordal of licence {licence}",
        rungs=(Rung(30, Told.OFFICE), Rung(14, Told.OFFICE), Rung(3, Told.OFFICE)),
        roles=(Role.SECRETARIAT,),
    )
)
STEPS: Final = (OFFER_REPLY, COUNTER_OFFER_REPLY, APPLICATION, AGREED, TALKS)
"""Of these at most one is open in a dealing: that of the step which is next."""
