"""Addresses of deadlines, below `/api/v1/`."""

from django.urls import path

from platform_core.deadlines import api

urlpatterns = [
    path("deadlines", api.DeadlinesView.as_view()),
    path("deadlines/settlement", api.DeadlineSettlementView.as_view()),
    path("deadlines/waiver", api.DeadlineWaiverView.as_view()),
    path("deadlines/assignment", api.DeadlineAssignmentView.as_view()),
    path("deadlines/<uuid:deadline_id>", api.DeadlineView.as_view()),
    path("deadlines/<uuid:deadline_id>/reminders", api.DeadlineRemindersView.as_view()),
    path("deadlines/<uuid:deadline_id>/reopening", api.DeadlineReopeningView.as_view()),
    path("deadline-runs", api.DeadlineRunsView.as_view()),
    path("calendar-feeds", api.CalendarFeedsView.as_view()),
    path("calendar-feeds/<uuid:feed_id>/revocation", api.CalendarFeedRevocationView.as_view()),
    path("calendars/<str:feed_key>", api.CalendarView.as_view()),
]
