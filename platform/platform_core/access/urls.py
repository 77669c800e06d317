"""Addresses of rights and of what was read, below `/api/v1/`."""

from django.urls import path

from platform_core.access import reading
from platform_core.access.grants import api as grants
from platform_core.access.sharing import api as sharing
from platform_core.access.staff import api as staff

urlpatterns = [
    path("access-log", reading.AccessLogView.as_view()),
    path("grants", grants.GrantsView.as_view()),
    path("grants/<uuid:grant_id>/revocation", grants.GrantRevocationView.as_view()),
    path("sharing/<str:subject_type>/<uuid:subject_id>", sharing.SharingView.as_view()),
    path("staff-sessions", staff.StaffSessionsView.as_view()),
    path("staff-sessions/<uuid:session_id>/end", staff.StaffSessionEndView.as_view()),
]
