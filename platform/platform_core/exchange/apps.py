"""Imports as an application."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Files of other systems that are previewed, taken in and, if need be, taken back."""

    name = "platform_core.exchange"
    label = "exchange"
