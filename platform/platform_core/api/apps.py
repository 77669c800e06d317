"""The contract of the API as an application."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Requests, answers, pages, problems and repeated requests."""

    name = "platform_core.api"
    label = "api"
