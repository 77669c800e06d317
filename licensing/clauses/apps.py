"""Clauses of licences as an application."""

from django.apps import AppConfig


class ClausesConfig(AppConfig):
    """What licences agree besides the price, and what licensees were told of better terms."""

    name = "licensing.clauses"
    label = "clauses"
