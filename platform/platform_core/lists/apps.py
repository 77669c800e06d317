"""Saved views as an application."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """Filters, orders and columns that people come back to."""

    name = "platform_core.lists"
    label = "lists"
