"""The deadlines of licences under declarations: until when the sum is paid, and until when the recordal is filed."""

from typing import Final

from licensing.openlicences.models import OpenLicence
from licensing.openlicences.policies import LICENSEE_DESK
from platform_core.deadlines.calculation import Rung
from platform_core.deadlines.kinds import DeadlineKind, register_deadline_kind
from pools.patents.policies import PATENT_DESK

OPEN_SUM: Final = register_deadline_kind(
    DeadlineKind(
        name="open_licence_sum",
        subject=OpenLicence,
        zh="支付开放许可 {licence} 通知后应付的金额，逾期权利人可使通知失效",
        en="Pay the sum of open licence {licence}, or its owner may have the notice lapse",
        rungs=(Rung(14), Rung(3), Rung(0)),
        roles=LICENSEE_DESK,
        # A payment settles it; that the owner could waive it would be a promise which it does not make.
        by_record=True,
    )
)
OPEN_RECORDAL: Final = register_deadline_kind(
    DeadlineKind(
        name="open_licence_recordal",
        subject=OpenLicence,
        zh="办理开放许可 {licence} 的备案",
        en="File the recordal of open licence {licence}",
        rungs=(Rung(30), Rung(14), Rung(3)),
        roles=PATENT_DESK,
    )
)
