"""Background work as an application."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that goes on after the answer: its progress, its end, and its rescue."""

    name = "platform_core.jobs"
    label = "jobs"
