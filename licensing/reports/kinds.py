"""The deadline of a quarter's report: told before its day, chased by steps after it, and in the end missed."""

from typing import Final

from licensing.agreements.models import Licence
from platform_core.deadlines.calculation import Rung, Told
from platform_core.deadlines.kinds import DeadlineKind, register_deadline_kind
from platform_core.identity.roles import Role

DAYS_TO_DEFAULT: Final = 30
"""So many days after its day a report that has not come is missed: the notice of default."""

SALES_REPORT: Final = register_deadline_kind(
    DeadlineKind(
        name="sales_report",
        subject=Licence,
        zh="提交许可合同 {licence} {period} 的销售报告（逾期 30 日构成违约）",
        en="Report the sales of {period} under licence {licence}: 30 days late it is a default",
        # A reminder on the first day after, a second one with the office, and in the end the notice of default.
        rungs=(Rung(14), Rung(3), Rung(-1), Rung(-15), Rung(-15, Told.OFFICE), Rung(-DAYS_TO_DEFAULT)),
        roles=(Role.LICENSEE,),
    )
)
