"""Notices as an application."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What seats are told."""

    name = "platform_core.notices"
    label = "notices"
