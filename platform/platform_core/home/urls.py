"""Addresses of the home page, below `/api/v1/`."""

from django.urls import path

from platform_core.home import api

urlpatterns = [
    path("home", api.HomeView.as_view()),
    path("home/seen", api.HomeSeenView.as_view()),
]
