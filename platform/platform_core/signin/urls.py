"""Addresses of sessions, tokens, invitations and locks, below `/api/v1/`."""

from django.urls import path

from platform_core.signin import api

urlpatterns = [
    path("me/sessions", api.MySessionsView.as_view()),
    path("me/sessions/<uuid:session_id>", api.MySessionView.as_view()),
    path("me/tokens", api.MyTokensView.as_view()),
    path("me/tokens/<uuid:token_id>", api.MyTokenView.as_view()),
    path("invitations", api.InvitationsView.as_view()),
    path("invitations/acceptance", api.InvitationAcceptanceView.as_view()),
    path("invitations/<uuid:invitation_id>/withdrawal", api.InvitationWithdrawalView.as_view()),
    path("invitations/<uuid:invitation_id>/resending", api.InvitationResendingView.as_view()),
    path("accounts/<uuid:user_id>/closing", api.AccountClosingView.as_view()),
    path("accounts/<uuid:user_id>/reopening", api.AccountReopeningView.as_view()),
    path("sign-in-locks", api.LocksView.as_view()),
    path("sign-in-locks/<uuid:lock_id>/lifting", api.LockLiftingView.as_view()),
]
