"""Licences and what belongs to them as an application."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Licences with what belongs to them, and the exchange rates they are settled at."""

    name = "licensing.agreements"
    label = "agreements"
