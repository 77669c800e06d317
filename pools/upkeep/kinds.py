"""The deadlines of patents: fees to pay, and fees of which people have to say whether they were paid."""

from typing import Final

from platform_core.deadlines.calculation import Counted, Rung, Told
from platform_core.deadlines.kinds import DeadlineKind, register_deadline_kind
from pools.patents.models import Patent
from pools.patents.policies import PATENT_DESK

_BEFORE_IT_IS_GONE = tuple(
    Rung(days, to, Counted.LAST) for days in (30, 7, 1) for to in (Told.OWNER, Told.HEAD, Told.OFFICE)
)
"""Once the last day is near, everybody hears of it: what is lost then is the right itself."""

ANNUITY: Final = register_deadline_kind(
    DeadlineKind(
        name="annuity",
        subject=Patent,
        zh="缴纳第 {year} 年年费",
        en="Pay the annuity of year {year}",
        rungs=(
            *(Rung(days) for days in (90, 60, 30, 14, 7, 1)),
            *(Rung(days, Told.HEAD) for days in (14, 1)),
            Rung(-1),
            Rung(-1, Told.HEAD),
            Rung(-1, Told.OFFICE),
            Rung(-30),
            Rung(-60),
            *_BEFORE_IT_IS_GONE,
        ),
        roles=PATENT_DESK,
    )
)
CONFIRMATION: Final = register_deadline_kind(
    DeadlineKind(
        name="annuity_confirmation",
        subject=Patent,
        zh="确认第 {year} 年年费是否已缴（登记前到期，最迟可补缴至 {last_day}）",
        en="Say whether the annuity of year {year} was paid: it fell due before, and can be paid until {last_day}",
        rungs=(Rung(14), Rung(1), Rung(-1, Told.HEAD), *_BEFORE_IT_IS_GONE),
        roles=PATENT_DESK,
    )
)
