"""Charters as an application."""

from django.apps import AppConfig


class CharterConfig(AppConfig):
    """What members of an alliance agree to: charter and self-discipline convention, their versions and signatures."""

    name = "members.charter"
    label = "charter"
