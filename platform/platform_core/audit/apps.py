"""The audit record as an application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only record of who did what."""

    name = "platform_core.audit"
    label = "audit"
