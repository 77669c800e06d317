"""The states of a programme and of a version of its terms, and the steps between them."""

from licensing.terms.models import ProgrammeState, TermsState
from platform_core.lifecycle import Lifecycle

PROGRAMME_LIFECYCLE: Lifecycle[ProgrammeState] = Lifecycle(
    {
        "launch": ({ProgrammeState.DRAFT}, ProgrammeState.LAUNCHED),
        "begin closing": ({ProgrammeState.LAUNCHED}, ProgrammeState.CLOSING),
        "close": ({ProgrammeState.CLOSING}, ProgrammeState.CLOSED),
    }
)

TERMS_LIFECYCLE: Lifecycle[TermsState] = Lifecycle(
    {
        "publish": ({TermsState.DRAFT}, TermsState.PUBLISHED),
        "withdraw": ({TermsState.DRAFT}, TermsState.WITHDRAWN),
    }
)
