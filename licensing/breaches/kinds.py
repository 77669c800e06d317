"""The deadline of a breach: until when the licensee may put it right."""

from typing import Final

from licensing.breaches.models import Breach
from platform_core.deadlines.calculation import Rung
from platform_core.deadlines.kinds import DeadlineKind, register_deadline_kind
from platform_core.identity.roles import Role

CURE: Final = register_deadline_kind(
    DeadlineKind(
        name="breach_cure",
        subject=Breach,
        zh="补救许可合同 {licence} 的违约",
        en="Put right what licence {licence} lacks",
        rungs=(Rung(14), Rung(3), Rung(0)),
        roles=(Role.LICENSEE,),
    )
)
