"""Programmes and their terms as an application."""

from django.apps import AppConfig


class TermsConfig(AppConfig):
    """What a pool offers to licensees: programmes, and their terms in dated versions."""

    name = "licensing.terms"
    label = "terms"
