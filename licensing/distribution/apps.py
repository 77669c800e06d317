"""Distribution as an application."""

from django.apps import AppConfig


class DistributionConfig(AppConfig):
    """Distributions of what was received, and members' statements of them."""

    name = "licensing.distribution"
    label = "distribution"
