"""Calling for patents, submitting them, evaluating them, and listing what is essential."""

from pools.submissions.services.calls import CallEdits, close_call, draft_call, edit_call, extend_call, publish_call
from pools.submissions.services.handling import complete_submission, conclude_submission, return_submission
from pools.submissions.services.listing import list_patent
from pools.submissions.services.opinions import NewFinding, draft_opinion, edit_opinion, give_opinion, voice_opinion
from pools.submissions.services.panels import appoint_panel, renew_panel, replace_evaluator
from pools.submissions.services.submitting import (
    NewClaim,
    appeal_submission,
    draft_submission,
    edit_submission,
    file_submission,
    request_reevaluation,
    withdraw_submission,
)

__all__ = [
    "CallEdits",
    "NewClaim",
    "NewFinding",
    "appeal_submission",
    "appoint_panel",
    "close_call",
    "complete_submission",
    "conclude_submission",
    "draft_call",
    "draft_opinion",
    "draft_submission",
    "edit_call",
    "edit_opinion",
    "edit_submission",
    "extend_call",
    "file_submission",
    "give_opinion",
    "list_patent",
    "publish_call",
    "renew_panel",
    "replace_evaluator",
    "request_reevaluation",
    "return_submission",
    "voice_opinion",
    "withdraw_submission",
]
