"""The addresses of the audit record, below `/api/v1/`."""

from django.urls import path

from platform_core.audit import api

urlpatterns = [
    path("audit-events", api.AuditEventsView.as_view()),
    path("audit-seals", api.AuditSealsView.as_view()),
    path("audit-seals/<uuid:seal_id>/head", api.AuditHeadView.as_view()),
]
