"""Documents as an application."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Letters, sealed scans and other papers, each hung on what it is about."""

    name = "platform_core.documents"
    label = "documents"
