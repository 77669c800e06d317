"""Addresses of connections, below `/api/v1/`."""

from django.urls import path

from platform_core.connections import api

urlpatterns = [
    path("connections", api.ConnectionsView.as_view()),
    path("connections/<uuid:connection_id>", api.ConnectionView.as_view()),
    path("connections/<uuid:connection_id>/secret", api.ConnectionSecretView.as_view()),
    path("connections/<uuid:connection_id>/pause", api.ConnectionPauseView.as_view()),
    path("connections/<uuid:connection_id>/resumption", api.ConnectionResumptionView.as_view()),
    path("connections/<uuid:connection_id>/end", api.ConnectionEndView.as_view()),
    path("connections/<uuid:connection_id>/runs", api.ConnectionRunsView.as_view()),
]
