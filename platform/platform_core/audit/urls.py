"""The address of the audit record, below `/api/v1/`."""

from django.urls import path

from platform_core.audit import api

urlpatterns = [path("audit-events", api.AuditEventsView.as_view())]
