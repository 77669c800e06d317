"""Addresses of documents, below `/api/v1/`."""

from django.urls import path

from platform_core.documents import api

urlpatterns = [
    path("documents", api.DocumentsView.as_view()),
    path("documents/<uuid:document_id>", api.DocumentView.as_view()),
    path("documents/<uuid:document_id>/file", api.DocumentFileView.as_view()),
]
