"""Addresses of calls, submissions, panels and opinions, below `/api/v1/`."""

from django.urls import path

from pools.submissions.api import calls, evaluating, submissions

_CALL = "calls/<uuid:call_id>"
_SUBMISSION = "submissions/<uuid:submission_id>"
_OPINION = "opinions/<uuid:opinion_id>"

urlpatterns = [
    path("calls", calls.CallsView.as_view()),
    path(_CALL, calls.CallView.as_view()),
    path(f"{_CALL}/publication", calls.CallPublicationView.as_view()),
    path(f"{_CALL}/extension", calls.CallExtensionView.as_view()),
    path(f"{_CALL}/closing", calls.CallClosingView.as_view()),
    path("submissions", submissions.SubmissionsView.as_view()),
    path(_SUBMISSION, submissions.SubmissionView.as_view()),
    path(f"{_SUBMISSION}/filing", submissions.SubmissionFilingView.as_view()),
    path(f"{_SUBMISSION}/return", submissions.SubmissionReturnView.as_view()),
    path(f"{_SUBMISSION}/completion", submissions.SubmissionCompletionView.as_view()),
    path(f"{_SUBMISSION}/panel", evaluating.SubmissionPanelView.as_view()),
    path(f"{_SUBMISSION}/reevaluation", submissions.SubmissionReevaluationView.as_view()),
    path(f"{_SUBMISSION}/appeal", submissions.SubmissionAppealView.as_view()),
    path(f"{_SUBMISSION}/conclusion", submissions.SubmissionConclusionView.as_view()),
    path(f"{_SUBMISSION}/listing", submissions.SubmissionListingView.as_view()),
    path(f"{_SUBMISSION}/withdrawal", submissions.SubmissionWithdrawalView.as_view()),
    path("panels", evaluating.PanelsView.as_view()),
    path("panels/<uuid:panel_id>/replacement", evaluating.PanelReplacementView.as_view()),
    path("panels/<uuid:panel_id>/renewal", evaluating.PanelRenewalView.as_view()),
    path("opinions", evaluating.OpinionsView.as_view()),
    path(_OPINION, evaluating.OpinionView.as_view()),
    path(f"{_OPINION}/voice", evaluating.OpinionVoiceView.as_view()),
    path(f"{_OPINION}/giving", evaluating.OpinionGivingView.as_view()),
]
