"""The addresses of saved views, below `/api/v1/`."""

from django.urls import path

from platform_core.lists import api

urlpatterns = [
    path("saved-views", api.SavedViewsView.as_view()),
    path("saved-views/<uuid:view_id>", api.SavedViewView.as_view()),
]
