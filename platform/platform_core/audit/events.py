"""The news that something was recorded."""

from platform_core.audit.models import AuditEvent
from platform_core.events import Hook

event_recorded: Hook[[AuditEvent]] = Hook("event_recorded")
"""Told of every event, in the transaction it was recorded in."""
