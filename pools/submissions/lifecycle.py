"""The states of calls and submissions and the steps between them."""

from typing import Final

from platform_core.lifecycle import Lifecycle
from pools.submissions.models import CallState, SubmissionState

CALL_LIFECYCLE: Final = Lifecycle(
    {
        "publication": ({CallState.DRAFT}, CallState.PUBLISHED),
        "closing": ({CallState.PUBLISHED}, CallState.CLOSED),
    }
)
"""The steps have the names of the addresses below a call at which they are taken."""

_EVALUATED: Final = frozenset(
    {SubmissionState.IN_EVALUATION, SubmissionState.IN_REEVALUATION, SubmissionState.IN_APPEAL}
)
_OPEN: Final = frozenset(
    set(SubmissionState) - {SubmissionState.LISTED, SubmissionState.REFUSED, SubmissionState.WITHDRAWN}
)

SUBMISSION_LIFECYCLE: Final = Lifecycle(
    {
        "filing": ({SubmissionState.DRAFT, SubmissionState.RETURNED}, SubmissionState.SUBMITTED),
        "completion": ({SubmissionState.SUBMITTED}, SubmissionState.COMPLETE),
        "return": ({SubmissionState.SUBMITTED}, SubmissionState.RETURNED),
        "panel": ({SubmissionState.COMPLETE}, SubmissionState.IN_EVALUATION),
        "find essential": (_EVALUATED, SubmissionState.ESSENTIAL),
        "find not essential": ({SubmissionState.IN_EVALUATION}, SubmissionState.NOT_ESSENTIAL),
        "reevaluation": ({SubmissionState.NOT_ESSENTIAL}, SubmissionState.IN_REEVALUATION),
        "confirm": ({SubmissionState.IN_REEVALUATION}, SubmissionState.CONFIRMED),
        "appeal": ({SubmissionState.CONFIRMED}, SubmissionState.APPEALED),
        "appeal panel": ({SubmissionState.APPEALED}, SubmissionState.IN_APPEAL),
        "dismiss": ({SubmissionState.IN_APPEAL}, SubmissionState.REFUSED),
        "conclusion": ({SubmissionState.NOT_ESSENTIAL, SubmissionState.CONFIRMED}, SubmissionState.REFUSED),
        "listing": ({SubmissionState.ESSENTIAL}, SubmissionState.LISTED),
        "withdrawal": (_OPEN, SubmissionState.WITHDRAWN),
    }
)
"""Of steps in one state the one that leads on comes first. Those that people take have the names of the addresses below
a submission; the others follow from an opinion."""

EVALUATED_IN: Final = _EVALUATED
"""States in which a panel is at work."""

NOT_ESSENTIAL_LEADS_BY: Final = {
    SubmissionState.IN_EVALUATION: "find not essential",
    SubmissionState.IN_REEVALUATION: "confirm",
    SubmissionState.IN_APPEAL: "dismiss",
}
"""By which step a submission goes on when a panel finds its patent not essential."""
