"""The deadlines of licences under declarations: until when their recordal is filed."""

from typing import Final

from licensing.openlicences.models import OpenLicence
from platform_core.deadlines.calculation import Rung
from platform_core.deadlines.kinds import DeadlineKind, register_deadline_kind
from pools.patents.policies import PATENT_DESK

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
