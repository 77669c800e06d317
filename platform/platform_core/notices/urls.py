"""Addresses of notices, below `/api/v1/`."""

from django.urls import path

from platform_core.notices import api

urlpatterns = [
    path("notices", api.NoticesView.as_view()),
    path("notices/read", api.NoticesReadView.as_view()),
]
