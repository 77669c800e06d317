"""Addresses of imports, below `/api/v1/`."""

from django.urls import path

from platform_core.exchange import api

urlpatterns = [
    path("imports", api.ImportsView.as_view()),
    path("imports/<uuid:import_id>", api.ImportView.as_view()),
    path("imports/<uuid:import_id>/rows", api.ImportRowsView.as_view()),
    path("imports/<uuid:import_id>/refused", api.RefusedRowsView.as_view()),
    path("imports/<uuid:import_id>/choices", api.ChoicesView.as_view()),
    path("imports/<uuid:import_id>/application", api.ApplicationView.as_view()),
    path("imports/<uuid:import_id>/undoing", api.UndoingView.as_view()),
    path("imports/<uuid:import_id>/discarding", api.DiscardingView.as_view()),
    path("imports/<uuid:import_id>/mapping", api.MappingView.as_view()),
    path("saved-mappings", api.SavedMappingsView.as_view()),
    path("saved-mappings/<uuid:mapping_id>", api.SavedMappingView.as_view()),
]
