"""Addresses of sessions and locks, below `/api/v1/`."""

from django.urls import path

from platform_core.signin import api

urlpatterns = [
    path("me/sessions", api.MySessionsView.as_view()),
    path("me/sessions/<uuid:session_id>", api.MySessionView.as_view()),
    path("sign-in-locks", api.LocksView.as_view()),
    path("sign-in-locks/<uuid:lock_id>/lifting", api.LockLiftingView.as_view()),
]
