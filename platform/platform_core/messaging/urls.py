"""Addresses of messages, below `/api/v1/`."""

from django.urls import path

from platform_core.messaging import api

urlpatterns = [path("messages", api.MessagesView.as_view())]
