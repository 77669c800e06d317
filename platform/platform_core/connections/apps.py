"""Connections as an application."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """Databases of others that are asked by schedule, and folders in which they leave files."""

    name = "platform_core.connections"
    label = "connections"
