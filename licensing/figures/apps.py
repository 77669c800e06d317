"""Figures as an application."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """What came and what is to come, for finance."""

    name = "licensing.figures"
    label = "figures"
