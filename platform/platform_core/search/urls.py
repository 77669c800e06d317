"""The address of the search box, below `/api/v1/`."""

from django.urls import path

from platform_core.search import api

urlpatterns = [path("search", api.SearchView.as_view())]
